import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { garmentViews } from '../embedding/garment-views.ts';
import { writePairSet } from './pair-set-node.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pairs-'));
  await writePairSet(join(folder, 'drawn'), { count: 3, seed: 2 });
});
afterAll(() => rm(folder, { recursive: true }));

test('once prepared, every garment is seen worn and laid', async () => {
  const drawn = join(folder, 'drawn');
  const out = join(folder, 'prepared');
  await prepareCoco({ annotations: join(drawn, 'annotations.json'), images: join(drawn, 'images'), out });
  const { records } = await openDataset(out, 'all');
  const worn = records.filter(({ fileName }) => fileName.includes('worn'));
  const garments = garmentViews([records], 2);
  expect(worn).toHaveLength(3);
  expect(garments).toHaveLength(worn.reduce((sum, { labels }) => sum + labels.length, 0));
  for (const { label, views } of garments) {
    expect(views.map(({ record, box }) => records[record].labels[box])).toEqual([label, label]);
    expect(views.map(({ record }) => records[record].fileName.replace(/-\d+\./, '-laid.').slice(6))).toEqual([
      '-worn.jpg',
      '-laid.jpg',
    ]);
  }
});

test('the same seed draws the same pictures', async () => {
  const again = join(folder, 'again');
  await writePairSet(again, { count: 1, seed: 2 });
  for (const name of ['000001-worn.jpg', '000001-1.jpg']) {
    const [one, other] = await Promise.all(
      [again, join(folder, 'drawn')].map((dir) => readFile(join(dir, 'images', name))),
    );
    expect(one.equals(other), name).toBe(true);
  }
});
