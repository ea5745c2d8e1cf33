/** @file Upright sizes of photos whose labels do not give them; a photo that cannot be read is a fault, not the end. */
import { join } from 'node:path';
import { type PhotoSize, readPhotoSize } from '../../image/decode-node.ts';
import { ImageError } from '../../image/image-error.ts';
import { leadsOutside } from '../file-name.ts';
import type { PhotoFault } from '../labelled-set.ts';
import { eachAbreast } from './read-text-node.ts';

/** Files open at a time. */
const abreast = 64;

/** The size of each photo, or why there is none, in the order of the names. */
export async function readSizes(root: string, names: readonly string[]): Promise<(PhotoSize | PhotoFault)[]> {
  const sizes: (PhotoSize | PhotoFault)[] = [];
  await eachAbreast(names, abreast, async (fileName, index) => {
    sizes[index] = await sizeOf(root, fileName);
  });
  return sizes;
}

export function isFault(size: PhotoSize | PhotoFault): size is PhotoFault {
  return 'code' in size;
}

async function sizeOf(root: string, fileName: string): Promise<PhotoSize | PhotoFault> {
  if (leadsOutside(fileName)) {
    return { fileName, code: 'dataset-file-name', message: `${fileName}: the name leads out of the folder of photos` };
  }
  try {
    return await readPhotoSize(join(root, fileName));
  } catch (error) {
    if (error instanceof ImageError) return { fileName, code: error.code, message: error.message };
    throw error;
  }
}
