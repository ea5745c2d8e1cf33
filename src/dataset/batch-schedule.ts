/**
 * @file Which photos each training step sees, and on which canvas. Everything follows from the data, the configuration
 * and the step's number.
 */
import type { Size } from '../image/augment-geometry.ts';
import { resizedSize } from '../image/preprocess.ts';
import { Random, seedFrom } from '../random/random.ts';
import type { BatchConfig, Canvas, WeightedDataset } from './batches.ts';
import type { DatasetRecord } from './dataset.ts';
import { DatasetError } from './dataset-error.ts';
import { repeatFactors } from './repeat-factors.ts';

/** The photos of one step. */
export interface PlannedBatch {
  /** Indices of records. */
  readonly indices: readonly number[];
  readonly canvas: Canvas;
}

export interface BatchSchedule {
  readonly classes: readonly string[];
  /** The photos of all data sets. */
  readonly records: readonly DatasetRecord[];
  /** Indices of the records from which a garment can be cut out. */
  readonly cutouts: readonly number[];
  /** Photos an epoch; those that do not fill a last batch are left out, other ones in each epoch. */
  readonly samplesPerEpoch: number;
  readonly stepsPerEpoch: number;
  batchAt(step: number): PlannedBatch;
}

/** Plans the steps: every epoch is a fresh shuffle of all photos, each as often as its set's weight. */
export function scheduleBatches(datasets: readonly WeightedDataset[], config: BatchConfig): BatchSchedule {
  const classes = commonClasses(datasets);
  const records: DatasetRecord[] = [];
  const seen = datasets.map(({ dataset, weight }) => ({
    records: dataset.records.filter((record) => config.negatives || !isNegative(record)),
    weight,
  }));
  const factors = repeatFactors(seen, config.repeatThreshold);
  const sets = seen.map(({ records: own, weight }, index): EpochSet => {
    const first = records.length;
    records.push(...own);
    return { first, factors: factors[index], count: Math.round(own.length * weight) };
  });
  const samplesPerEpoch = sets.reduce((sum, { count }) => sum + count, 0);
  if (samplesPerEpoch === 0) {
    throw new DatasetError('dataset-empty', 'there are no photos to train on', {
      where: datasets.map(({ dataset }) => dataset.directory).join(', '),
      expected: 'at least one photo with a weight above 0',
      got: 'none',
      cure: 'Prepare more photos, or allow those without garments ("negatives": true in the recipe).',
    });
  }
  const stepsPerEpoch = Math.max(1, Math.floor(samplesPerEpoch / config.batchSize));
  let known: { epoch: number; batches: readonly (readonly number[])[] } | null = null;
  const batchesOf = (epoch: number) => {
    if (known?.epoch === epoch) return known.batches;
    const random = new Random(seedFrom(config.seed, 'epoch', epoch));
    const batches = groupIntoBatches(drawEpoch(sets, random), records, config, random);
    known = { epoch, batches };
    return batches;
  };
  return {
    classes,
    records,
    cutouts: records.flatMap((record, index) => (isCutout(record) ? [index] : [])),
    samplesPerEpoch,
    stepsPerEpoch,
    batchAt(step) {
      const indices = batchesOf(Math.floor(step / stepsPerEpoch))[step % stepsPerEpoch];
      const random = new Random(seedFrom(config.seed, 'canvas', step));
      return {
        indices,
        canvas: chooseCanvas(
          config,
          indices.map((index) => records[index]),
          random,
        ),
      };
    },
  };
}

/** Whether a mask marks the only garment of a photo. */
export function isCutout({ maskPath, labels, crowdBoxes }: DatasetRecord): boolean {
  return maskPath !== null && labels.length === 1 && crowdBoxes.length === 0;
}

function isNegative({ boxes, crowdBoxes }: DatasetRecord): boolean {
  return boxes.length + crowdBoxes.length === 0;
}

/** A data set's share of an epoch. */
interface EpochSet {
  /** Index of its first record. */
  readonly first: number;
  /** How often each record is seen, beside the others of its set. */
  readonly factors: readonly number[];
  /** Photos of an epoch that are of this set. */
  readonly count: number;
}

/**
 * Systematic sampling: the records lie in random order along a line, each as long as its factor, and photos are taken at
 * even distances. So each is seen as often as its factor says, to the next whole number either way.
 */
