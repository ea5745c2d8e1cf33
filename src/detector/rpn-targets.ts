/**
 * @file What the RPN should have said about each anchor of one image, for the anchors that were sampled.
 *
 * Shapes: `A` anchors, `G` ground truths, `C` crowd regions.
 */

import { encodeBoxes, unitWeights } from '../boxes/box-coder.ts';
import { gatherBoxes } from '../boxes/boxes.ts';
import { leaveOutCrowds, type MatchRule, matchBoxes, undecidedMatch } from './matcher.ts';
import { type SamplingRule, sampleBalanced } from './sampler.ts';

/** The boxes of one image, in pixels of the tensor. */
export interface GroundTruth {
  /** `[G, 4]` float32 */
  readonly boxes: Float32Array;
  /** `[G]` int32, 1 and more */
  readonly labels: Int32Array;
  /** `[C, 4]` float32 */
  readonly crowdBoxes: Float32Array;
}

export interface RpnTargets {
  /** `[A]` int32: -1 not sampled, 0 sampled background, 1 sampled object */
  readonly labels: Int32Array;
  /** `[A, 4]` float32, weights 1: deltas from each sampled object's anchor to its ground truth; else 0 */
  readonly deltas: Float32Array;
}

/**
 * Matches the anchors of one image with its ground truth (low-quality matches allowed), leaves out what crowds cover,
 * and samples.
 *
 * @param anchors `[A, 4]` float32 boxes
 * @param keys `[A]` float32, uniform in `[0, 1)`: see `sampler.ts`
 */
export function rpnTargets(
  anchors: Float32Array,
  groundTruth: Pick<GroundTruth, 'boxes' | 'crowdBoxes'>,
  keys: Float32Array,
  rule: Omit<MatchRule, 'allowLowQuality'> & SamplingRule,
): RpnTargets {
  const matches = matchBoxes(groundTruth.boxes, anchors, { ...rule, allowLowQuality: true });
  const candidates = matches.map((match) => (match === undecidedMatch ? -1 : match < 0 ? 0 : 1));
  leaveOutCrowds(candidates, anchors, groundTruth.crowdBoxes);
  const { positives, negatives } = sampleBalanced(candidates, keys, rule);

  const labels = new Int32Array(matches.length).fill(-1);
  const deltas = new Float32Array(anchors.length);
  for (const anchor of negatives) labels[anchor] = 0;
  const wanted = gatherBoxes(
    groundTruth.boxes,
    positives.map((anchor) => matches[anchor]),
  );
  const deltasOfPositives = encodeBoxes(wanted, gatherBoxes(anchors, positives), unitWeights);
  for (const [row, anchor] of positives.entries()) {
    labels[anchor] = 1;
    deltas.set(deltasOfPositives.subarray(row * 4, row * 4 + 4), anchor * 4);
  }
  return { labels, deltas };
}
