/**
 * @file From the RPN's answers to the proposals of one image: the plain form, the oracle of `propose.ts`.
 *
 * Shapes: `A` anchors of all levels, `P` proposals.
 * Reference: torchvision's `RegionProposalNetwork.filter_proposals`.
 */

import { decodeBoxes, unitWeights } from '../../src/boxes/box-coder.ts';
import { clipBoxes, gatherBoxes } from '../../src/boxes/boxes.ts';
import { rankByScore } from '../../src/boxes/rank.ts';
import type { Anchors } from '../../src/detector/anchors.ts';
import type { ProposalRule } from '../../src/detector/config.ts';
import { findLargeBoxes } from './box-rows.ts';
import { suppressOverlaps } from './nms.ts';

const { exp, fround } = Math;

export interface RpnOutput {
  /** `[A]` float32 logits, in the order of the anchors */
  readonly objectness: Float32Array;
  /** `[A, 4]` float32, weights 1 */
  readonly deltas: Float32Array;
  /** The image within the tensor, without padding. */
  readonly imageHeight: number;
  readonly imageWidth: number;
}

export interface Proposals {
  /** `[P, 4]` float32 boxes within the image, by descending score */
  readonly boxes: Float32Array;
  /** `[P]` float32 in `[0, 1]` */
  readonly scores: Float32Array;
  /** `[P]` int32: the anchor of each */
  readonly anchorIndices: Int32Array;
}

/**
 * Per level the best by logit; decoded, clipped, small and poor ones dropped; suppression within each level by logit;
 * the best of all. Ties: first by level, then the lower index.
 *
 * Differs from torchvision: it ranks by score after the first step, where logits above 17 are all 1.
 */
export function selectProposals(anchors: Anchors, output: RpnOutput, rule: ProposalRule): Proposals {
  const { levelStarts } = anchors;
  const { objectness, deltas, imageHeight, imageWidth } = output;
  const best = anchors.perLevel.map((_, level) =>
    rankByScore(objectness.subarray(levelStarts[level], levelStarts[level + 1]), rule.preNmsTop),
  );
  const candidates = Int32Array.from(
    best.flatMap((ranked, level) => Array.from(ranked, (at) => at + levelStarts[level])),
  );
  const levels = Int32Array.from(best.flatMap((ranked, level) => Array.from(ranked, () => level)));

  const decoded = decodeBoxes(gatherBoxes(deltas, candidates), gatherBoxes(anchors.boxes, candidates), unitWeights);
  const clipped = clipBoxes(decoded, imageHeight, imageWidth);
  const scores = Float32Array.from(candidates, (anchor) => sigmoid(objectness[anchor]));
  const scoreLimit = fround(rule.scoreThreshold);
  const large = findLargeBoxes(clipped, rule.minSize).filter((row) => scores[row] >= scoreLimit);
  const kept = suppressOverlaps(
    gatherBoxes(clipped, large),
    Float32Array.from(large, (row) => objectness[candidates[row]]),
    {
      threshold: rule.nmsThreshold,
      groups: large.map((row) => levels[row]),
      limit: rule.postNmsTop,
    },
  ).map((row) => large[row]);
  return {
    boxes: gatherBoxes(clipped, kept),
    scores: Float32Array.from(kept, (row) => scores[row]),
    anchorIndices: kept.map((row) => candidates[row]),
  };
}

function sigmoid(logit: number): number {
  return 1 / (1 + exp(-logit));
}