function drawEpoch(sets: readonly EpochSet[], random: Random): number[] {
  const order: number[] = [];
  for (const { first, factors, count } of sets) {
    const total = factors.reduce((sum, factor) => sum + factor, 0);
    const start = random.uniform();
    let [passed, taken] = [0, 0];
    for (const index of random.shuffle([...factors.keys()])) {
      passed += factors[index];
      const due = Math.min(count, Math.floor((passed * count) / total + start));
      for (; taken < due; taken++) order.push(first + index);
    }
  }
  return random.shuffle(order);
}

/**
 * Batches of an epoch: `floor(photos / batchSize)` of them, at least one. Where canvases are not square, upright and
 * lying photos are kept apart as far as they fill batches.
 */
function groupIntoBatches(
  order: readonly number[],
  records: readonly DatasetRecord[],
  { batchSize, canvases }: BatchConfig,
  random: Random,
): number[][] {
  if (order.length < batchSize) return [Array.from({ length: batchSize }, (_, index) => order[index % order.length])];
  const shapesMatter = canvases.some(({ height, width }) => height !== width);
  const isUpright = (index: number) => shapesMatter && records[index].height > records[index].width;
  const batches: number[][] = [];
  const rest: number[] = [];
  for (const upright of [true, false]) {
    const alike = order.filter((index) => isUpright(index) === upright);
    const whole = alike.length - (alike.length % batchSize);
    for (let first = 0; first < whole; first += batchSize) batches.push(alike.slice(first, first + batchSize));
    rest.push(...alike.slice(whole));
  }
  for (let first = 0; first + batchSize <= rest.length; first += batchSize) {
    batches.push(rest.slice(first, first + batchSize));
  }
  return shapesMatter ? random.shuffle(batches) : batches;
}

/**
 * Where the size is the served one, the smallest canvas that holds the photos; else a random long side, then the canvas of
 * that long side on which the photos are largest.
 */
function chooseCanvas({ canvases, resize }: BatchConfig, photos: readonly DatasetRecord[], random: Random): Canvas {
  const area = ({ height, width }: Canvas) => height * width;
  const wanted = (photo: Size) =>
    resize === undefined ? Number.POSITIVE_INFINITY : resizedSize(photo, resize).imageWidth / photo.width;
  const sizeOn = (canvas: Canvas) =>
    photos.reduce((sum, photo) => sum + Math.min(scaleToFit(photo, canvas), wanted(photo)), 0);
  const longSideOf = ({ height, width }: Canvas) => Math.max(height, width);
  const longSides = [...new Set(canvases.map(longSideOf))];
  const longSide = resize === undefined ? random.pick(longSides) : null;
  // Of equally good ones, the smaller: there is less to compute.
  return canvases
    .filter((canvas) => longSide === null || longSideOf(canvas) === longSide)
    .sort((a, b) => sizeOn(b) - sizeOn(a) || area(a) - area(b))[0];
}

/** How large a photo stands on a canvas. */
export function sizeOnCanvas(
  photo: Size,
  canvas: Canvas,
  resize: BatchConfig['resize'],
): { readonly width: number; readonly height: number } {
  if (resize !== undefined) {
    const { imageWidth: width, imageHeight: height } = resizedSize(photo, resize);
    if (width <= canvas.width && height <= canvas.height) return { width, height };
  }
  const scale = scaleToFit(photo, canvas);
  const along = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: along(photo.width), height: along(photo.height) };
}

const scaleToFit = (photo: Size, canvas: Canvas): number =>
  Math.min(canvas.width / photo.width, canvas.height / photo.height);

function commonClasses(datasets: readonly WeightedDataset[]): readonly string[] {
  const [first, ...others] = datasets.map(({ dataset }) => dataset);
  for (const other of others) {
    if (other.classes.join('\n') === first.classes.join('\n')) continue;
    throw new DatasetError('dataset-classes-differ', 'data sets that are mixed must have the same classes', {
      where: other.directory,
      expected: `${first.classes.join(', ')} (as ${first.directory} has)`,
      got: other.classes.join(', '),
      cure: 'Prepare them with one relabelling.',
    });
  }
  return first?.classes ?? [];
}
