/** @file The share of photos whose best detection names something that is in them. */
import type { Detections, GroundTruth } from './columns.ts';

export interface TopClassAccuracy {
  /** correct / photos; -1 where no photo has a label */
  readonly accuracy: number;
  readonly correct: number;
  /** Photos with at least one label. */
  readonly photos: number;
  /** Photos left out because they have none. */
  readonly unlabelledPhotos: number;
}

/**
 * The class of the top detection is among the photo's labels; no detection is wrong. Where its box lies plays no part.
 * Crowd regions are no labels. Of equal scores the first row is the top one.
 */
export function topClassAccuracy(groundTruth: GroundTruth, detections: Detections): TopClassAccuracy {
  const { numImages } = groundTruth;
  const top = new Int32Array(numImages).fill(-1);
  for (let row = 0; row < detections.scores.length; row++) {
    const image = detections.images[row];
    const best = top[image];
    if (best === -1 || detections.scores[row] > detections.scores[best]) top[image] = row;
  }

  const isLabelled = new Uint8Array(numImages);
  const isCorrect = new Uint8Array(numImages);
  for (let row = 0; row < groundTruth.labels.length; row++) {
    if (groundTruth.crowds[row] === 1) continue;
    const image = groundTruth.images[row];
    isLabelled[image] = 1;
    const best = top[image];
    if (best !== -1 && detections.labels[best] === groundTruth.labels[row]) isCorrect[image] = 1;
  }

  const photos = isLabelled.reduce((sum, flag) => sum + flag, 0);
  const correct = isCorrect.reduce((sum, flag) => sum + flag, 0);
  return { accuracy: photos === 0 ? -1 : correct / photos, correct, photos, unlabelledPhotos: numImages - photos };
}
