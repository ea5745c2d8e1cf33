/** @file Reads a mask in Node. */
import sharp from 'sharp';
import { ImageError } from './image-error.ts';
import type { Mask } from './mask.ts';

/** Reads a mask of any size and depth: what is brighter than half grey is garment. */
export async function readMask(path: string): Promise<Mask> {
  try {
    const { data, info } = await sharp(path, { failOn: 'error' })
      .toColourspace('b-w')
      .extractChannel(0)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: data };
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    const missing = /missing|no such file/i.test(reason);
    throw new ImageError(
      missing ? 'image-missing' : 'image-damaged',
      missing ? 'there is no such mask' : 'the mask cannot be read',
      { where: path, expected: 'a PNG mask', got: reason, cure: 'Restore it, or prepare without --masks.' },
      { cause },
    );
  }
}
