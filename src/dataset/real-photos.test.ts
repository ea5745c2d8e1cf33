/** Runs where `DEEPSHOP_DATA` points at the folders `ccp` and `cc0` with their relabellings; skipped elsewhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { augmentationSchema } from '../image/augmentation-config.ts';
import { openBatches } from './batches-node.ts';
import { openDataset } from './dataset-node.ts';

const data = process.env.DEEPSHOP_DATA;

describe.skipIf(data === undefined)('the real photos (skipped unless DEEPSHOP_DATA is set)', () => {
  const root = data as string;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepshop-real-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const prepare = (source: string, masks?: string) =>
    prepareCoco({
      annotations: join(root, source, 'annotations.json'),
      images: join(root, source, 'images'),
      masks,
      relabel: join(root, 'street13.json'),
      source,
      split: join(root, source, 'split.json'),
      out: join(folder, source),
    });

  it('have the counts that are written beside them', async () => {
    const { dataset } = await prepare('cc0', join(root, 'cc0', 'masks'));
    const boxes = Object.fromEntries(
      Object.entries(dataset.counts.all.perClass).map(([name, count]) => [name, count.boxes]),
    );
    expect(boxes).toEqual({
      tee: 926,
      sweater: 580,
      trousers: 604,
      jacket: 385,
      blouse: 327,
      dress: 301,
      shorts: 241,
      footwear: 201,
      hat: 160,
      skirt: 134,
      tank: 106,
      cardigan: 43,
      bag: 0,
    });
    expect([dataset.counts.train.images, dataset.counts.val.images]).toEqual([3571, 545]);
    const street = (await prepare('ccp')).dataset;
    expect([street.counts.train.images, street.counts.val.images]).toEqual([752, 96]);
    expect(street.counts.all.perClass.cardigan).toEqual({ boxes: 6, ignored: 0 });
  });

  it('make batches with every augmentation, at a few milliseconds a photo', async () => {
    const sets = await Promise.all(['cc0', 'ccp'].map((source) => openDataset(join(folder, source), 'train')));
    const grey: [number, number, number] = [0.5, 0.5, 0.5];
    const source = openBatches(
      sets.map((dataset, index) => ({ dataset, weight: index + 1 })),
      {
        batchSize: 8,
        canvases: [{ height: 320, width: 320 }],
        normalisation: { mean: grey, std: grey },
        augmentation: augmentationSchema.parse({}),
        seed: 1,
        negatives: true,
        repeatThreshold: 0,
      },
    );
    const times: number[] = [];
    for (let step = 0; step < 20; step++) {
      const { batch, makingMs } = await source.batchAt(step);
      times.push(makingMs / 8);
      expect(batch.groundTruth.some(({ labels }) => labels.length > 0)).toBe(true);
    }
    await source.close();
    console.info(`median ${times.sort((a, b) => a - b)[10].toFixed(1)} ms a photo`);
  });
});
