/** @file Non-maximum suppression: of boxes that overlap too much, the best stays. */
import { boxAreas, gatherBoxes } from '../../src/boxes/boxes.ts';
import { rankByScore } from '../../src/boxes/rank.ts';

const { fround, max, min } = Math;

export interface SuppressionOptions {
  /** A box goes when its IoU with a better one that stayed is above this. */
  readonly threshold: number;
  /** `[N]` int32, small non-negative numbers: boxes of different groups (levels, classes) leave each other alone. */
  readonly groups?: Int32Array | undefined;
  /** Stop after so many have stayed. */
  readonly limit?: number | undefined;
}

/**
 * Greedy suppression, from the highest score down; of equal scores the lower index goes first.
 *
 * Differs from torchvision: groups are told apart exactly. `batched_nms` moves small sets (up to 1000 boxes) apart by
 * an offset and loses some bits of the coordinates, so a pair within about 1e-4 of the threshold may go the other way.
 *
 * @param boxes `[N, 4]` float32
 * @param scores `[N]` float32
 * @returns int32 indices of the boxes that stay, by descending score
 */
export function suppressOverlaps(boxes: Float32Array, scores: Float32Array, options: SuppressionOptions): Int32Array {
  const { threshold, groups, limit = Number.POSITIVE_INFINITY } = options;
  const order = rankByScore(scores);
  const sorted = gatherBoxes(boxes, order);
  const areas = boxAreas(sorted);
  // Boxes that stayed, as one chain a group: position in `order` -> the previous one of its group, or -1.
  const previous = new Int32Array(order.length);
  const numGroups = groups === undefined ? 1 : groups.reduce((highest, group) => max(highest, group), 0) + 1;
  const lastOfGroup = new Int32Array(numGroups).fill(-1);
  const kept: number[] = [];
  for (let candidate = 0; candidate < order.length && kept.length < limit; candidate++) {
    const group = groups === undefined ? 0 : groups[order[candidate]];
    const at = candidate * 4;
    const x1 = sorted[at];
    const y1 = sorted[at + 1];
    const x2 = sorted[at + 2];
    const y2 = sorted[at + 3];
    const area = areas[candidate];
    let rival = lastOfGroup[group];
    for (; rival >= 0; rival = previous[rival]) {
      const of = rival * 4;
      const width = fround(min(x2, sorted[of + 2]) - max(x1, sorted[of]));
      const height = fround(min(y2, sorted[of + 3]) - max(y1, sorted[of + 1]));
      if (width <= 0 || height <= 0) continue;
      const intersection = fround(width * height);
      if (fround(intersection / fround(fround(areas[rival] + area) - intersection)) > threshold) break;
    }
    if (rival >= 0) continue;
    previous[candidate] = lastOfGroup[group];
    lastOfGroup[group] = candidate;
    kept.push(order[candidate]);
  }
  return Int32Array.from(kept);
}
