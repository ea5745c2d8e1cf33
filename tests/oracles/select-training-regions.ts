/**
 * @file The regions of one image that the box head learns from, and what it should say about each: the plain form, the
 * oracle of `sample-regions.ts`.
 *
 * Shapes: `P` proposals, `G` ground truths, `R` sampled regions.
 * Reference: torchvision's `RoIHeads.select_training_samples`.
 */

import { type DeltaWeights, encodeBoxes } from '../../src/boxes/box-coder.ts';
import { gatherBoxes } from '../../src/boxes/boxes.ts';
import { leaveOutCrowds, type MatchRule, matchBoxes, undecidedMatch } from '../../src/detector/matcher.ts';
import type { GroundTruth } from '../../src/detector/rpn-targets.ts';
import { type SamplingRule, sampleBalanced } from '../../src/detector/sampler.ts';
import { concatBoxes } from './box-rows.ts';

export interface RegionKeys {
  /** At least `[P]` float32, uniform in `[0, 1)`: one a proposal, in their order; more are not looked at. */
  readonly proposals: Float32Array;
  /** At least `[G]`, one a ground truth. */
  readonly groundTruth: Float32Array;
}

export interface TrainingRegions {
  /** `[R, 4]` float32, R at most the batch size; proposals first, then ground truths, each in ascending order */
  readonly boxes: Float32Array;
  /** `[R]` int32, 0 background */
  readonly labels: Int32Array;
  /** `[R, 4]` float32: weighted deltas from each positive region to its ground truth; 0 for background */
  readonly deltas: Float32Array;
  /** `[R]` int32: index among the proposals, or `P` plus the index of the ground truth */
  readonly candidateIndices: Int32Array;
}

/**
 * Proposals and the ground truth itself are the candidates; they are matched (no low-quality matches), crowds are
 * left out, and a balanced sample is taken.
 *
 * @param proposals `[P, 4]` float32 boxes
 */
export function selectTrainingRegions(
  proposals: Float32Array,
  groundTruth: GroundTruth,
  keys: RegionKeys,
  rule: Omit<MatchRule, 'allowLowQuality'> & SamplingRule & { readonly deltaWeights: DeltaWeights },
): TrainingRegions {
  const candidates = concatBoxes([proposals, groundTruth.boxes]);
  const matches = matchBoxes(groundTruth.boxes, candidates, { ...rule, allowLowQuality: false });
  const labels = matches.map((match) => (match === undecidedMatch ? -1 : match < 0 ? 0 : groundTruth.labels[match]));
  leaveOutCrowds(labels, candidates, groundTruth.crowdBoxes);
  const numProposals = proposals.length / 4;
  const candidateKeys = new Float32Array(labels.length);
  candidateKeys.set(keys.proposals.subarray(0, numProposals));
  candidateKeys.set(keys.groundTruth.subarray(0, labels.length - numProposals), numProposals);
  const { positives, negatives } = sampleBalanced(labels, candidateKeys, rule);

  const candidateIndices = Int32Array.from([...positives, ...negatives]).sort();
  const boxes = gatherBoxes(candidates, candidateIndices);
  const deltas = new Float32Array(boxes.length);
  for (const [row, candidate] of candidateIndices.entries()) {
    if (labels[candidate] === 0) continue;
    const match = matches[candidate] * 4;
    const at = row * 4;
    const wanted = groundTruth.boxes.subarray(match, match + 4);
    deltas.set(encodeBoxes(wanted, boxes.subarray(at, at + 4), rule.deltaWeights), at);
  }
  return { boxes, labels: candidateIndices.map((candidate) => labels[candidate]), deltas, candidateIndices };
}
