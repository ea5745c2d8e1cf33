import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { augmentationSchema, noAugmentation } from '../image/augmentation-config.ts';
import { readPhoto } from '../image/decode-node.ts';
import { preprocess } from '../image/preprocess.ts';
import { scheduleBatches } from './batch-schedule.ts';
import type { Batch, BatchConfig, WeightedDataset } from './batches.ts';
import { openBatches } from './batches-node.ts';
import type { Dataset } from './dataset.ts';
import { openDataset } from './dataset-node.ts';
import { parseWeightedDirectory } from './weighted-directory.ts';

let folder: string;
let photos: Dataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-batches-'));
  await prepareCoco({ ...(await writeLabelledPhotos(folder, { count: 20 })), out: join(folder, 'prepared') });
  photos = await openDataset(join(folder, 'prepared'), 'all');
});
afterAll(() => rm(folder, { recursive: true }));

const plain: BatchConfig = {
  batchSize: 4,
  canvases: [{ height: 64, width: 64 }],
  normalisation: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  augmentation: noAugmentation,
  seed: 1,
  negatives: true,
  repeatThreshold: 0,
};
const varied: BatchConfig = {
  ...plain,
  augmentation: augmentationSchema.parse({ rotation: { probability: 0.5 }, copyPaste: { probability: 0.5 } }),
};
const inThread = { workers: 0, batches: 0 };

function fingerprint({ pixels, height, width, imageSizes, groundTruth }: Batch): string {
  const truth = groundTruth.map(({ boxes, labels, crowdBoxes }) => [[...boxes], [...labels], [...crowdBoxes]]);
  const rest = JSON.stringify([height, width, [...imageSizes], truth]);
  return createHash('sha256').update(new Uint8Array(pixels.buffer)).update(rest).digest('hex');
}

async function fingerprints(
  config: BatchConfig,
  lookAhead: { workers: number; batches: number },
  steps: readonly number[],
) {
  const source = openBatches([{ dataset: photos, weight: 1 }], config, lookAhead);
  try {
    const found: string[] = [];
    for (const step of steps) found.push(fingerprint((await source.batchAt(step)).batch));
    return found;
  } finally {
    await source.close();
  }
}

