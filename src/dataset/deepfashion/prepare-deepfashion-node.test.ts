import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TinyOptions, tinyPhotos, writeTinyDeepFashion } from '../../../tests/fixtures/deepfashion-lists.ts';
import { openDataset } from '../dataset-node.ts';
import { type PrepareDeepFashionOptions, prepareDeepFashion } from './prepare-deepfashion-node.ts';

let folder: string;
let root: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-deepfashion-'));
  root = join(folder, 'deepfashion');
  out = join(folder, 'prepared');
});
afterEach(() => rm(folder, { recursive: true }));

async function prepare(options: Partial<PrepareDeepFashionOptions> = {}, tiny: TinyOptions | null = {}) {
  if (tiny !== null) await writeTinyDeepFashion(root, tiny);
  const standard = { recipe: 'table1', seed: 1, val: 2, partition: false, withoutImages: false } as const;
  return prepareDeepFashion({ root, out, ...standard, ...options });
}
const readJson = async (name: string) => JSON.parse(await readFile(join(out, name), 'utf8'));
const files = [
  'DATA-LICENCE.txt',
  'annotations.json',
  'dataset.json',
  'report.json',
  'report.md',
  'train.json',
  'val.json',
];

describe('preparing DeepFashion', () => {
  it('writes a data set that opens, in the classes of Table 1', async () => {
    const { report } = await prepare();
    expect((await readdir(out)).sort()).toEqual(files);
    expect(report.photos).toEqual({ inLists: 10, kept: 8, train: 6, val: 2 });
    const all = await openDataset(out, 'all');
    expect(all.classes).toEqual(['jacket', 'cardigan', 'sweater', 'tank', 'blouse', 'tee']);
    expect(all.records.map(({ labels }) => [...labels])).toEqual([[6], [5], [1], [6], [3], [6], [4], [2]]);
    expect((await openDataset(out, 'train', null)).records).toHaveLength(6);
    const { records } = await openDataset(out, 'val');
    expect(records).toHaveLength(2);
    await expect(sharp(records[0].photoPath).metadata()).resolves.toMatchObject({ width: 60, height: 80 });
  });

  it('keeps names, makes widths of edges, and carries category, attributes and landmarks', async () => {
    await prepare();
    const { images, annotations, attributes, categories } = await readJson('annotations.json');
    expect(images[0]).toEqual({
      id: 1,
      file_name: 'img/Tee_0/img_00000001.jpg',
      width: 60,
      height: 80,
      sender: 'Tee_0',
    });
    expect(annotations[0]).toEqual({
      id: 1,
      image_id: 1,
      category_id: 6,
      bbox: [4, 6, 40, 60],
      area: 2400,
      iscrowd: 0,
      source_category: 'Tee',
      attribute_ids: [1, 3],
      clothes_type: 1,
      landmarks: [4, 6, 2, 44, 6, 1, 0, 0, 0],
    });
    expect(attributes[1]).toEqual({ id: 2, name: 'abstract chevron print', supercategory: 'texture' });
    expect(categories[5]).toEqual({ id: 6, name: 'tee' });
    // Of the list's fourth row, though the third was left out.
    expect(images[2]).toMatchObject({ id: 4, file_name: 'img/Jacket_3/img_00000004.jpg' });
  });

  it.each([
    ['newer folders', { layout: 'Anno_coarse', images: '' }],
    ['older folders', { layout: 'Anno', images: 'Img' }],
    ['no attributes and landmarks', { change: { 'list_attr_img.txt': null, 'list_landmarks.txt': null } }],
    ['line ends of Windows', { change: { 'list_bbox.txt': (text: string) => text.replaceAll('\n', '\r\n') } }],
  ] as [string, TinyOptions][])('reads %s', async (_, tiny) => {
    const { report } = await prepare({}, tiny);
    expect(report.photos.kept).toBe(8);
    expect(report.sizes).toBe('headers of the photos');
    const { annotations } = await readJson('train.json');
    const isBare = tiny.change !== undefined && 'list_landmarks.txt' in tiny.change;
    expect('landmarks' in annotations[0]).toBe(!isBare);
    expect(report.attributes === null).toBe(isBare);
  });

  it('is the same bytes for the same seed, other photos for another', async () => {
    const bytes = async () => Promise.all(files.map((name) => readFile(join(out, name), 'utf8')));
    await prepare({ cap: 1 });
    const first = await bytes();
    await prepare({ cap: 1 }, null);
    expect(await bytes()).toEqual(first);
    await prepare({ cap: 1, seed: 3 }, null);
    expect(await bytes()).not.toEqual(first);
  });

  it('by street13 takes every photo, and what may be several classes is a region to ignore', async () => {
    const { report, dataset } = await prepare({ recipe: 'street13' });
    expect(report.photos.kept).toBe(10);
    expect(dataset.counts.all!.perClass).toMatchObject({
      dress: { boxes: 1, ignored: 0 },
      tank: { boxes: 1, ignored: 1 },
      tee: { boxes: 3, ignored: 1 },
    });
    const { annotations } = await readJson('annotations.json');
    const top = annotations.filter((annotation: { image_id: number }) => annotation.image_id === 6);
    expect(top.map(({ iscrowd }: { iscrowd: number }) => iscrowd)).toEqual([1, 1, 1, 1]);
    expect(new Set(annotations.map(({ id }: { id: number }) => id)).size).toBe(annotations.length);
    const parts = [...(await readJson('train.json')).annotations, ...(await readJson('val.json')).annotations];
    expect(parts.sort((a, b) => a.id - b.id)).toEqual(annotations);
  });

  it('by the official partition leaves the test part to annotations.json', async () => {
    const { report } = await prepare({ partition: true, val: undefined });
    expect(report.photos).toMatchObject({ kept: 8, train: 5, val: 2 });
    expect((await readJson('annotations.json')).images).toHaveLength(8);
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('1 photo of the official test part');
  });

  it('without photos gives each the least size that holds its box', async () => {
    const { report, dataset } = await prepare({ withoutImages: true }, { images: null });
    expect(report.sizes).toContain('least');
    expect((await readJson('annotations.json')).images[0]).toMatchObject({ width: 44, height: 66 });
    expect(dataset.counts.all!.boxes).toBe(8);
  });

  it('reports counts beside the paper, and its slip', async () => {
    await prepare();
    const text = await readFile(join(out, 'report.md'), 'utf8');
    expect(text).toMatch(/\| tee \(5 in the paper\) \| Tee 18 \| 3 \| 3 \| \d \| \d \| 15,000 \|/);
    expect(text).toContain('add up to 83,475; its text says 83,745. Counted here: 8.');
    expect(text).toContain('Left out: Top 1, Dress 1.');
    expect(await readJson('report.json')).toMatchObject({ paper: { sum: 83475, inText: 83745 }, seed: 1 });
  });

  it('hands on the note on the licence: of the data where they bring one', async () => {
    await prepare();
    expect(await readFile(join(out, 'DATA-LICENCE.txt'), 'utf8')).toContain('non-commercial research only');
    await writeFile(join(root, 'DATA-LICENCE.txt'), 'drawn');
    await prepare({}, null);
    expect(await readFile(join(out, 'DATA-LICENCE.txt'), 'utf8')).toBe('drawn');
  });

  it('cuts a box back that overshoots its photo slightly', async () => {
    const [photo, ...others] = tinyPhotos(['Tee', 'Tee', 'Blouse', 'Jacket']);
    await prepare({}, { photos: [{ ...photo!, box: [4, 6, 61, 82] }, ...others] });
    expect((await readJson('annotations.json')).annotations[0].bbox).toEqual([4, 6, 56, 74]);
    expect(await readJson('report.json')).toMatchObject({ clipped: 1 });
  });
});

