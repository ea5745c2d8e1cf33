/**
 * @file The regions that the box head learns from, inside the graph.
 * `tests/oracles/select-training-regions.ts` is the same on typed arrays.
 *
 * Shapes: N images, P proposals an image, G places for ground truth, X places for crowd regions, B sampled regions.
 * Places not taken hold boxes of zeros.
 */
import { add, and, cast, equal, greater, less, max, mul, not, where } from '../graph/arithmetic.ts';
import { concat, reshape, slice } from '../graph/layout.ts';
import { argMax, gatherElements, gatherND, topK } from '../graph/selection.ts';
import { constant, type Value } from '../graph/value.ts';
import { encodeBoxes, pairwiseIntersectionOverArea, pairwiseIou, shorterSide } from './box-graph.ts';
import type { DetectorConfig } from './config.ts';
import { crowdCoverage } from './matcher.ts';
import type { Proposals } from './propose.ts';

export interface GroundTruthPlaces {
  /** `[N, G, 4]`. */
  readonly boxes: Value;
  /** `[N, G]` int64. */
  readonly labels: Value;
  /** `[N, X, 4]`. */
  readonly crowdBoxes: Value;
}

export interface SampledRegions {
  /** `[N, B, 4]`. */
  readonly boxes: Value;
  /** `[N, B]` int64, 0 background. */
  readonly labels: Value;
  /** `[N, B, 4]`, 0 for background. */
  readonly deltas: Value;
  /** `[N, B]` float32: 0 where there were not enough candidates to fill the place. */
  readonly active: Value;
}

/**
 * @param keys `[N, P + G]` float32 in `(0, 1)`, no two of an image equal: the largest of the positives, then the
 *   largest of the negatives, are sampled
 */
export function sampleRegions(
  proposals: Proposals,
  truth: GroundTruthPlaces,
  keys: Value,
  config: DetectorConfig['boxHead'],
): SampledRegions {
  const n = truth.boxes.shape[0];
  const all = concat([proposals.boxes, truth.boxes], 1);
  // In a run that diverges boxes may be NaN; the losses shall say so, not an operator that cannot place them.
  const boxes = where(equal(all, all), all, 0);
  const count = boxes.shape[1];
  const exists = concat([not(less(proposals.scores, 0)), greater(shorterSide(truth.boxes), 0)], 1);
  const overlaps = pairwiseIou(boxes, truth.boxes);
  const best = max(overlaps, [2]);
  const match = argMax(overlaps, 2);
  const covered = not(less(max(pairwiseIntersectionOverArea(boxes, truth.crowdBoxes), [2]), crowdCoverage));
  const candidate = and(exists, not(covered));
  const positive = and(candidate, not(less(best, config.foregroundIou)));
  const negative = and(candidate, less(best, config.backgroundIou));

  const most = Math.min(Math.floor(config.batchSize * config.positiveFraction), count);
  const positiveKeys = where(positive, keys, -1);
  const cutoff = slice(topK(positiveKeys, most, 1).values, { axis: 1, start: most - 1 });
  const chosen = and(positive, not(less(keys, cutoff)));
  // Positives before negatives, whatever their keys.
  const rank = where(chosen, add(keys, 2), where(negative, keys, -1));
  const sample = topK(rank, Math.min(config.batchSize, count), 1);

  const pick = reshape(sample.indices, [n, -1, 1]);
  const sampledBoxes = gatherND(boxes, pick, 1);
  const isPositive = gatherND(cast(chosen, 'float32'), pick, 1);
  const truthIndex = gatherElements(match, sample.indices, 1);
  const truthBoxes = gatherND(truth.boxes, reshape(truthIndex, [n, -1, 1]), 1);
  const truthLabels = gatherElements(truth.labels, truthIndex, 1);
  const labels = mul(truthLabels, cast(isPositive, 'int64'));
  const isObject = greater(isPositive, 0);
  // Background has no target. A place not taken may hold an empty box: any box keeps its logarithm finite.
  const wide = (mask: Value) => reshape(mask, [n, -1, 1]);
  const references = where(wide(greater(shorterSide(sampledBoxes), 0)), sampledBoxes, unitBox);
  const deltas = where(
    wide(isObject),
    encodeBoxes(where(wide(isObject), truthBoxes, references), references, config.deltaWeights),
    0,
  );
  return { boxes: sampledBoxes, labels, deltas, active: cast(not(less(sample.values, 0)), 'float32') };
}

const unitBox = constant({ dtype: 'float32', shape: [4], data: Float32Array.of(0, 0, 1, 1) });