describe('a batch', () => {
  it('without augmentation holds what preprocess makes of each photo', async () => {
    const source = openBatches([{ dataset: photos, weight: 1 }], plain, inThread);
    const { batch } = await source.batchAt(2);
    expect([batch.pixels.length, batch.height, batch.width]).toEqual([4 * 3 * 64 * 64, 64, 64]);
    const indices = scheduleBatches([{ dataset: photos, weight: 1 }], plain).batchAt(2).indices;
    for (const [place, index] of indices.entries()) {
      const record = photos.records[index];
      const rule = { ...plain.normalisation, resize: { kind: 'long-side' as const, longSide: 64 }, divisibleBy: 64 };
      const { pixels, imageHeight, imageWidth } = preprocess(await readPhoto(record.photoPath), rule);
      expect([...batch.imageSizes.subarray(place * 2, place * 2 + 2)]).toEqual([imageHeight, imageWidth]);
      const planes = batch.pixels.subarray(place * 3 * 64 * 64, (place + 1) * 3 * 64 * 64);
      expect(planes.every((value, at) => Math.abs(value - pixels[at]) < 1e-5)).toBe(true);
      const scale = imageWidth / record.width;
      batch.groundTruth[place].boxes.forEach((edge, side) => {
        expect(edge).toBeCloseTo(record.boxes[side] * (side % 2 ? imageHeight / record.height : scale), 4);
      });
      expect(batch.groundTruth[place].labels).toEqual(record.labels);
    }
  });

  it('is the same bytes whatever the number of workers and the step it was started from', async () => {
    const expected = await fingerprints(varied, inThread, [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(expected).size).toBe(8);
    expect(await fingerprints(varied, { workers: 1, batches: 3 }, [0, 1, 2, 3, 4, 5, 6, 7])).toEqual(expected);
    expect(await fingerprints(varied, { workers: 2, batches: 2 }, [3, 4, 5, 6])).toEqual(expected.slice(3, 7));
    expect(await fingerprints(varied, { workers: 1, batches: 3 }, [6, 2, 2, 7])).toEqual(
      [6, 2, 2, 7].map((step) => expected[step]),
    );
  });

  it('differs with the seed', async () => {
    const [one] = await fingerprints(varied, inThread, [0]);
    const [other] = await fingerprints({ ...varied, seed: 2 }, inThread, [0]);
    expect(one).not.toBe(other);
  });

  it('reports how long was waited, which look-ahead makes short', async () => {
    const source = openBatches([{ dataset: photos, weight: 1 }], varied, { workers: 1, batches: 2 });
    const first = await source.batchAt(0);
    expect(first.waitMs).toBeGreaterThanOrEqual(0);
    await source.batchAt(2).then(() => source.batchAt(3));
    const ready = await source.batchAt(4);
    expect(ready.makingMs).toBeGreaterThan(0);
    await source.close();
  });
});

describe('a fault in a worker', () => {
  it('is told with its photo when the step comes to it, and later steps go on', async () => {
    const broken = join(folder, 'broken.jpg');
    await writeFile(broken, '');
    const records = photos.records.map((record, index) => (index === 7 ? { ...record, photoPath: broken } : record));
    const datasets: WeightedDataset[] = [{ dataset: { ...photos, records }, weight: 1 }];
    const schedule = scheduleBatches(datasets, plain);
    const steps = Array.from({ length: schedule.stepsPerEpoch }, (_, step) => step);
    const badStep = steps.find((step) => schedule.batchAt(step).indices.includes(7)) as number;
    const source = openBatches(datasets, plain, { workers: 1, batches: 3 });
    for (const step of steps) {
      if (step === badStep)
        await expect(source.batchAt(step)).rejects.toMatchObject({
          code: 'image-empty',
          message: expect.stringContaining('broken.jpg'),
        });
      else await expect(source.batchAt(step)).resolves.toBeDefined();
    }
    await source.close();
  });

  it('is also a photo that changed since it was prepared', async () => {
    const records = photos.records.map((record) => ({ ...record, width: 61 }));
    const source = openBatches([{ dataset: { ...photos, records }, weight: 1 }], plain, inThread);
    await expect(source.batchAt(0)).rejects.toThrow(/another size than its labels; expected 61 x 40; got 60 x 40/);
  });

  it('does not leave a caller waiting after close', async () => {
    const source = openBatches([{ dataset: photos, weight: 1 }], varied, { workers: 1, batches: 3 });
    const waiting = source.batchAt(0);
    await source.close();
    await expect(waiting).rejects.toMatchObject({ code: 'batch-worker-ended' });
    await expect(source.batchAt(1)).rejects.toMatchObject({ code: 'batch-worker-ended' });
  });
});

describe('the schedule', () => {
  const seenIn = (schedule: ReturnType<typeof scheduleBatches>, epoch: number) =>
    Array.from(
      { length: schedule.stepsPerEpoch },
      (_, step) => schedule.batchAt(epoch * schedule.stepsPerEpoch + step).indices,
    ).flat();

  it('shows every photo of a set as often as its weight says', () => {
    const schedule = scheduleBatches(
      [
        { dataset: photos, weight: 2 },
        { dataset: photos, weight: 0.4 },
      ],
      plain,
    );
    expect([schedule.samplesPerEpoch, schedule.stepsPerEpoch]).toEqual([48, 12]);
    const counts = new Map<number, number>();
    for (const index of seenIn(schedule, 0)) counts.set(index, (counts.get(index) ?? 0) + 1);
    for (let index = 0; index < 20; index++) expect(counts.get(index)).toBe(2);
    const later = [...counts.keys()].filter((index) => index >= 20);
    expect(later.length).toBe(8);
    expect(new Set(seenIn(schedule, 1).filter((index) => index >= 20))).not.toEqual(new Set(later));
  });

  it('shuffles every epoch anew', () => {
    const schedule = scheduleBatches([{ dataset: photos, weight: 1 }], plain);
    const [first, second] = [seenIn(schedule, 0), seenIn(schedule, 1)];
    expect(first).not.toEqual(second);
    expect([...first].sort()).toEqual([...second].sort());
  });

  it('keeps upright and lying photos apart on canvases that are not square, and loses no step', () => {
    const records = photos.records.map((record, index) =>
      index < 7 ? { ...record, width: record.height, height: record.width } : record,
    );
    const canvases = [
      { height: 64, width: 48 },
      { height: 48, width: 64 },
    ];
    const schedule = scheduleBatches([{ dataset: { ...photos, records }, weight: 1 }], { ...plain, canvases });
    expect(schedule.stepsPerEpoch).toBe(5);
    const batches = [0, 1, 2, 3, 4].map((step) => schedule.batchAt(step));
    const uprightOf = batches.map(({ indices }) => indices.filter((index) => index < 7).length);
    // Seven upright and thirteen lying photos: one whole batch of the first, three of the second, one mixed.
    expect([...uprightOf].sort()).toEqual([0, 0, 0, 3, 4]);
    batches.forEach(({ canvas }, step) => {
      expect(canvas).toEqual(canvases[uprightOf[step] > 2 ? 0 : 1]);
    });
    expect(batches.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual(records.map((_, index) => index));
  });

  it('takes a long side at random where canvases have several', () => {
    const canvases = [32, 64].map((side) => ({ height: side, width: side }));
    const schedule = scheduleBatches([{ dataset: photos, weight: 1 }], { ...plain, canvases });
    const sides = Array.from({ length: 12 }, (_, step) => schedule.batchAt(step).canvas.height);
    expect(new Set(sides)).toEqual(new Set([32, 64]));
  });

  it('fills a batch from fewer photos than it holds', () => {
    const few = { ...photos, records: photos.records.slice(0, 3) };
    const schedule = scheduleBatches([{ dataset: few, weight: 1 }], plain);
    expect(schedule.batchAt(0).indices.length).toBe(4);
    expect(new Set(schedule.batchAt(0).indices)).toEqual(new Set([0, 1, 2]));
  });

  it('leaves out photos without anything on them when negatives are not wanted', () => {
    const records = photos.records.map((record, index) =>
      index < 5 ? { ...record, boxes: new Float32Array(), labels: new Int32Array() } : record,
    );
    const datasets = [{ dataset: { ...photos, records }, weight: 1 }];
    expect(scheduleBatches(datasets, { ...plain, negatives: false }).samplesPerEpoch).toBe(15);
    expect(scheduleBatches(datasets, plain).samplesPerEpoch).toBe(20);
  });

  it('refuses sets of different classes and sets without photos', () => {
    const other = { ...photos, classes: ['coat'], directory: 'elsewhere' };
    expect(() =>
      scheduleBatches(
        [
          { dataset: photos, weight: 1 },
          { dataset: other, weight: 1 },
        ],
        plain,
      ),
    ).toThrow(/same classes.*coat, top, odd.*got coat\. Prepare/);
    expect(() => scheduleBatches([{ dataset: { ...photos, records: [] }, weight: 1 }], plain)).toThrow(
      /no photos to train on/,
    );
  });
});

describe('DIR[:WEIGHT]', () => {
  it('has weight 1 unless it says another', () => {
    expect(parseWeightedDirectory('data/street')).toEqual({ directory: 'data/street', weight: 1 });
    expect(parseWeightedDirectory('data/street:2')).toEqual({ directory: 'data/street', weight: 2 });
    expect(parseWeightedDirectory('C:\\data:0.5')).toEqual({ directory: 'C:\\data', weight: 0.5 });
    expect(parseWeightedDirectory('C:\\data')).toEqual({ directory: 'C:\\data', weight: 1 });
  });

  it.each(['street:0', 'street:-1', 'street:1e9'])('refuses %s', (text) => {
    expect(() => parseWeightedDirectory(text)).toThrow(/how often an epoch sees each photo/);
  });
});