describe('what is refused writes nothing', () => {
  const photos = tinyPhotos(['Tee', 'Tee', 'Blouse', 'Jacket']);
  it.each([
    ['no such root', null, 'dataset-missing', /this is not the root of DeepFashion.*Anno_coarse.*--root/],
    [
      'a list that is missing',
      { change: { 'list_bbox.txt': null } },
      'dataset-missing',
      /list_bbox\.txt: the list cannot be read.*nothing there/,
    ],
    [
      'no photos',
      { images: null },
      'dataset-image-missing',
      /the photos are not there.*Unpack img\.zip.*--without-images/,
    ],
    [
      'a box far outside',
      { photos: [{ ...photos[0], box: [4, 6, 90, 66] as const }, ...photos.slice(1)] },
      'dataset-box-outside',
      /1 box far outside.*Tee_0.*on 60 x 80/,
    ],
    [
      'a box on the negative side',
      { photos: [{ ...photos[0], box: [-9, 6, 20, 66] as const }, ...photos.slice(1)] },
      'dataset-box-outside',
      /x_1 -9/,
    ],
  ] as [string, TinyOptions | null, string, RegExp][])('%s', async (_, tiny, code, message) => {
    const error = await prepare({}, tiny).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    await expect(readdir(out)).rejects.toThrow();
  });

  it('a photo that is missing, or is none', async () => {
    await writeTinyDeepFashion(root, { photos });
    await rm(join(root, photos[1].name));
    await expect(prepare({}, null)).rejects.toThrow(/1 of 4 photos is missing.*no img\/Tee_1/);
    await writeFile(join(root, photos[1].name), 'no picture');
    await expect(prepare({}, null)).rejects.toMatchObject({ code: 'image-not-an-image' });
  });

  it('the official partition where its list is missing', async () => {
    const change = { 'list_eval_partition.txt': null };
    await expect(prepare({ partition: true }, { change })).rejects.toThrow(
      /list_eval_partition\.txt: the list cannot be read/,
    );
  });
});
