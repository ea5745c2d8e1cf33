import { expect, test } from 'vitest';
import { resizedSize } from '../image/preprocess.ts';
import { scheduleBatches, sizeOnCanvas } from './batch-schedule.ts';
import type { BatchConfig, Canvas } from './batches.ts';
import type { Dataset } from './dataset.ts';

const resize = { kind: 'torchvision', minSide: 800, maxSide: 1333 } as const;
const canvas = (height: number, width: number): Canvas => ({ height, width });
/** Squares, four by three, three by two and longer, lying and upright. */
const canvases = [canvas(800, 800), canvas(800, 1088), canvas(1088, 800), canvas(800, 1344), canvas(1344, 800)];

const photosOf = (...sizes: readonly (readonly [width: number, height: number])[]): Dataset => ({
  directory: 'none',
  part: 'train',
  classes: ['tee'],
  records: sizes.map(([width, height], imageId) => ({
    imageId,
    fileName: `${imageId}.jpg`,
    photoPath: `${imageId}.jpg`,
    maskPath: null,
    width,
    height,
    boxes: Float32Array.of(0, 0, 10, 10),
    items: [],
    labels: Int32Array.of(1),
    crowdBoxes: new Float32Array(0),
  })),
  coco: { images: [], annotations: [], categories: [] },
  hash: '',
});

const config: BatchConfig = {
  batchSize: 1,
  canvases,
  resize,
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  augmentation: {
    flip: 0,
    zoom: null,
    stretch: 1,
    rotation: null,
    perspective: null,
    colour: null,
    copyPaste: null,
    background: 0,
    minVisible: 0.4,
  },
  seed: 1,
  negatives: true,
  repeatThreshold: 0,
};

test.each([
  [300, 300, 800, 800],
  [400, 300, 800, 1088],
  [300, 400, 1088, 800],
  [640, 427, 800, 1344],
  [300, 900, 1344, 800],
])(
  'a photo of %i x %i trains as large as 800/1333 makes it, on the smallest canvas: %i x %i',
  (width, height, ...sides) => {
    const schedule = scheduleBatches([{ dataset: photosOf([width, height]), weight: 1 }], config);
    const { canvas: chosen } = schedule.batchAt(0);
    expect([chosen.height, chosen.width]).toEqual(sides);
    const { imageWidth, imageHeight } = resizedSize({ width, height }, resize);
    expect(sizeOnCanvas({ width, height }, chosen, resize)).toEqual({ width: imageWidth, height: imageHeight });
  },
);

test('a batch has the canvas that holds all of its photos', () => {
  const dataset = photosOf([300, 300], [400, 300]);
  const schedule = scheduleBatches([{ dataset, weight: 1 }], { ...config, batchSize: 2 });
  expect(schedule.batchAt(0).canvas).toEqual(canvas(800, 1088));
});

test('a photo that no canvas holds shrinks to fit', () => {
  const small = { ...config, canvases: [canvas(320, 320), canvas(640, 640)] };
  const schedule = scheduleBatches([{ dataset: photosOf([400, 300]), weight: 1 }], small);
  expect(schedule.batchAt(0).canvas).toEqual(canvas(640, 640));
  expect(sizeOnCanvas({ width: 400, height: 300 }, canvas(640, 640), resize)).toEqual({ width: 640, height: 480 });
});

test('without the rule a photo is as large as its canvas allows', () => {
  expect(sizeOnCanvas({ width: 400, height: 300 }, canvas(320, 320), undefined)).toEqual({ width: 320, height: 240 });
});

test('a squashed photo fills its canvas', () => {
  const squash = { kind: 'squash', side: 128 } as const;
  expect(sizeOnCanvas({ width: 400, height: 300 }, canvas(128, 128), squash)).toEqual({ width: 128, height: 128 });
});

test('an epoch has each photo as often as its set weighs, and a photo of a rare class oftener', () => {
  const dataset = photosOf(...Array.from({ length: 9 }, () => [300, 300] as const));
  dataset.records[0].labels[0] = 2;
  const timesOf = (weight: number, repeatThreshold: number) => {
    const schedule = scheduleBatches([{ dataset, weight }], { ...config, repeatThreshold });
    const times = dataset.records.map(() => 0);
    for (let step = 0; step < schedule.stepsPerEpoch; step++) times[schedule.batchAt(step).indices[0]]++;
    return times;
  };
  expect(timesOf(2, 0)).toEqual(dataset.records.map(() => 2));
  const halves = timesOf(0.5, 0);
  expect([Math.max(...halves), halves.reduce((sum, count) => sum + count)]).toEqual([1, 5]);
  // The factor of class 2 is sqrt(1 / (1 / 9)) = 3: 3 of 11 parts of 44 photos are the first one's.
  expect(timesOf(44 / 9, 1)).toEqual([12, 4, 4, 4, 4, 4, 4, 4, 4]);
});
