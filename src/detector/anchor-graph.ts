/** @file Anchors of a photo whose size is known only when the graph runs. `anchors.ts` is the same on typed arrays. */
import { add, cast, div, mul } from '../graph/arithmetic.ts';
import { extentOf, range, reshape } from '../graph/layout.ts';
import { constant, type Value } from '../graph/value.ts';
import { type AnchorShapes, placedCell } from './anchors.ts';

/**
 * @param pixels `[N, 3, H, W]`
 * @param features `[N, C, h, w]` of one level
 * @param stride of the level
 * @returns `[h * w * a, 4]`
 */
export function anchorsOfLevel(
  pixels: Value,
  features: Value,
  shapes: AnchorShapes,
  level: number,
  stride: number,
): Value {
  const cell = placedCell(shapes, level, stride);
  // Whole pixels between places: integer division, as torchvision rounds down.
  const along = (axis: 2 | 3): Value => {
    const step = div(extentOf(pixels, axis), extentOf(features, axis));
    return cast(mul(range(extentOf(features, axis)), step), 'float32');
  };
  const axes = (mask: readonly number[]) =>
    constant({ dtype: 'float32', shape: [1, 1, 1, 4], data: Float32Array.from(mask) });
  const shiftY = mul(reshape(along(2), [-1, 1, 1, 1]), axes([0, 1, 0, 1]));
  const shiftX = mul(reshape(along(3), [1, -1, 1, 1]), axes([1, 0, 1, 0]));
  const cells = constant({ dtype: 'float32', shape: [1, 1, cell.length / 4, 4], data: cell });
  return reshape(add(add(shiftY, shiftX), cells), [-1, 4]);
}
