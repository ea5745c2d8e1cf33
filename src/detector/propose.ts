/**
 * @file From the RPN's answers to proposals, inside the graph. `tests/oracles/select-proposals.ts` is the same on
 * typed arrays.
 *
 * The number of proposals that survive differs from image to image; what comes out has a fixed number of places, the
 * best first, and says which are taken.
 *
 * Shapes: N images, A_l anchors of a level, B candidates of all levels, P places.
 * Reference: torchvision's `RegionProposalNetwork.filter_proposals`.
 */
import { unitWeights } from '../boxes/box-coder.ts';
import { apply } from '../graph/apply.ts';
import { and, equal, greater, less, not, sigmoid, where } from '../graph/arithmetic.ts';
import { concat, expand, extentOf, reshape, slice } from '../graph/layout.ts';
import { gather, gatherND, nonMaxSuppression, scatterND, topK } from '../graph/selection.ts';
import { constant, integers, scalar, UNKNOWN, type Value } from '../graph/value.ts';
import { clipBoxes, decodeBoxes, shorterSide } from './box-graph.ts';
import type { ProposalRule } from './config.ts';
import type { RpnLevel } from './network.ts';

export interface Proposals {
  /** `[N, P, 4]` within the image, best first; places not taken hold some box. */
  readonly boxes: Value;
  /** `[N, P]`, -1 where the place is not taken. */
  readonly scores: Value;
}

/**
 * @param anchors one `[A_l, 4]` a level
 * @param imageSizes `[N, 2]` float32 (height, width) without padding
 */
export function propose(
  levels: readonly RpnLevel[],
  anchors: readonly Value[],
  imageSizes: Value,
  rule: ProposalRule,
): Proposals {
  const candidates = levels.map((level, index) => bestOfLevel(level, anchors[index], rule.preNmsTop));
  const boxes = clipBoxes(
    concat(
      candidates.map((level) => level.boxes),
      1,
    ),
    imageSizes,
  );
  const logits = concat(
    candidates.map((level) => level.logits),
    1,
  );
  const large = not(less(shorterSide(boxes), rule.minSize));
  const usable = rule.scoreThreshold > 0 ? and(large, not(less(logits, logitOf(rule.scoreThreshold)))) : large;
  const alive = where(usable, logits, NEVER);
  // One "class" a level: boxes of different levels do not suppress each other.
  const levelLogits = levels.length === 1 ? [alive] : candidates.map((_, index) => onlyLevel(alive, candidates, index));
  const perLevel = levelLogits.map((level) => unsqueeze(level, 1));
  const kept = nonMaxSuppression(boxes, concat(perLevel, 1), {
    maxPerClass: rule.postNmsTop,
    iouThreshold: rule.nmsThreshold,
    scoreThreshold: NEVER,
  });
  // Survivors keep their logit, the rest fall behind; each (image, candidate) survives at most once.
  const imageAndBox = concat(
    [slice(kept, { axis: 1, start: 0, end: 1 }), slice(kept, { axis: 1, start: 2, end: 3 })],
    1,
  );
  const ranked = scatterND(where(usable, scalar(NEVER), NEVER), imageAndBox, gatherND(alive, imageAndBox));
  const best = topK(ranked, atMost(rule.postNmsTop, ranked, 1), 1);
  return {
    boxes: gatherND(boxes, unsqueeze(best.indices, 2), 1),
    scores: where(greater(best.values, NEVER), sigmoid(best.values), -1),
  };
}

/**
 * Below every logit. Candidates are ranked by logit, not by score: the runtime's sigmoid is 0 below -18 and not
 * monotone in its tails (1.30.0: sigmoid(-17) is above sigmoid(-16)).
 */
const NEVER = -1e30;

const logitOf = (score: number): number => Math.log(score / (1 - score));

const unsqueeze = (x: Value, axis: number): Value => {
  const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
  // At most one extent is unknown here, so -1 infers it.
  return reshape(x, shape);
};

/** `min(limit, extent of x along an axis)`. */
export function atMost(limit: number, x: Value, axis: number): number | Value {
  const extent = x.shape[axis];
  if (extent !== UNKNOWN) return Math.min(limit, extent);
  return apply('Min', [extentOf(x, axis), integers([limit])], {});
}

interface LevelCandidates {
  readonly logits: Value;
  readonly boxes: Value;
}

/** The best anchors of a level by logit, decoded: `[N, k]` and `[N, k, 4]`. */
function bestOfLevel({ objectness, deltas }: RpnLevel, anchors: Value, preNmsTop: number): LevelCandidates {
  const best = topK(objectness, atMost(preNmsTop, objectness, 1), 1);
  const chosenDeltas = gatherND(deltas, unsqueeze(best.indices, 2), 1);
  return { logits: best.values, boxes: decodeBoxes(chosenDeltas, gather(anchors, best.indices), unitWeights) };
}

/** Logits of one level's candidates, {@link NEVER} for those of the others. */
function onlyLevel(logits: Value, candidates: readonly LevelCandidates[], index: number): Value {
  const levelOf = candidates.map(({ logits: ofLevel }, level) => {
    const extent = ofLevel.shape[1];
    const id = constant({ dtype: 'float32', shape: [1], data: Float32Array.of(level) });
    return expand(id, extent === UNKNOWN ? extentOf(ofLevel, 1) : [extent]);
  });
  return where(equal(concat(levelOf, 0), index), logits, NEVER);
}
