/** @file Overlap between boxes. See `boxes.ts` for the box convention. `N`, `M`: numbers of boxes. */
import { boxAreas } from './boxes.ts';

const { fround, max, min } = Math;

/**
 * Intersection over union of every pair of boxes.
 *
 * Differs from torchvision: a pair of empty boxes gives 0, not NaN.
 *
 * @param a `[N, 4]` float32 boxes
 * @param b `[M, 4]` float32 boxes
 * @returns `[N, M]` float32, each in `[0, 1]`
 */
export function pairwiseIou(a: Float32Array, b: Float32Array): Float32Array {
  const areasOfA = boxAreas(a);
  const areasOfB = boxAreas(b);
  const result = new Float32Array(areasOfA.length * areasOfB.length);
  let at = 0;
  for (let row = 0; row < areasOfA.length; row++) {
    const x1 = a[row * 4];
    const y1 = a[row * 4 + 1];
    const x2 = a[row * 4 + 2];
    const y2 = a[row * 4 + 3];
    const area = areasOfA[row];
    for (let column = 0, of = 0; of < b.length; column++, of += 4, at++) {
      const width = fround(min(x2, b[of + 2]) - max(x1, b[of]));
      const height = fround(min(y2, b[of + 3]) - max(y1, b[of + 1]));
      if (width <= 0 || height <= 0) continue;
      const intersection = fround(width * height);
      // Boxes of denormal size: the product underflows.
      if (intersection === 0) continue;
      result[at] = intersection / fround(fround(area + areasOfB[column]) - intersection);
    }
  }
  return result;
}

/**
 * Intersection of every pair over the area of the first box alone: how much of it the second covers.
 * An empty first box is not covered: 0.
 *
 * @param a `[N, 4]` float32 boxes
 * @param b `[M, 4]` float32 boxes, crowd regions for example
 * @returns `[N, M]` float32, each in `[0, 1]`
 */
export function pairwiseIntersectionOverArea(a: Float32Array, b: Float32Array): Float32Array {
  const areas = boxAreas(a);
  const numColumns = b.length / 4;
  const result = new Float32Array(areas.length * numColumns);
  for (let row = 0, at = 0; row < areas.length; row++) {
    for (let of = 0; of < b.length; of += 4, at++) {
      const width = fround(min(a[row * 4 + 2], b[of + 2]) - max(a[row * 4], b[of]));
      const height = fround(min(a[row * 4 + 3], b[of + 3]) - max(a[row * 4 + 1], b[of + 1]));
      if (width <= 0 || height <= 0) continue;
      const intersection = fround(width * height);
      if (intersection > 0) result[at] = intersection / areas[row];
    }
  }
  return result;
}
