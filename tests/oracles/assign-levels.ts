/**
 * @file Which feature map a region is read from, on typed arrays: the oracle of `levelsOf` in `align-regions.ts`.
 * Reference: "Feature Pyramid Networks for Object Detection", equation 1; torchvision's `LevelMapper`.
 */
import { boxAreas } from '../../src/boxes/boxes.ts';
import type { LevelRule } from '../../src/detector/align-regions.ts';

const { floor, fround, log2, max, min, sqrt } = Math;

/** torchvision's: a box of exactly the canonical size times a power of two belongs to the coarser level. */
const epsilon = fround(1e-6);

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
