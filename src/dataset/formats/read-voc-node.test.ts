import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, type SetFiles, writeSetFiles } from '../../../tests/fixtures/set-files.ts';
import { prepareLabelled } from '../prepare-node.ts';
import { readVocSet } from './read-voc-node.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-voc-'));
});
afterEach(() => rm(folder, { recursive: true }));

const photo = { width: 60, height: 40 };
const sizeElement = '<size><width>60</width><height>40</height><depth>3</depth></size>';
const edges = (xmin: number | string, ymin: number | string, xmax: number | string, ymax: number | string) =>
  `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`;
const object = (box = edges(1, 1, 10, 10), name = 'coat') => `<object><name>${name}</name>${box}</object>`;
const xml = (objects: string, fileName = 'a.jpg', size = sizeElement) =>
  `<annotation><filename>${fileName}</filename>${size}${objects}</annotation>`;

const files: SetFiles = {
  'Annotations/a.xml': xml(object() + object(edges(5, 5, 6, 6), 'hat')),
  'Annotations/b.xml': xml('', 'b.jpg'),
  'JPEGImages/a.jpg': photo,
  'JPEGImages/b.jpg': photo,
  'ImageSets/Main/train.txt': 'a\n',
  'ImageSets/Main/val.txt': 'b\r\n',
};

const read = async (given: SetFiles) => readVocSet(await writeSetFiles(folder, given));
const prepare = async (given: SetFiles) => prepareLabelled(await read(given), { out: join(folder, 'prepared') });
const namesOf = async (given: SetFiles) => (await read(given)).given.images.map(({ file_name }) => file_name);

