/** @file Masks: which part of a photo is garment. */

/** A one-channel picture, stretched over its photo whatever its own size. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` uint8: 255 garment, 0 background */
  readonly pixels: Uint8Array;
}

/**
 * The outline of what a mask marks: the ends of its first and last pixel in every row.
 *
 * @param width of the photo
 * @param height of the photo
 * @returns `[P, 2]` float32 points in pixels of the photo; none for an empty mask
 */
export function maskOutline(mask: Mask, width: number, height: number): Float32Array {
  const points: number[] = [];
  const [toX, toY] = [width / mask.width, height / mask.height];
  for (let row = 0; row < mask.height; row++) {
    const start = row * mask.width;
    let first = 0;
    while (first < mask.width && mask.pixels[start + first] < 128) first++;
    if (first === mask.width) continue;
    let last = mask.width - 1;
    while (mask.pixels[start + last] < 128) last--;
    for (const y of [row * toY, (row + 1) * toY]) points.push(first * toX, y, (last + 1) * toX, y);
  }
  return Float32Array.from(points);
}
