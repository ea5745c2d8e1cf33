import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { refusal, writeSetFiles } from '../../tests/fixtures/set-files.ts';
import { openLabelledSet } from '../dataset/formats/open-set-node.ts';
import { writtenFormats } from '../dataset/formats/write-set-node.ts';
import { convertCommand } from './convert.ts';
import { run } from './main.ts';

const photo = { width: 60, height: 40 };
const coco = {
  images: ['grüne Hose.jpg', 'b.jpg'].map((file_name, index) => ({ id: index + 1, file_name, ...photo })),
  annotations: [
    { id: 1, image_id: 1, category_id: 1, bbox: [10, 5, 20, 30], pair_id: 4, style: 1 },
    { id: 2, image_id: 1, category_id: 2, bbox: [30, 10, 25, 25] },
  ],
  categories: [
    { id: 1, name: 'coat' },
    { id: 2, name: 'hat' },
  ],
};
const garment = (category_id: number, bounding_box: readonly number[]) => ({ category_id, bounding_box, style: 1 });

let folder = '';
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-convert-cli-'));
  const images = { 'images/grüne Hose.jpg': photo, 'images/b.jpg': photo };
  await writeSetFiles(at('coco'), { 'annotations.json': JSON.stringify(coco), ...images });
  await prepareCoco({ annotations: at('coco/annotations.json'), images: at('coco/images'), out: at('prepared') });
  await writeSetFiles(at('deepfashion2'), {
    'train/annos/grüne Hose.json': JSON.stringify({
      item1: garment(2, [10, 5, 30, 35]),
      item2: garment(9, [30, 10, 55, 35]),
      source: 'user',
      pair_id: 4,
    }),
    'train/image/grüne Hose.jpg': photo,
    'validation/annos/b.json': JSON.stringify({ source: 'shop', pair_id: 5 }),
    'validation/image/b.jpg': photo,
  });
  for (const format of ['voc', 'yolo']) await convert(at('coco'), '--to', format, '--out', at(format));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function convert(...args: string[]): Promise<string> {
  const command = convertCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return (await captureOutput(() => command.parseAsync(args, { from: 'user' }))).out;
}

