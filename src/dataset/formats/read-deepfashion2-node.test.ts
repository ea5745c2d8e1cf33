import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, type SetFiles, writeSetFiles } from '../../../tests/fixtures/set-files.ts';
import { openDataset } from '../dataset-node.ts';
import { prepareLabelled } from '../prepare-node.ts';
import { readDeepFashion2Set } from './read-deepfashion2-node.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-df2-'));
});
afterEach(() => rm(folder, { recursive: true }));

const photo = { width: 60, height: 80 };
const garment = (category_id: number, style: number, bounding_box: readonly number[] = [10, 20, 40, 60]) => ({
  category_id,
  bounding_box,
  style,
  landmarks: [12, 22, 2],
});

/** Photo 1 is worn, photo 2 in the shop, both of pair 7; photo 3 has nothing on it. */
const files: SetFiles = {
  'train/annos/000001.json': JSON.stringify({
    item1: garment(1, 1),
    item2: garment(8, 0, [5, 50, 55, 80]),
    source: 'user',
    pair_id: 7,
  }),
  'train/annos/000002.json': JSON.stringify({ item1: garment(1, 1, [0, 0, 60, 80]), source: 'shop', pair_id: 7 }),
  'train/image/000001.jpg': photo,
  'train/image/000002.jpg': photo,
  'validation/annos/000001.json': JSON.stringify({ source: 'shop', pair_id: 9 }),
  'validation/image/000001.jpg': { width: 30, height: 30 },
};

const prepare = async () => prepareLabelled(await readDeepFashion2Set(folder), { out: join(folder, 'prepared') });

describe('a copy of DeepFashion2', () => {
  it('is photos of two sides with the sizes that they have, their source, and their pair as sender', async () => {
    await writeSetFiles(folder, files);
    const { given, sides, faults, ...rest } = await readDeepFashion2Set(folder);
    expect(rest).toEqual({ format: 'deepfashion2', where: folder, images: folder, hasOwnSizes: true });
    expect(faults).toEqual([]);
    expect(given.images).toEqual([
      { id: 1, file_name: 'train/image/000001.jpg', ...photo, sender: 7, source: 'user' },
      { id: 2, file_name: 'train/image/000002.jpg', ...photo, sender: 7, source: 'shop' },
      { id: 3, file_name: 'validation/image/000001.jpg', width: 30, height: 30, sender: 9, source: 'shop' },
    ]);
    expect(Object.fromEntries(sides!)).toEqual({
      'train/image/000001.jpg': 'train',
      'train/image/000002.jpg': 'train',
      'validation/image/000001.jpg': 'val',
    });
  });

  it('prepared shows one garment on both photos of a pair, and none of style 0', async () => {
    await writeSetFiles(folder, files);
    const report = await prepare();
    expect(report.dataset.counts.all).toMatchObject({ images: 3, boxes: 3, negatives: 1 });
    expect(report.dataset.counts.val).toMatchObject({ images: 1, boxes: 0, negatives: 1 });
    const { records, classes, coco } = await openDataset(join(folder, 'prepared'), 'all');
    expect(classes).toHaveLength(13);
    expect(records.map(({ items }) => items)).toEqual([['7/1', null], ['7/1'], []]);
    expect(records.map(({ labels }) => [...labels])).toEqual([[1, 8], [1], []]);
    expect([...records[0].boxes]).toEqual([10, 20, 40, 60, 5, 50, 55, 80]);
    expect(coco.annotations[0]).toMatchObject({ landmarks: [12, 22, 2], pair_id: 7, style: 1 });
  });

  it('may be one side alone, with endings in capitals and marks of byte order', async () => {
    await writeSetFiles(folder, {
      'train/annos/1.JSON': `\uFEFF${files['train/annos/000002.json']}`,
      'train/image/1.jpg': photo,
    });
    expect((await readDeepFashion2Set(folder)).given.annotations).toHaveLength(1);
  });

  it.each(['a b', 'größe', '...', '.hidden', '<img src=x>', 'a\u001b[31m', 'sub/1', "it's"])(
    'may have a photo named %j',
    async (stem) => {
      await writeSetFiles(folder, {
        [`train/annos/${stem}.json`]: files['train/annos/000001.json'],
        [`train/image/${stem}.jpg`]: photo,
      });
      const { given, faults } = await readDeepFashion2Set(folder);
      expect(given.images.map(({ file_name }) => file_name)).toEqual([`train/image/${stem}.jpg`]);
      expect(faults).toEqual([]);
    },
  );

  it('names labels whose photo is missing or cannot be read, and is not prepared', async () => {
    await writeSetFiles(folder, { ...files, 'train/image/000002.jpg': 'no picture' });
    await rm(join(folder, 'train/image/000001.jpg'));
    const { given, faults, sides } = await readDeepFashion2Set(folder);
    expect(faults.map(({ fileName, code }) => [fileName, code])).toEqual([
      ['train/image/000001.jpg', 'image-missing'],
      ['train/image/000002.jpg', 'image-not-an-image'],
    ]);
    expect(given.images).toHaveLength(1);
    expect(sides!.size).toBe(1);
    await expect(prepare()).rejects.toEqual(refusal('dataset-image-missing', /2 photos .*000001\.jpg: there is no/));
  });

  it.each([
    ['outside', [10, 20, 90, 60], 'dataset-box-outside'],
    ['inside out', [40, 20, 10, 60], 'dataset-box-size'],
    ['too large to be counted', [-1e308, 0, 1e308, 1], 'dataset-box-outside'],
  ])('whose box lies %s is refused by the name of its photo when it is prepared', async (_, box, code) => {
    await writeSetFiles(folder, {
      ...files,
      'train/annos/000002.json': JSON.stringify({ item1: garment(1, 1, box) }),
    });
    await expect(prepare()).rejects.toEqual(refusal(code, /1 box .*train\/image\/000002\.jpg/));
  });

  it.each([
    ['another', { 'a.json': '{}' }, 'dataset-missing', /no annotations of DeepFashion2.*train and validation/],
    ['one with an empty folder', { 'train/annos/x.txt': '' }, 'dataset-missing', /no annotations of DeepFashion2/],
    [
      'one with a broken file',
      { ...files, 'train/annos/000002.json': '{' },
      'dataset-not-json',
      /train\/annos\/000002\.json: the file is not JSON/,
    ],
    [
      'one that is not UTF-8',
      { ...files, 'train/annos/000002.json': Buffer.from('{"source": "Stra\u00dfe"}', 'latin1') },
      'dataset-not-utf8',
      /000002\.json, line 1: .*UTF-8/,
    ],
  ])('is refused where it is %s', async (_, given, code, message) => {
    await writeSetFiles(folder, given);
    await expect(readDeepFashion2Set(folder)).rejects.toEqual(refusal(code, message));
  });

  it('is refused where it is not there', async () => {
    await expect(readDeepFashion2Set(join(folder, 'nowhere'))).rejects.toEqual(
      refusal('dataset-missing', /nowhere: .*got none of these/),
    );
  });
});
