/**
 * @file From the box head's answers to the detections of one image: the plain form, the
 * oracle of `detect-graph.ts`.
 *
 * Shapes: `R` regions, `K` classes with the background, `D` detections.
 * Reference: torchvision's `RoIHeads.postprocess_detections`.
 */

import { type DeltaWeights, decodeBoxes } from '../../src/boxes/box-coder.ts';
import { clipBoxes, gatherBoxes } from '../../src/boxes/boxes.ts';
import { pairwiseIou } from '../../src/boxes/iou.ts';
import { findLargeBoxes } from './box-rows.ts';
import { suppressOverlaps } from './nms.ts';

const { exp, fround } = Math;

export interface BoxHeadOutput {
  /** `[R, 4]` float32 boxes */
  readonly proposals: Float32Array;
  /** `[R, K]` float32 */
  readonly classLogits: Float32Array;
  /** `[R, K, 4]` float32: each class has its own box; the background's is not looked at */
  readonly boxDeltas: Float32Array;
  /** The image within the tensor, without padding. */
  readonly imageHeight: number;
  readonly imageWidth: number;
}

export interface DetectionRule {
  /** Only scores above this. */
  readonly scoreThreshold: number;
  /** Within a class. */
  readonly nmsThreshold: number;
  readonly detectionsPerImage: number;
  readonly deltaWeights: DeltaWeights;
  /** Null or left out: boxes as their regions say. */
  readonly votingIou?: number | null;
}

export interface Detections {
  /** `[D, 4]` float32 boxes in pixels of the tensor, within the image, by descending score */
  readonly boxes: Float32Array;
  /** `[D]` float32 */
  readonly scores: Float32Array;
  /** `[D]` int32, 1 and more */
  readonly labels: Int32Array;
  /** `[D]` int32: the region of each */
  readonly regionIndices: Int32Array;
}

/** Boxes with a side of less than this many pixels are dropped (torchvision). */
const minDetectionSize = 1e-2;

/**
 * Every class of every region with a score above the threshold is a candidate; small ones are dropped; suppression
 * within each class; the best of all. Ties: the lower region first, then the lower class.
 */
export function selectDetections(output: BoxHeadOutput, rule: DetectionRule): Detections {
  const { proposals, classLogits, boxDeltas, imageHeight, imageWidth } = output;
  const numRegions = proposals.length / 4;
  if (numRegions === 0) return emptyDetections();
  const numClasses = classLogits.length / numRegions;
  const classScores = softmaxRows(classLogits, numClasses);
  const scoreLimit = fround(rule.scoreThreshold);
  // A candidate is the index of its score: region * numClasses + class.
  const candidates = Int32Array.from(classScores.keys()).filter(
    (at) => at % numClasses !== 0 && classScores[at] > scoreLimit,
  );
  const regions = candidates.map((at) => Math.floor(at / numClasses));
  const decoded = decodeBoxes(gatherBoxes(boxDeltas, candidates), gatherBoxes(proposals, regions), rule.deltaWeights);
  const clipped = clipBoxes(decoded, imageHeight, imageWidth);
  const large = findLargeBoxes(clipped, minDetectionSize);
  const kept = suppressOverlaps(
    gatherBoxes(clipped, large),
    Float32Array.from(large, (row) => classScores[candidates[row]]),
    {
      threshold: rule.nmsThreshold,
      groups: large.map((row) => candidates[row] % numClasses),
      limit: rule.detectionsPerImage,
    },
  ).map((row) => large[row]);
  const own = gatherBoxes(clipped, kept);
  const labels = kept.map((row) => candidates[row] % numClasses);
  return {
    boxes: rule.votingIou == null ? own : voteOnBoxes(own, labels, classScores, output, rule),
    scores: Float32Array.from(kept, (row) => classScores[candidates[row]]),
    labels,
    regionIndices: kept.map((row) => regions[row]),
  };
}

/** The mean of all boxes of a detection's class that overlap it, by their scores, whatever those are. */
function voteOnBoxes(
  own: Float32Array,
  labels: Int32Array,
  classScores: Float32Array,
  { proposals, boxDeltas, imageHeight, imageWidth }: BoxHeadOutput,
  { votingIou, deltaWeights }: DetectionRule,
): Float32Array {
  const numClasses = (classScores.length * 4) / proposals.length;
  return Float32Array.from(
    [...labels].flatMap((label, row) => {
      const answers = Int32Array.from({ length: proposals.length / 4 }, (_, region) => region * numClasses + label);
      const decoded = decodeBoxes(gatherBoxes(boxDeltas, answers), proposals, deltaWeights);
      const boxes = clipBoxes(decoded, imageHeight, imageWidth);
      const overlaps = pairwiseIou(own.subarray(row * 4, row * 4 + 4), boxes);
      const large = findLargeBoxes(boxes, minDetectionSize);
      const voters = large.filter((region) => overlaps[region] >= fround(votingIou as number));
      const weight = voters.reduce((sum, region) => sum + classScores[answers[region]], 0);
      return [0, 1, 2, 3].map((edge) =>
        voters.reduce((sum, region) => sum + (classScores[answers[region]] / weight) * boxes[region * 4 + edge], 0),
      );
    }),
  );
}

/** Softmax of each row of `[N, K]` float32 logits. */
export function softmaxRows(logits: Float32Array, numColumns: number): Float32Array {
  const scores = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += numColumns) {
    const end = start + numColumns;
    let highest = Number.NEGATIVE_INFINITY;
    for (let at = start; at < end; at++) if (logits[at] > highest) highest = logits[at];
    let sum = 0;
    for (let at = start; at < end; at++) {
      scores[at] = exp(logits[at] - highest);
      sum += scores[at];
    }
    for (let at = start; at < end; at++) scores[at] /= sum;
  }
  return scores;
}

function emptyDetections(): Detections {
  return {
    boxes: new Float32Array(0),
    scores: new Float32Array(0),
    labels: new Int32Array(0),
    regionIndices: new Int32Array(0),
  };
}
