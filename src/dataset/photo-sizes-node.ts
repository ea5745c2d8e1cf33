/** @file Upright sizes of many photos from their headers. A photo that cannot be read is told, not thrown. */
import { join } from 'node:path';
import { eachAbreast } from '../concurrency/each-abreast.ts';
import { type PhotoSize, readPhotoSize } from '../image/decode-node.ts';
import { ImageError } from '../image/image-error.ts';
import { isAbsence } from './formats/read-text-node.ts';

/** Files open at a time: memory stays small. */
const abreast = 64;

/** Hands over the size of each photo, or why there is none, with the photo's place in the list; in no order. */
export async function eachPhotoSize(
  root: string,
  fileNames: readonly string[],
  visit: (index: number, size: PhotoSize | ImageError) => void,
): Promise<void> {
  await eachAbreast(fileNames, abreast, async (fileName, index) => {
    const path = join(root, fileName);
    const size = await readPhotoSize(path).catch((error: unknown) => {
      if (error instanceof ImageError) return error;
      if (isAbsence(error))
        return new ImageError('image-missing', 'there is no such file', { where: path }, { cause: error });
      throw error;
    });
    visit(index, size);
  });
}

/**
 * The same where every photo that is there must be readable.
 *
 * @returns names of photos that are not there, sorted
 * @throws ImageError where a photo is there and cannot be read
 */
export async function requirePhotoSizes(
  root: string,
  fileNames: readonly string[],
  visit: (index: number, size: PhotoSize) => void,
): Promise<string[]> {
  const missing: string[] = [];
  await eachPhotoSize(root, fileNames, (index, size) => {
    if (!(size instanceof ImageError)) visit(index, size);
    else if (size.code === 'image-missing') missing.push(fileNames[index]);
    else throw size;
  });
  return missing.sort();
}
