/** @file The plainest description of a box: how much of it has which colour. What every other one must beat. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { Photo } from './photo.ts';

/** Levels a channel: 4 x 4 x 4 colours. */
const levels = 4;

/** How many numbers a histogram has. */
export const colourHistogramSize = levels ** 3;

/** `[64]` float32 of unit length: the square roots of the shares of each colour in the box. */
export function colourHistogram({ width, height, pixels }: Photo, [x1, y1, x2, y2]: BoxTuple): Float32Array {
  const counts = new Float32Array(colourHistogramSize);
  const [left, right] = pixelRange(x1, x2, width);
  const [top, bottom] = pixelRange(y1, y2, height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = 3 * (y * width + x);
      counts[((pixels[at] >> 6) * levels + (pixels[at + 1] >> 6)) * levels + (pixels[at + 2] >> 6)] += 1;
    }
  }
  const total = (right - left) * (bottom - top);
  return counts.map((count) => Math.sqrt(count / total));
}

/** At least one pixel, within the photo. */
function pixelRange(from: number, to: number, size: number): [number, number] {
  const start = Math.max(0, Math.min(size - 1, Math.floor(from)));
  return [start, Math.max(start + 1, Math.min(size, Math.ceil(to)))];
}
