import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, type SetFiles, writeSetFiles } from '../../../tests/fixtures/set-files.ts';
import { prepareLabelled } from '../prepare-node.ts';
import { readYoloSet } from './read-yolo-node.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-yolo-'));
});
afterEach(() => rm(folder, { recursive: true }));

const photo = { width: 60, height: 40 };
const box = '0 0.5 0.5 0.5 0.5\n';
const yaml = 'train: images/train\nval: images/val\nnames: [coat, hat]\n';
const files: SetFiles = {
  'data.yaml': yaml,
  'images/train/a.jpg': photo,
  'images/train/b.jpg': photo,
  'images/val/c.jpg': photo,
  'labels/train/a.txt': box,
  'labels/val/c.txt': `1 0 0 0.5 0.5\n${box}`,
};

const read = async (given: SetFiles) => readYoloSet(await writeSetFiles(folder, given));
const faultsOf = async (given: SetFiles) => (await read(given)).faults.map(({ fileName, code }) => [fileName, code]);

describe('a folder of YOLO labels', () => {
  it('is photos with their sizes and sides; one without labels has nothing on it', async () => {
    const { given, sides, faults } = await read(files);
    expect(given.images.map(({ file_name, width, height }) => [file_name, width, height])).toEqual([
      ['images/train/a.jpg', 60, 40],
      ['images/train/b.jpg', 60, 40],
      ['images/val/c.jpg', 60, 40],
    ]);
    expect(given.annotations.map(({ image_id, category_id, bbox }) => [image_id, category_id, ...bbox])).toEqual([
      [1, 1, 15, 10, 30, 20],
      [3, 2, -15, -10, 30, 20],
      [3, 1, 15, 10, 30, 20],
    ]);
    expect(Object.fromEntries(sides!)).toEqual({
      'images/train/a.jpg': 'train',
      'images/train/b.jpg': 'train',
      'images/val/c.jpg': 'val',
    });
    expect(faults).toEqual([]);
  });

  it('may end its lines as old systems did, and begin with a mark of byte order', async () => {
    const { given } = await read({
      'classes.txt': '\uFEFFcoat\rhat\r',
      'images/a.jpg': photo,
      'labels/a.txt': `\uFEFF${box.trim()}\r1 0.5 0.5 0.1 0.1\r${box}`,
    });
    expect(given.categories.map(({ name }) => name)).toEqual(['coat', 'hat']);
    expect(given.annotations.map(({ category_id }) => category_id)).toEqual([1, 2, 1]);
  });

  it('refuses a photo in two parts, by folder or by list, with its name and the parts; twice in one part is once', async () => {
    const [a, b] = ['images/train/a.jpg', 'images/train/b.jpg'];
    const listed = (train: string, val: string) => ({
      ...files,
      'data.yaml': 'train: train.txt\nval: val.txt\nnames: [coat, hat]\n',
      ...{ 'train.txt': train, 'val.txt': val },
    });
    await expect(read(listed(`${a}\n${b}\n`, `./${b}\nimages/val/c.jpg\n`))).rejects.toEqual(
      refusal('dataset-split', /photos are in two parts.*"images\/train\/b\.jpg" in train and val\. Take/),
    );
    const same = { ...files, 'data.yaml': 'train: images/train\nval: images/train\nnames: [coat, hat]\n' };
    await expect(read(same)).rejects.toEqual(refusal('dataset-split', /a\.jpg" in train and val; .*b\.jpg"/));
    const { sides, given } = await read(listed(`${a}\n${a}\n`, 'images/val/c.jpg'));
    expect([...sides!]).toEqual([
      [a, 'train'],
      ['images/val/c.jpg', 'val'],
    ]);
    expect(given.images).toHaveLength(2);
  });

  it('may list its photos, in names of any letters', async () => {
    const { given, sides } = await read({
      'data.yaml': 'train: list.txt\nnames: [coat]\n',
      'list.txt': './images/grüne Hose.jpg\n\nimages/a b.jpg\r\n',
      'images/grüne Hose.jpg': photo,
      'images/a b.jpg': photo,
      'labels/grüne Hose.txt': box,
    });
    expect(given.images.map(({ file_name }) => file_name)).toEqual(['images/grüne Hose.jpg', 'images/a b.jpg']);
    expect(given.annotations).toHaveLength(1);
    expect(new Set(sides!.values())).toEqual(new Set(['train']));
  });

  it.each([
    ['under labels', { ...files, 'labels/train/x.txt': box }, 'labels/train/x.txt'],
    [
      'under a part of the split',
      { 'data.yaml': 'train: train/images\nnames: [a]', 'train/images/a.jpg': photo, 'train/labels/x.txt': box },
      'train/labels/x.txt',
    ],
    ['beside the photos', { 'classes.txt': 'coat', 'a.jpg': photo, 'x.txt': box, 'README.txt': '2 sets\n' }, 'x.txt'],
  ])('names labels without a photo %s, and is not prepared', async (_, given, label) => {
    expect(await faultsOf(given)).toEqual([[label, 'image-missing']]);
    await expect(prepareLabelled(await readYoloSet(folder), { out: join(folder, 'out') })).rejects.toEqual(
      refusal('dataset-image-missing', /there is no photo for these labels/),
    );
  });

  it('does not ask for photos of a part that it does not name', async () => {
    expect(await faultsOf({ ...files, 'labels/test/x.txt': box })).toEqual([]);
  });

  it('names photos that cannot be read', async () => {
    const given = { ...files, 'images/train/a.jpg': 'text', 'images/val/d.heic': 'text' };
    expect(await faultsOf(given)).toEqual([
      ['images/train/a.jpg', 'image-not-an-image'],
      ['images/val/d.heic', 'image-heic'],
    ]);
  });

  it('does not look outside of its folder for what a list names', async () => {
    await writeSetFiles(folder, { 'x.jpg': photo, 'x.txt': 'secret', 'labels/x.txt': 'secret' });
    const names = ['../x.jpg', '../images/x.jpg', '/etc/hostname', 'a\0.jpg', 'images/../../x.jpg', 'C:\\x.jpg'];
    const root = await writeSetFiles(join(folder, 'set'), {
      'data.yaml': 'train: list.txt\nnames: [coat]\n',
      'list.txt': names.join('\n'),
    });
    const { faults, given } = await readYoloSet(root);
    expect(faults.map(({ fileName, code }) => [fileName, code])).toEqual(
      names.map((name) => [name, 'dataset-file-name']),
    );
    expect(given.images).toEqual([]);
  });

  it.each([
    ['class 2 of two', '2 0.5 0.5 0.1 0.1', /a class from 0 to 1/],
    ['a class below 0', '-1 0.5 0.5 0.1 0.1', /a class from 0 to 1/],
    ['half a class', '0.5 0.5 0.5 0.1 0.1', /a class from 0 to 1/],
    ['a name', 'coat 0.5 0.5 0.1 0.1', /expected numbers/],
    ['a comma', '0 0,5 0.5 0.1 0.1', /expected numbers/],
    ['hexadecimals', '0x0 0.5 0.5 0.1 0.1', /expected numbers/],
    ['no number', '0 nan 0.5 0.1 0.1', /expected numbers/],
    ['too large a number', '0 1e999 0.5 0.1 0.1', /expected numbers/],
    ['pixels', '0 30 20 10 10', /Divide x and width/],
    ['a score', '0 0.5 0.5 0.1 0.1 0.9', /A sixth number is a score/],
    ['too few', '0 0.5 0.5', /class, centre x/],
    ['half of a long row', `0 ${'1'.repeat(200_000)}x`, /expected numbers; got ".{80}"/],
  ])('is refused by file and line where a label has %s', async (_, line, message) => {
    const given = { ...files, 'labels/train/a.txt': `${box}\n${line}\n` };
    const error = await read(given).catch((thrown: unknown) => thrown);
    expect(error).toEqual(refusal('dataset-not-yolo', message));
    expect(error).toMatchObject({ facts: { where: `${join(folder, 'labels/train/a.txt')}, line 3` } });
  });

  it.each([
    ['no names', { 'images/a.jpg': photo }, 'dataset-missing', /no class names.*got neither/],
    ['no photos', { 'classes.txt': 'coat', 'images/a.txt': '' }, 'dataset-missing', /no photos.*got no picture/],
    ['a class twice', { 'classes.txt': 'coat\ncoat' }, 'dataset-duplicate-id', /got "coat" twice/],
    ['a class without a name', { 'classes.txt': 'coat\n\nhat' }, 'dataset-duplicate-id', /class 1 has no name/],
    ['names of nothing', { 'classes.txt': '' }, 'dataset-duplicate-id', /got no names/],
    ['a folder that is not there', { 'data.yaml': yaml }, 'dataset-missing', /data\.yaml: .*got "images\/train"/],
    [
      'a folder above',
      { 'data.yaml': 'train: ../..\nnames: [a]\n' },
      'dataset-missing',
      /a folder of photos is not there.*got "\.\.\/\.\."/,
    ],
    ['a folder of no name', { 'data.yaml': 'train: "a\\u0000b"\nnames: [a]\n' }, 'dataset-missing', /"a\\u0000b"/],
    ['YAML that is not read', { 'data.yaml': 'names: *x\n' }, 'dataset-not-yaml', /data\.yaml, line 1/],
    ['names in Latin-1', { 'classes.txt': Buffer.from('M\u00fctze', 'latin1') }, 'dataset-not-utf8', /classes\.txt/],
    [
      'labels in UTF-16',
      { ...files, 'labels/val/c.txt': Buffer.from('\uFEFF0', 'utf16le') },
      'dataset-not-utf8',
      /c\.txt/,
    ],
    [
      'labels too large',
      { ...files, 'labels/val/c.txt': new Uint8Array((1 << 24) + 1) },
      'dataset-too-large',
      /c\.txt/,
    ],
  ])('is refused where it has %s', async (_, given, code, message) => {
    await expect(read(given)).rejects.toEqual(refusal(code, message));
  });

  it('is refused where it is not there', async () => {
    for (const name of ['x', 'x/data.yaml'])
      await expect(readYoloSet(join(folder, name))).rejects.toEqual(refusal('dataset-missing', /got nothing there/));
  });
});
