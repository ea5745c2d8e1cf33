/**
 * @file A balanced sample of positives and negatives, decided by random keys that are an input.
 *
 * The definition, which a graph must meet too:
 * 1. `numPositives = min(number of labels >= 1, floor(batchSize * positiveFraction))`; chosen are the positives with
 *    the largest keys; of equal keys the lower index first.
 * 2. `numNegatives = min(number of labels = 0, batchSize - numPositives)`; chosen the same way by the same keys.
 * 3. Labels of -1 are never chosen.
 *
 * In a graph: `TopK` over `Where(label >= 1, key, -1)` and over `Where(label = 0, key, -1)`; keys are in `[0, 1)`.
 * Uniform keys make every subset equally likely, as torchvision's `BalancedPositiveNegativeSampler` does by permuting.
 */
import { rankByScore } from '../boxes/rank.ts';

export interface SamplingRule {
  readonly batchSize: number;
  /** The largest share of positives; negatives fill what they leave. */
  readonly positiveFraction: number;
}

export interface Sample {
  /** Ascending indices. */
  readonly positives: Int32Array;
  /** Ascending indices. */
  readonly negatives: Int32Array;
}

/**
 * @param labels `[N]` int32, -1 ignored, 0 negative, 1 and more positive
 * @param keys `[N]` float32, uniform in `[0, 1)`
 */
export function sampleBalanced(labels: Int32Array, keys: Float32Array, rule: SamplingRule): Sample {
  const mostPositives = Math.floor(rule.batchSize * rule.positiveFraction);
  const positives = largestKeys(labels, keys, (label) => label >= 1, mostPositives);
  const negatives = largestKeys(labels, keys, (label) => label === 0, rule.batchSize - positives.length);
  return { positives, negatives };
}

function largestKeys(
  labels: Int32Array,
  keys: Float32Array,
  isCandidate: (label: number) => boolean,
  limit: number,
): Int32Array {
  const candidates = new Int32Array(labels.length);
  const candidateKeys = new Float32Array(labels.length);
  let count = 0;
  for (let index = 0; index < labels.length; index++) {
    if (!isCandidate(labels[index])) continue;
    candidates[count] = index;
    candidateKeys[count++] = keys[index];
  }
  if (count <= limit) return candidates.slice(0, count);
  return rankByScore(candidateKeys.subarray(0, count), limit)
    .map((rank) => candidates[rank])
    .sort();
}
