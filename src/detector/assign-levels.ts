/**
 * @file Which feature map a region is read from: large regions from coarse maps. The graph's form is in
 * `align-regions.ts`; the plain one here is what tests judge it with.
 * Reference: "Feature Pyramid Networks for Object Detection", equation 1; torchvision's `LevelMapper`.
 */
import { boxAreas } from '../boxes/boxes.ts';

const { floor, fround, log2, max, min, sqrt } = Math;

/** torchvision's: a box of exactly the canonical size times a power of two belongs to the coarser level. */
const epsilon = fround(1e-6);

export interface LevelRule {
  /** Logarithm (base 2) of the stride of the finest map that regions are read from. */
  readonly minLevel: number;
  /** The same of the coarsest. */
  readonly maxLevel: number;
  /** A square of this side, in pixels, is read from... */
  readonly canonicalScale: number;
  /** ...the map with stride two to the power of this. */
  readonly canonicalLevel: number;
}

/**
 * @param boxes `[N, 4]` float32
 * @returns `[N]` int32: 0 is `minLevel`; empty boxes belong to it
 */
export function assignLevels(boxes: Float32Array, rule: LevelRule): Int32Array {
  const { minLevel, maxLevel, canonicalScale, canonicalLevel } = rule;
  return Int32Array.from(boxAreas(boxes), (area) => {
    const scale = fround(fround(sqrt(max(area, 0))) / canonicalScale);
    const level = floor(fround(fround(canonicalLevel + fround(log2(scale))) + epsilon));
    return min(max(level, minLevel), maxLevel) - minLevel;
  });
}
