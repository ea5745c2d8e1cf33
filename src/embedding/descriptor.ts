/**
 * @file What finds garments in a photo and turns them into vectors. Interface only: the network is behind
 * `model-engine.ts`.
 *
 * A vector belongs to a space (trunk, feature levels, embedding head, preprocessing, version). Vectors of two spaces are
 * never compared: stores and queries carry the space id and refuse another.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { MatchCalibration } from '../detector/match-calibration.ts';
import type { Photo } from '../image/photo.ts';

/** How near two vectors of a space are: cosine of their angle, or straight distance. */
export type Metric = 'cosine' | 'euclidean';

/**
 * `garment`: one vector a box, the default. `paper`: the paper's, the top of the pyramid. `external`: what an image encoder
 * of anyone's makes of each box (`encoder-definition.ts`).
 */
export const descriptorNames = ['garment', 'paper', 'external'] as const;
export type DescriptorName = (typeof descriptorNames)[number];

export interface VectorSpace {
  readonly descriptor: DescriptorName;
  readonly spaceId: string;
  readonly dimension: number;
  readonly metric: Metric;
  /** Every box has the vector of its whole photo. */
  readonly seesWholePhoto?: boolean | undefined;
  /** Undefined where nobody measured it. */
  readonly calibration?: MatchCalibration | undefined;
}

/** A class that a garment may be of. */
export interface ClassScore {
  readonly label: string;
  /** In `[0, 1]`. */
  readonly score: number;
}

export interface GarmentDetection {
  /** Pixels of the photo. */
  readonly box: BoxTuple;
  /** One of the engine's classes. */
  readonly label: string;
  /** In `[0, 1]`. */
  readonly score: number;
  /** Other classes that the detector saw in nearly this box, by descending score, however low; an engine may not say. */
  readonly alternatives?: readonly ClassScore[] | undefined;
}

export interface EmbeddedDetection extends GarmentDetection {
  /** `[dimension]` float32, in the space that was asked for. */
  readonly vector: Float32Array;
}

export interface PhotoAnalysis {
  /** By descending score. */
  readonly detections: readonly EmbeddedDetection[];
  /** `[dimension]` float32, the vector of the whole picture; worked out when asked for, from the same forward pass. */
  whole(): Promise<Float32Array>;
  /** `[dimension]` float32 vectors of other boxes, in pixels of the photo, in their order; from the same forward pass. */
  embed(boxes: readonly BoxTuple[]): Promise<readonly Float32Array[]>;
}

/** A loaded model. Calls may overlap; the engine queues them. */
export interface GarmentEngine {
  readonly modelId: string;
  /** Of the model, for threads that open one of their own; undefined for what no directory holds. */
  readonly directory?: string | undefined;
  /** The `encoder.json` that it was opened with, whose vectors are `external`. */
  readonly encoder?: string | undefined;
  /** Foreground classes, in label order. */
  readonly classes: readonly string[];
  /** Detections of a class under its score are left out unless `minScore` says otherwise. */
  minScoreOf(label: string): number;
  /** The space of a descriptor, without running anything. */
  space(descriptor: DescriptorName): VectorSpace;
  /** Boxes alone, by descending score. */
  detect(photo: Photo, options?: { readonly minScore?: number | undefined }): Promise<readonly GarmentDetection[]>;
  /** Boxes and their vectors in one forward pass. */
  analyse(
    photo: Photo,
    options: { readonly descriptor: DescriptorName; readonly minScore?: number | undefined },
  ): Promise<PhotoAnalysis>;
  /**
   * Vectors of boxes that someone drew.
   *
   * @returns one `[dimension]` float32 vector a box, in order
   */
  embedBoxes(photo: Photo, boxes: readonly BoxTuple[], descriptor: DescriptorName): Promise<readonly Float32Array[]>;
}

/** By which descriptor an engine is to answer: one that was opened with an encoder was meant to be asked for its vectors. */
export function descriptorOf({ encoder }: Pick<GarmentEngine, 'encoder'>, otherwise: DescriptorName): DescriptorName {
  return encoder === undefined ? otherwise : 'external';
}
