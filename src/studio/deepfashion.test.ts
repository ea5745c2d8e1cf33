import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../dataset/dataset-node.ts';
import { readDeepFashion } from '../dataset/deepfashion/open-lists-node.ts';
import { prepareDeepFashion } from '../dataset/deepfashion/prepare-deepfashion-node.ts';
import { readPhotoSize } from '../image/decode-node.ts';
import { drawMiniature } from './deepfashion.ts';
import { writeMiniature } from './deepfashion-node.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-miniature-'));
  await writeMiniature(join(folder, 'mini'), { count: 24, seed: 4 });
});
afterAll(() => rm(folder, { recursive: true }));

describe('the miniature of DeepFashion', () => {
  const drawn = [...drawMiniature(150, 1)];

  it('has some of every category that can be drawn, and names with and without spaces', () => {
    expect(new Set(drawn.map(({ category }) => category)).size).toBe(25);
    const spaced = drawn.filter(({ name }) => name.includes(' '));
    expect(spaced.length).toBeGreaterThan(5);
    expect(spaced.length).toBeLessThan(75);
    expect(new Set(drawn.map(({ name }) => name)).size).toBe(150);
    for (const { name } of drawn) expect(name).toMatch(/^img\/[^/]+\/img_\d{8}\.jpg$/);
  });

  it('has boxes inside photos of DeepFashion’s size, and as many landmarks as the type of clothes has', () => {
    for (const { box, scene, clothesType, landmarks } of drawn) {
      expect(Math.max(scene.width, scene.height)).toBe(300);
      const [x1, y1, x2, y2] = box;
      expect(0 <= x1 && x1 < x2 && x2 <= scene.width && 0 <= y1 && y1 < y2 && y2 <= scene.height).toBe(true);
      expect(landmarks).toHaveLength({ 1: 6, 2: 4, 3: 8 }[clothesType]);
    }
  });

  it('leaves a folder that holds anything alone', async () => {
    const list = join(folder, 'mini', 'Anno_coarse', 'list_bbox.txt');
    const before = await readFile(list, 'utf8');
    await expect(writeMiniature(join(folder, 'mini'), { count: 3, seed: 1 })).rejects.toThrow(/new or empty folder/);
    expect(await readFile(list, 'utf8')).toBe(before);
  });

  it('is the same for the same seed', () => {
    const names = (seed: number) => [...drawMiniature(12, seed)].map(({ name, box }) => `${name} ${box}`);
    expect(names(7)).toEqual(names(7));
    expect(names(7)).not.toEqual(names(8));
  });
});

describe('written to disk', () => {
  it('is read as DeepFashion is, all lists and the photos', async () => {
    const root = join(folder, 'mini');
    const lists = await readDeepFashion(root, { partition: true });
    const drawn = [...drawMiniature(24, 4)];
    expect(lists.photos.names).toEqual(drawn.map(({ name }) => name));
    expect([...lists.boxes]).toEqual(drawn.flatMap(({ box }) => box));
    expect([...lists.photos.categories]).toEqual(drawn.map(({ category }) => category));
    expect(lists.attributeLabels!.tally.present).toBeGreaterThan(24);
    expect([...lists.landmarks!.count]).toEqual(drawn.map(({ landmarks }) => landmarks.length));
    const { width, height } = await readPhotoSize(join(root, drawn[0].name));
    expect([width, height]).toEqual([drawn[0].scene.width, drawn[0].scene.height]);
  });

  it('prepares and opens by both recipes, under its own licence', async () => {
    for (const recipe of ['table1', 'street13'] as const) {
      const out = join(folder, recipe);
      const options = { root: join(folder, 'mini'), out, recipe, seed: 1, val: 2, partition: false };
      const { report, examples } = await prepareDeepFashion({ ...options, withoutImages: false });
      const { records } = await openDataset(out, 'val');
      expect(records).toHaveLength(2);
      expect(report.photos.kept).toBeGreaterThan(5);
      expect(examples.some(({ photos }) => photos.length > 0)).toBe(true);
      expect(await readFile(join(out, 'DATA-LICENCE.txt'), 'utf8')).toContain('Drawn by deepshop studio');
    }
  });
});
