/**
 * @file From the box head's answers to detections, inside the graph. `tests/oracles/select-detections.ts` is the
 * same on typed arrays.
 *
 * Shapes: one image, R regions, K classes with the background, C = K - 1, D detections.
 * Reference: torchvision's `RoIHeads.postprocess_detections`.
 */
import { add, and, clip, div, less, log, mul, not, sigmoid, softmax, sub, where } from '../graph/arithmetic.ts';
import { concat, reshape, slice, transpose } from '../graph/layout.ts';
import { gather, gatherND, nonMaxSuppression, topK } from '../graph/selection.ts';
import { constant, type Value } from '../graph/value.ts';
import { clipBoxes, decodeBoxes, shorterSide } from './box-graph.ts';
import type { DetectorConfig } from './config.ts';
import type { BoxHeadAnswer } from './network.ts';
import type { Proposals } from './propose.ts';
import { atMost } from './propose.ts';

/** Boxes with a side of less than this many pixels are dropped (torchvision). */
const MIN_SIZE = 1e-2;

export interface DetectionValues {
  /** `[D, 4]` pixels of the tensor, best first. */
  readonly boxes: Value;
  /** `[D]` int64, 1 and more. */
  readonly labels: Value;
  /** `[D]`. */
  readonly scores: Value;
}

/**
 * @param proposals of one image
 * @param imageSizes `[1, 2]`
 */
export function detect(
  proposals: Proposals,
  { classLogits, boxDeltas }: BoxHeadAnswer,
  imageSizes: Value,
  config: DetectorConfig['boxHead'],
): DetectionValues {
  const numClasses = classLogits.shape[1] - 1;
  const scores = slice(softmax(classLogits), { axis: 1, start: 1 });
  const deltas = slice(boxDeltas, { axis: 1, start: 1 });
  const decoded = decodeBoxes(deltas, reshape(proposals.boxes, [-1, 1, 4]), config.deltaWeights);
  const clipped = reshape(clipBoxes(reshape(decoded, [1, -1, 4]), imageSizes), [-1, numClasses, 4]);
  // Each class is an "image" of its own to the operator: it has its own boxes.
  const byClass = transpose(clipped, [1, 0, 2]);
  const taken = reshape(not(less(proposals.scores, 0)), [1, -1]);
  const usable = and(taken, not(less(shorterSide(byClass), MIN_SIZE)));
  const alive = where(usable, transpose(scores, [1, 0]), -1);
  const kept = nonMaxSuppression(byClass, reshape(alive, [numClasses, 1, -1]), {
    maxPerClass: config.detectionsPerImage,
    iouThreshold: config.nmsThreshold,
    scoreThreshold: config.scoreThreshold,
  });
  const classIndex = slice(kept, { axis: 1, start: 0, end: 1 });
  const place = concat([classIndex, slice(kept, { axis: 1, start: 2, end: 3 })], 1);
  const survivors = gatherND(alive, place);
  const best = topK(survivors, atMost(config.detectionsPerImage, survivors, 0), 0);
  const one = constant({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) });
  return {
    boxes: gather(gatherND(byClass, place), best.indices),
    labels: add(gather(reshape(classIndex, [-1]), best.indices), one),
    scores: best.values,
  };
}

/** How sure a model is, as a straight line over the log odds: what is right in seven of ten cases is to have the score 0.7. */
export interface ScoreCalibration {
  /** One over the temperature; above 0, so that the order of detections stays. */
  readonly scale: number;
  readonly shift: number;
}

export const uncalibrated: ScoreCalibration = { scale: 1, shift: 0 };
/** Beyond it the log odds of float32 are infinite. */
const surest = 1 - 1e-6;

/**
 * Scores that mean what they say, in the order that they had.
 *
 * @param scores `[D]` within 0 and 1
 * @returns `[D]`
 */
export function calibrateScores(scores: Value, { scale, shift }: ScoreCalibration): Value {
  if (scale === 1 && shift === 0) return scores;
  const bounded = clip(scores, 1 - surest, surest);
  return sigmoid(add(mul(log(div(bounded, sub(1, bounded))), scale), shift));
}
