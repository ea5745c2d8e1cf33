/**
 * @file Which ground truth an anchor or region answers for.
 *
 * Shapes: `G` ground truths, `C` crowd regions, `N` candidates (anchors or regions).
 * Reference: torchvision's `Matcher`; Faster R-CNN section 3.1.2 (low-quality matches are its rule (i)).
 */
import { pairwiseIntersectionOverArea, pairwiseIou } from '../boxes/iou.ts';

const { fround } = Math;

export interface MatchRule {
  /** At least this IoU: a match. */
  readonly foregroundIou: number;
  /** Below this IoU: negative. Not above `foregroundIou`. */
  readonly backgroundIou: number;
  /** Each ground truth's best candidates (all of equal IoU) become matches whatever their IoU. */
  readonly allowLowQuality: boolean;
}

/** In a list of matches: below the background threshold, a negative. */
const negativeMatch = -1;
/** In a list of matches: between the thresholds, neither. */
export const undecidedMatch = -2;

/**
 * The ground truth of each candidate: the one with the highest IoU (of equal ones the first), if that suffices.
 * A candidate promoted by `allowLowQuality` is matched to its own best ground truth, as in torchvision, even if it was
 * promoted for the sake of another.
 *
 * Differs from torchvision: no ground truth at all makes every candidate negative rather than an error here, and a
 * ground truth that nothing overlaps promotes nothing (there, every candidate that misses it).
 *
 * @param groundTruth `[G, 4]` float32 boxes
 * @param candidates `[N, 4]` float32 boxes
 * @returns `[N]` int32: index of the ground truth, -1 negative, -2 undecided
 */
export function matchBoxes(groundTruth: Float32Array, candidates: Float32Array, rule: MatchRule): Int32Array {
  return matchByQuality(pairwiseIou(groundTruth, candidates), groundTruth.length / 4, candidates.length / 4, rule);
}

/** {@link matchBoxes} from a table of IoUs `[G, N]` float32. */
export function matchByQuality(
  quality: Float32Array,
  numGroundTruths: number,
  numCandidates: number,
  rule: MatchRule,
): Int32Array {
  const best = new Float32Array(numCandidates);
  const bestIndex = new Int32Array(numCandidates);
  const bestOfGroundTruth = new Float32Array(numGroundTruths);
  for (let row = 0, at = 0; row < numGroundTruths; row++) {
    let highest = 0;
    for (let candidate = 0; candidate < numCandidates; candidate++, at++) {
      const value = quality[at];
      if (value > best[candidate]) {
        best[candidate] = value;
        bestIndex[candidate] = row;
      }
      if (value > highest) highest = value;
    }
    bestOfGroundTruth[row] = highest;
  }
  const foreground = fround(rule.foregroundIou);
  const background = fround(rule.backgroundIou);
  const matches = new Int32Array(numCandidates).fill(negativeMatch);
  if (numGroundTruths === 0) return matches;
  for (let candidate = 0; candidate < numCandidates; candidate++) {
    if (best[candidate] >= foreground) matches[candidate] = bestIndex[candidate];
    else if (best[candidate] >= background) matches[candidate] = undecidedMatch;
  }
  if (rule.allowLowQuality) promoteBestCandidates(matches, quality, bestOfGroundTruth, bestIndex);
  return matches;
}

function promoteBestCandidates(
  matches: Int32Array,
  quality: Float32Array,
  bestOfGroundTruth: Float32Array,
  bestIndex: Int32Array,
): void {
  for (let row = 0, at = 0; row < bestOfGroundTruth.length; row++) {
    const highest = bestOfGroundTruth[row];
    for (let candidate = 0; candidate < matches.length; candidate++, at++) {
      if (highest > 0 && quality[at] === highest) matches[candidate] = bestIndex[candidate];
    }
  }
}

/** A candidate covered by a crowd region to this share of its own area is left out of sampling. */
export const crowdCoverage = 0.5;

/**
 * Crowd regions neither attract nor repel: sets the label of every candidate that one of them covers by at least
 * {@link crowdCoverage} to -1 (left out), positives too, ground truth boxes among the regions too. In place.
 *
 * @param labels `[N]` int32, -1 left out, 0 negative, 1 and more positive
 * @param candidates `[N, 4]` float32 boxes
 * @param crowds `[C, 4]` float32 boxes
 */
export function leaveOutCrowds(labels: Int32Array, candidates: Float32Array, crowds: Float32Array): void {
  const numCrowds = crowds.length / 4;
  const coverage = pairwiseIntersectionOverArea(candidates, crowds);
  for (let at = 0; at < coverage.length; at++) {
    if (coverage[at] >= crowdCoverage) labels[Math.floor(at / numCrowds)] = -1;
  }
}
