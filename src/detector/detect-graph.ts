/**
 * @file From the box head's answers to detections, inside the graph. `tests/oracles/select-detections.ts` is the
 * same on typed arrays.
 *
 * Shapes: one image, R regions, K classes with the background, C = K - 1, D detections.
 * Reference: torchvision's `RoIHeads.postprocess_detections`.
 */
import {
  add,
  and,
  clip,
  div,
  less,
  log,
  max,
  maximum,
  minimum,
  mul,
  not,
  sigmoid,
  softmax,
  sub,
  sum,
  where,
} from '../graph/arithmetic.ts';
import { concat, reshape, slice, transpose } from '../graph/layout.ts';
import { argMax, gather, gatherND, nonMaxSuppression, nonZero, oneHot, topK } from '../graph/selection.ts';
import { constant, type Value } from '../graph/value.ts';
import { clipBoxes, decodeBoxes, overlapIou, shorterSide } from './box-graph.ts';
import type { DetectorConfig } from './config.ts';
import type { BoxHeadAnswer } from './network.ts';
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

/** What the box head holds of regions of one image, the background apart. */
export interface RegionVerdicts {
  /** `[R, C]` probabilities. */
  readonly scores: Value;
  /** `[R, C, 4]`: each class has a box of its own, within the image. */
  readonly boxes: Value;
  /** `[R]` bool: the regions that are proposals. */
  readonly taken: Value;
}

/**
 * @param regions `[R, 4]` of one image, which the box head answered about
 * @param imageSizes `[1, 2]`
 */
export function judgeRegions(
  regions: Value,
  { classLogits, boxDeltas }: BoxHeadAnswer,
  imageSizes: Value,
  { deltaWeights }: DetectorConfig['boxHead'],
): Omit<RegionVerdicts, 'taken'> {
  const numClasses = classLogits.shape[1] - 1;
  const deltas = slice(boxDeltas, { axis: 1, start: 1 });
  const decoded = decodeBoxes(deltas, reshape(regions, [-1, 1, 4]), deltaWeights);
  return {
    scores: slice(softmax(classLogits), { axis: 1, start: 1 }),
    boxes: reshape(clipBoxes(reshape(decoded, [1, -1, 4]), imageSizes), [-1, numClasses, 4]),
  };
}

/** Verdicts on some regions, and the box that the surest class of each gave. */
export interface PromisingRegions {
  readonly verdicts: RegionVerdicts;
  /** `[R, 4]`. */
  readonly surest: Value;
}

/** Proposals in which some class scores above the threshold; the surest of all in any case, as not every backend runs on nothing. */
export function keepPromising({ scores, boxes, taken }: RegionVerdicts, scoreThreshold: number): PromisingRegions {
  const best = where(taken, max(scores, [1]), -1);
  const rows = reshape(nonZero(not(less(best, minimum(scoreThreshold, max(best, [0]))))), [-1]);
  const some = { scores: gather(scores, rows), boxes: gather(boxes, rows), taken: gather(taken, rows) };
  const ofSurest = reshape(oneHot(argMax(some.scores, 1), scores.shape[1]), [-1, scores.shape[1], 1]);
  return { verdicts: some, surest: sum(mul(some.boxes, ofSurest), [1]) };
}

export function detect(
  { scores, boxes, taken }: RegionVerdicts,
  { votingIou, ...config }: DetectorConfig['boxHead'],
): DetectionValues {
  const numClasses = scores.shape[1];
  // Each class is an "image" of its own to the operator: it has its own boxes.
  const byClass = transpose(boxes, [1, 0, 2]);
  const usable = and(reshape(taken, [1, -1]), not(less(shorterSide(byClass), MIN_SIZE)));
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
  const classes = gather(reshape(classIndex, [-1]), best.indices);
  const own = gather(gatherND(byClass, place), best.indices);
  const scoresOf = (rows: Value) => gather(reshape(alive, [numClasses, -1, 1]), rows);
  const one = constant({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) });
  return {
    boxes: votingIou === null ? own : voteOnBoxes(own, gather(byClass, classes), scoresOf(classes), votingIou),
    labels: add(classes, one),
    scores: best.values,
  };
}

/**
 * Box voting: the mean of all boxes of a class that overlap a detection, by their scores.
 *
 * Reference: Gidaris and Komodakis, Object detection via a multi-region and semantic segmentation-aware CNN model,
 * ICCV 2015, section 5.
 *
 * @param boxes `[D, 4]`
 * @param candidates `[D, R, 4]` of the same classes
 * @param scores `[D, R, 1]`, -1 of those that have no vote
 */
function voteOnBoxes(boxes: Value, candidates: Value, scores: Value, iou: number): Value {
  const overlap = overlapIou(reshape(boxes, [-1, 1, 4]), candidates);
  const weights = where(less(overlap, iou), 0, maximum(scores, 0));
  return div(sum(mul(candidates, weights), [1]), sum(weights, [1]));
}

/** How sure a model is, as a straight line over the log odds: what is right in seven of ten cases is to have the score 0.7. */
export interface ScoreCalibration {
  /** One over the temperature; above 0, so that the order of detections stays. */
  readonly scale: number;
  readonly shift: number;
}

export const uncalibrated: ScoreCalibration = { scale: 1, shift: 0 };
/** Beyond it the log odds of float32 are infinite. */
const highestScore = 1 - 1e-6;

/**
 * Scores that mean what they say, in the order that they had.
 *
 * @param scores `[D]` within 0 and 1
 * @returns `[D]`
 */
export function calibrateScores(scores: Value, { scale, shift }: ScoreCalibration): Value {
  if (scale === 1 && shift === 0) return scores;
  const bounded = clip(scores, 1 - highestScore, highestScore);
  return sigmoid(add(mul(log(div(bounded, sub(1, bounded))), scale), shift));
}
