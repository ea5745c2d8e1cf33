/**
 * @file What a training step is fed with, and which photos each step sees. Pure: reading them is `batch-node.ts`.
 *
 * N: photos a batch. H, W: the canvas, the same for all of them (and the static shape of the training graph); each
 * photo stands at its top left.
 */
import { z } from 'zod';
import { type AugmentationConfig, augmentationSchema } from '../image/augmentation-config.ts';
import { type PreprocessingConfig, preprocessingSchema } from '../image/preprocess.ts';
import { Random, seedFrom } from '../random/random.ts';
import type { Dataset, DatasetRecord } from './dataset.ts';
import { DatasetError } from './dataset-error.ts';

/** What is known about one photo of a batch, in pixels of the tensor. */
export interface GroundTruth {
  /** `[G, 4]` float32 */
  readonly boxes: Float32Array;
  /** `[G]` int32, 1..classes */
  readonly labels: Int32Array;
  /** `[C, 4]` float32: regions that neither attract nor repel */
  readonly crowdBoxes: Float32Array;
}

export interface Batch {
  /** `[N, 3, H, W]` float32, normalised, zero outside the photos */
  readonly pixels: Float32Array;
  readonly height: number;
  readonly width: number;
  /** `[N, 2]` int32: height, width of each photo within the canvas */
  readonly imageSizes: Int32Array;
  readonly groundTruth: readonly GroundTruth[];
}

/** A data set and how often each of its photos is seen in an epoch. */
export interface WeightedDataset {
  readonly dataset: Dataset;
  readonly weight: number;
}

export const batchConfigSchema = z.strictObject({
  batchSize: z.int().positive(),
  /** One canvas, or several of which each batch takes one. */
  canvases: z.array(z.strictObject({ height: z.int().positive(), width: z.int().positive() })).min(1),
  normalisation: preprocessingSchema.pick({ mean: true, std: true }),
  augmentation: augmentationSchema,
  seed: z.int(),
  /** Whether photos without any box (and without a region to ignore) are seen. */
  negatives: z.boolean().default(true),
});

/** Everything besides the photos that decides what a batch holds. */
export interface BatchConfig {
  readonly batchSize: number;
  readonly canvases: readonly { readonly height: number; readonly width: number }[];
  readonly normalisation: Pick<PreprocessingConfig, 'mean' | 'std'>;
  readonly augmentation: AugmentationConfig;
  readonly seed: number;
  readonly negatives: boolean;
}

/** The photos of all data sets and the order in which steps see them. */
export interface BatchSchedule {
  readonly classes: readonly string[];
  readonly records: readonly DatasetRecord[];
  /** Indices of the records from which a garment can be cut out. */
  readonly cutouts: readonly number[];
  /** Photos a epoch; the last ones that do not fill a batch are left for other epochs. */
  readonly samplesPerEpoch: number;
  readonly stepsPerEpoch: number;
  /** Indices of the records of a step; the same for the same seed. */
  recordsAt(step: number): readonly number[];
}

/** Plans which photos each step sees: every epoch is a fresh shuffle of all photos, each as often as its set's weight. */
export function scheduleBatches(datasets: readonly WeightedDataset[], config: BatchConfig): BatchSchedule {
  const classes = commonClasses(datasets);
  const records: DatasetRecord[] = [];
  const sets = datasets.map(({ dataset, weight }) => {
    const first = records.length;
    const usable = dataset.records.filter(
      ({ boxes, crowdBoxes }) => config.negatives || boxes.length + crowdBoxes.length > 0,
    );
    records.push(...usable);
    return { indices: usable.map((_, index) => first + index), weight };
  });
  const samplesPerEpoch = sets.reduce((sum, { indices, weight }) => sum + Math.round(indices.length * weight), 0);
  if (samplesPerEpoch === 0) {
    throw new DatasetError('dataset-empty', 'there are no photos to train on', {
      where: datasets.map(({ dataset }) => dataset.directory).join(', '),
      expected: 'at least one photo with a weight above 0',
      got: 'none',
    });
  }
  const stepsPerEpoch = Math.max(1, Math.floor(samplesPerEpoch / config.batchSize));
  let known: { epoch: number; order: readonly number[] } | null = null;
  const orderOf = (epoch: number) => {
    if (known?.epoch !== epoch)
      known = { epoch, order: drawEpoch(sets, new Random(seedFrom(config.seed, 'epoch', epoch))) };
    return known.order;
  };
  return {
    classes,
    records,
    cutouts: records.flatMap((record, index) => (isCutout(record) ? [index] : [])),
    samplesPerEpoch,
    stepsPerEpoch,
    recordsAt(step) {
      const order = orderOf(Math.floor(step / stepsPerEpoch));
      const first = (step % stepsPerEpoch) * config.batchSize;
      return Array.from({ length: config.batchSize }, (_, index) => order[(first + index) % order.length]);
    },
  };
}

/** Whether a mask marks the only garment of a photo. */
export function isCutout({ maskPath, labels, crowdBoxes }: DatasetRecord): boolean {
  return maskPath !== null && labels.length === 1 && crowdBoxes.length === 0;
}

function drawEpoch(sets: readonly { indices: readonly number[]; weight: number }[], random: Random): number[] {
  const order: number[] = [];
  for (const { indices, weight } of sets) {
    const count = Math.round(indices.length * weight);
    const whole = indices.length === 0 ? 0 : Math.floor(count / indices.length);
    for (let time = 0; time < whole; time++) order.push(...indices);
    // A weight that is not whole: some of the photos, others in each epoch.
    if (count > whole * indices.length)
      order.push(...random.shuffle([...indices]).slice(0, count - whole * indices.length));
  }
  return random.shuffle(order);
}

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