describe('deepshop convert', () => {
  const sources = ['prepared', 'coco', 'deepfashion2', 'voc', 'yolo'];
  it.each(sources.flatMap((from) => writtenFormats.map((to) => [from, to] as const)))(
    'from %s to %s keeps photos, boxes and classes',
    async (from, to) => {
      const out = at(`${from} to ${to}`);
      const report = JSON.parse(await convert(at(from), '--to', to, '--out', out, '--json'));
      const hasFacts = from !== 'voc' && from !== 'yolo' && to !== 'coco';
      expect(report).toEqual({
        ...{ out, from, to, photos: 2, boxes: 2, clipped: 0, empty: 0 },
        omitted: { regions: 0, facts: hasFacts ? (from === 'deepfashion2' ? 2 : 1) : 0, outlines: 0 },
      });
      const { given, faults, sides } = await openLabelledSet(out);
      expect(faults).toEqual([]);
      const names = given.images.map(({ file_name }) => file_name.split('/').at(-1));
      expect(names.sort()).toEqual(['b.jpg', 'grüne Hose.jpg']);
      const labelled = given.images.find(({ file_name }) => file_name.endsWith('Hose.jpg'))!;
      const nameOf = new Map(given.categories.map(({ id, name }) => [id, name]));
      const classes = from === 'deepfashion2' ? ['long sleeve top', 'skirt'] : ['coat', 'hat'];
      expect(given.annotations.map((each) => [each.image_id, nameOf.get(each.category_id), each.bbox])).toEqual([
        [labelled.id, classes[0], [10, 5, 20, 30]],
        [labelled.id, classes[1], [30, 10, 25, 25]],
      ]);
      if (from === 'deepfashion2' && to !== 'coco') expect([...sides!.values()].sort()).toEqual(['train', 'val']);
    },
  );

  it('says what it cut back and left out, and copies photos', async () => {
    const change = [
      { id: 3, image_id: 2, category_id: 1, bbox: [-1, 0, 20, 20], iscrowd: 1 },
      { id: 4, image_id: 2, category_id: 1, bbox: [5, 5, 0, 9] },
      { id: 5, image_id: 2, category_id: 2, bbox: [5, 5, 9, 9], segmentation: [[5, 5, 14, 5, 14, 14]] },
    ];
    await writeFile(at('more.json'), JSON.stringify({ ...coco, annotations: [...coco.annotations, ...change] }));
    const text = await convert(at('more.json'), '--images', at('coco/images'), '--to', 'yolo', '--out', at('more'));
    expect(text).toBe(
      [
        '2 photos and 4 boxes, coco to yolo',
        '1 box that overshot its photo slightly was cut back to it',
        '1 box without an area was left out',
        'outlines of 1 box were left out',
        '1 region to ignore was left out: yolo has none',
        'attributes, landmarks or pairs of 1 garment were left out: yolo has none',
        `written to ${at('more')}\n`,
      ].join('\n'),
    );
    expect(await readFile(at('more/images/train/b.jpg'))).toEqual(await readFile(at('coco/images/b.jpg')));
  });

  it('--no-photos writes the labels alone, and asks for no photo', async () => {
    const args = [at('coco/annotations.json'), '--images', at('nowhere'), '--no-photos', '--out', at('labels')];
    await convert(...args, '--to', 'voc');
    expect(await readdir(at('labels'))).toEqual(['Annotations']);
  });

  it.each([
    ['without a format', [], /--to/],
    ['a format that it does not write', ['--to', 'deepfashion2', '--out', 'x'], /Allowed choices are coco, voc, yolo/],
    ['no place to write to', ['--to', 'voc'], /--out/],
  ])('refuses %s', async (_, args, message) => {
    await expect(convert(at('coco'), ...args)).rejects.toThrow(message);
  });

  it.each([
    ['a path that is not there', () => ({}), 'dataset-missing', /no such file or folder/],
    ['a folder of no format', () => ({ 'a.md': '' }), 'dataset-unknown-format', /no format of labels is recognised/],
    ['what is no JSON', () => ({ 'annotations.json': '{' }), 'dataset-not-json', /annotations\.json: /],
    [
      'labels without a photo',
      () => ({ 'classes.txt': 'a\nb', 'images/a.jpg': photo, 'labels/x.txt': '' }),
      'dataset-image-missing',
      /1 photo that has labels cannot be read.*labels\/x\.txt: there is no photo/,
    ],
    [
      'a photo that is missing',
      () => ({ 'annotations.json': JSON.stringify(coco), 'images/b.jpg': photo }),
      'dataset-image-missing',
      /1 photo is missing.*no grüne Hose\.jpg/,
    ],
    [
      'a box outside',
      () => ({ 'annotations.json': JSON.stringify(coco).replace('[10,5,20,30]', '[10,5,90,30]') }),
      'dataset-box-outside',
      /annotation 1 has \[10, 5, 90, 30\] on a photo of 60 x 40, grüne Hose\.jpg/,
    ],
    [
      'a name that leads out',
      () => ({ 'annotations.json': JSON.stringify(coco).replace('b.jpg', '../../b.jpg'), 'b.jpg': photo }),
      'dataset-file-name',
      /lead out.*"\.\.\/\.\.\/b\.jpg"/,
    ],
  ])('refuses %s, and writes nothing', async (name, files, code, message) => {
    const given = Object.keys(files()).length === 0 ? at('nowhere') : await writeSetFiles(at(name), files());
    const before = (await readdir(folder)).sort();
    for (const format of writtenFormats)
      await expect(convert(given, '--to', format, '--out', at('refused'))).rejects.toEqual(refusal(code, message));
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  it('leaves what is in its way, even of its own', async () => {
    const before = await readdir(at('voc'));
    for (const out of ['voc', 'coco/annotations.json']) {
      const taken = refusal('dataset-out-taken', /something in the way; expected a new or empty folder/);
      await expect(convert(at('coco'), '--to', 'voc', '--out', at(out))).rejects.toEqual(taken);
    }
    expect(await readdir(at('voc'))).toEqual(before);
  });

  it('as a program ends with 1 or 2, and does not let a name command the terminal', async () => {
    const hostile = JSON.stringify(coco).replace('b.jpg', '../\\u001b[31m.jpg');
    await writeFile(at('hostile.json'), hostile);
    const ends = async (...args: string[]) => {
      const { err } = await captureOutput(() => run(['node', 'deepshop', 'convert', ...args]));
      return { err, code: process.exitCode };
    };
    const failed = await ends(at('hostile.json'), '--to', 'coco', '--out', at('refused'));
    expect(failed.err).toMatch(/^deepshop: .*file names lead out of the folder/);
    expect(failed.err).not.toContain('\u001b');
    expect(failed.code).toBe(1);
    expect(await ends(at('coco'), '--to', 'x', '--out', 'y')).toMatchObject({ code: 2 });
  });
});
