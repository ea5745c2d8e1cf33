/**
 * @file Ground truth and detections of a data set as columns: what the metrics read.
 *
 * Boxes here are COCO's `[x, y, width, height]` in float64, not the package's `[x1, y1, x2, y2]` in float32: they are
 * what the files hold, and figures that equal pycocotools to the last digits need them unrounded.
 *
 * Shape letters: G annotations, D detections, C classes. Rows are in file order.
 */
import { boxAt } from '../boxes/boxes.ts';

/** What is in the photos. */
export interface GroundTruth {
  /** `[C]` names; label `i + 1` is `classes[i]`. */
  readonly classes: readonly string[];
  readonly numImages: number;
  /** `[G]` int32, 0 to numImages - 1 */
  readonly images: Int32Array;
  /** `[G]` int32, 1 to C */
  readonly labels: Int32Array;
  /** `[G, 4]` float64, x, y, width, height */
  readonly boxes: Float64Array;
  /** `[G]` float64 square pixels: the annotation's own, often smaller than the box */
  readonly areas: Float64Array;
  /** `[G]` 1 for a crowd or ignore region: detections inside are neither right nor wrong */
  readonly crowds: Uint8Array;
  /** Row of the annotation with id 0, if there is one. pycocotools counts what matches it as a false alarm; so do we. */
  readonly idZero?: number;
}

/** What a detector says is in them. */
export interface Detections {
  /** `[D]` int32, 0 to numImages - 1 */
  readonly images: Int32Array;
  /** `[D]` int32, 1 to C */
  readonly labels: Int32Array;
  /** `[D, 4]` float64, x, y, width, height */
  readonly boxes: Float64Array;
  /** `[D]` float64 */
  readonly scores: Float64Array;
}

/** A detector's answer for one photo, in the package's own form. */
export interface PhotoDetections {
  /** `[N, 4]` float32 x1, y1, x2, y2 in pixels of the photo */
  readonly boxes: Float32Array;
  /** `[N]` 1 to C */
  readonly labels: Int32Array;
  /** `[N]` float32 */
  readonly scores: Float32Array;
}

/**
 * Gathers a detector's answers into columns.
 *
 * @param photos one answer a photo, in the order of the ground truth's images
 */
export function gatherDetections(photos: readonly PhotoDetections[]): Detections {
  const total = photos.reduce((sum, photo) => sum + photo.scores.length, 0);
  const images = new Int32Array(total);
  const labels = new Int32Array(total);
  const boxes = new Float64Array(total * 4);
  const scores = new Float64Array(total);
  let row = 0;
  for (const [image, photo] of photos.entries()) {
    images.fill(image, row, row + photo.scores.length);
    labels.set(photo.labels, row);
    scores.set(photo.scores, row);
    for (let index = 0; index < photo.scores.length; index++, row++) {
      const [x1, y1, x2, y2] = boxAt(photo.boxes, index);
      boxes.set([x1, y1, x2 - x1, y2 - y1], row * 4);
    }
  }
  return { images, labels, boxes, scores };
}
