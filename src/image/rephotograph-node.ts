/** @file What a picture loses when it is saved: JPEG and back, in Node. */
import sharp from 'sharp';
import { readPhoto } from './decode-node.ts';
import type { Frame, Photo } from './photo.ts';

/** @param quality of the JPEG, 1 to 100 */
export async function savedPhoto({ width, height, pixels }: Frame, quality: number): Promise<Photo> {
  // Clamps and rounds.
  const bytes = new Uint8ClampedArray(pixels);
  const jpeg = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  return readPhoto(jpeg);
}
