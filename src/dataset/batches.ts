/**
 * @file What a training step is fed with. Which photos it holds: `batch-schedule.ts`; making it: `batch-node.ts`.
 *
 * N: photos a batch. H, W: the canvas, the same for all of them (and the static shape of the training graph); each
 * photo stands at its top left.
 */
import type { AugmentationConfig } from '../image/augmentation-config.ts';
import type { PreprocessingConfig } from '../image/preprocess.ts';
import type { Dataset } from './dataset.ts';

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

/** Rules of size by which a photo is as large in a batch as the model will see it when it is served. */
export type ServedSize = Extract<PreprocessingConfig['resize'], { readonly kind: 'torchvision' | 'squash' }>;

/** The shape of a batch's pictures. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
}

/** Everything besides the photos that decides what a batch holds. */
export interface BatchConfig {
  readonly batchSize: number;
  /**
   * One, or several of which each batch takes one: of the long sides a random one, and of the canvases with that long
   * side the one that fits its photos best. Upright and lying photos come in batches of their own unless all canvases
   * are square.
   */
  readonly canvases: readonly Canvas[];
  /**
   * A photo is as large as the model will see it when it is served, and a batch has the smallest canvas that holds its
   * photos (where none does, they shrink to fit). Left out: a photo is as large as its canvas allows.
   */
  readonly resize?: ServedSize | undefined;
  readonly normalisation: Pick<PreprocessingConfig, 'mean' | 'std'>;
  readonly augmentation: AugmentationConfig;
  readonly seed: number;
  /** Whether photos without any box (and without a region to ignore) are seen. */
  readonly negatives: boolean;
  /** Share of the photos below which a class counts as rare and its photos are seen oftener, in place of others; 0: none. */
  readonly repeatThreshold: number;
}