describe('a folder of Pascal VOC', () => {
  it('is photos, classes in order, and the sides that its lists name', async () => {
    const { given, sides, faults } = await read(files);
    expect(given.categories).toEqual([
      { id: 1, name: 'coat' },
      { id: 2, name: 'hat' },
    ]);
    expect(given.annotations.map(({ image_id, category_id, bbox }) => [image_id, category_id, ...bbox])).toEqual([
      [1, 1, 0, 0, 10, 10],
      [1, 2, 4, 4, 2, 2],
    ]);
    expect([...sides!]).toEqual([
      ['a.jpg', 'train'],
      ['b.jpg', 'val'],
    ]);
    expect(faults).toEqual([]);
  });

  it('may have endings in capitals, sizes of 0, spaces and umlauts in names, and marks of byte order', async () => {
    const given = await read({
      'Annotations/ grüne Hose .XML': `\uFEFF${xml(object(), 'x', '<size><width>0</width><height>0</height></size>')}`,
      'JPEGImages/ grüne Hose .JPG': photo,
      'ImageSets/Main/val.txt': ' grüne Hose \n',
    });
    expect(given.given.images).toMatchObject([{ file_name: ' grüne Hose .JPG', ...photo }]);
    expect([...given.sides!]).toEqual([[' grüne Hose .JPG', 'val']]);
  });

  it('takes the photo that the file names where several have the name of the file', async () => {
    const both = { 'a.jpg': photo, 'a.png': photo };
    expect(await namesOf({ ...both, 'a.xml': xml(object(), 'a.jpg') })).toEqual(['a.jpg']);
    expect(await namesOf({ ...both, 'a.xml': xml(object(), 'a.png') })).toEqual(['a.png']);
    expect(await namesOf({ ...both, 'a.xml': xml(object(), 'renamed.jpg') })).toEqual(['a.jpg']);
  });

  it.each([
    ['no XML file', { 'JPEGImages/a.jpg': photo }, 'dataset-missing', /no Pascal VOC annotations.*got no XML/],
    ['two files of one photo', { ...files, 'Annotations/c.xml': xml('') }, 'dataset-duplicate-id', /"a\.jpg" twice/],
    ['a file that is empty', { ...files, 'Annotations/a.xml': '' }, 'dataset-not-xml', /a\.xml, line 1.*an empty file/],
    ['another document', { ...files, 'Annotations/a.xml': '<svg/>' }, 'dataset-not-voc', /a\.xml: .*got <svg>/],
    [
      'a file in another encoding',
      { ...files, 'Annotations/a.xml': Buffer.from(xml(object(undefined, 'M\u00fctze')), 'latin1') },
      'dataset-not-utf8',
      /a\.xml, line 1/,
    ],
    [
      'a file too large for labels',
      { ...files, 'Annotations/a.xml': new Uint8Array((1 << 24) + 1) },
      'dataset-too-large',
      /a\.xml: /,
    ],
  ])('is refused where it has %s', async (_, given, code, message) => {
    await expect(read(given)).rejects.toEqual(refusal(code, message));
  });

  it('is refused where it is not there, or its photos are not where they were said to be', async () => {
    await expect(readVocSet(join(folder, 'x'))).rejects.toEqual(
      refusal('dataset-missing', /x: there is no such folder/),
    );
    await writeSetFiles(folder, files);
    await expect(readVocSet(folder, join(folder, 'y'))).rejects.toEqual(
      refusal('dataset-missing', /y: .*no such folder/),
    );
    await expect(readVocSet(join(folder, 'JPEGImages/a.jpg'))).rejects.toEqual(
      refusal('dataset-missing', /got a file/),
    );
  });

  it.each(['ten', '', '1,5', '0x10', '1e999', '-1e999', 'NaN', 'Infinity', '1 2', '--1', `${'1'.repeat(200_000)}x`])(
    'is refused where an edge is no number: %.12s',
    async (edge) => {
      const given = { ...files, 'Annotations/a.xml': xml(object(edges(1, 1, edge, 10))) };
      await expect(read(given)).rejects.toEqual(
        refusal('dataset-not-voc', /a\.xml: .*in <xmax> of object 1; got ".{0,40}"/),
      );
    },
  );

  it.each([
    ['words', '<size><width>wide</width><height>40</height></size>', /<width> of <size>; got "wide"/],
    ['a side alone', '<size><width>60</width></size>', /<height> of <size>; got nothing/],
  ])('is refused where a size is of %s', async (_, size, message) => {
    const given = { ...files, 'Annotations/a.xml': xml(object(), 'a.jpg', size) };
    await expect(read(given)).rejects.toEqual(refusal('dataset-not-voc', message));
  });

  it.each([
    ['a file outside', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'],
    ['more than the file holds', `<!DOCTYPE a [<!ENTITY b "${'b'.repeat(99)}"><!ENTITY x "&b;&b;&b;">]>`, '&x;'],
    ['an entity of nobody', '', '&x;'],
    ['no character', '', '&#xD800;'],
  ])('is refused where an entity stands for %s', async (_, head, name) => {
    const given = { ...files, 'Annotations/a.xml': head + xml(object(undefined, name)) };
    await expect(read(given)).rejects.toEqual(refusal('dataset-not-xml', /a\.xml, line 1: /));
  });

  it.each([
    ['above', '../a.jpg', 'dataset-file-name', /names lead out.*\.\.\/a\.jpg/],
    ['elsewhere', '/etc/hostname', 'dataset-file-name', /names lead out/],
    ['nowhere', 'x.jpg', 'dataset-image-missing', /no x\.jpg/],
    ['too far', `${'x'.repeat(300)}.jpg`, 'dataset-image-missing', /no xxx/],
  ])('whose photo is %s is not prepared, whether the size is known or not', async (_, name, code, message) => {
    const given = { 'Annotations/c.xml': xml(object(), name), 'JPEGImages/d.jpg': photo };
    await expect(prepare(given)).rejects.toEqual(refusal(code, message));
    await writeSetFiles(folder, { 'Annotations/c.xml': xml(object(), name, '') });
    const { faults, given: rest } = await readVocSet(folder);
    expect(faults).toHaveLength(1);
    expect(rest.images).toEqual([]);
  });

  it('whose labels are a link to nowhere is refused by its name', async () => {
    await writeSetFiles(folder, files);
    await symlink('nowhere.xml', join(folder, 'Annotations/c.xml'));
    await expect(readVocSet(folder)).rejects.toEqual(refusal('dataset-missing', /c\.xml: there is no such file/));
  });

  it('whose box lies outside is refused by the name of its photo', async () => {
    const given = { ...files, 'Annotations/a.xml': xml(object(edges(1, 1, 90, 10))) };
    await expect(prepare(given)).rejects.toEqual(refusal('dataset-box-outside', /on a photo of 60 x 40, a\.jpg/));
  });
});
