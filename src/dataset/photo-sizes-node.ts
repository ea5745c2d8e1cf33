/** @file Upright sizes of many photos from their headers, so many at a time that memory stays small. */
import { join } from 'node:path';
import { type PhotoSize, readPhotoSize } from '../image/decode-node.ts';
import { ImageError } from '../image/image-error.ts';

/** Files open at a time. */
const abreast = 64;

/**
 * Reads the size of every photo and hands it over with the photo's place in the list.
 *
 * @returns names of photos that are not there, sorted
 * @throws ImageError where a photo is there and cannot be read
 */
export async function readPhotoSizes(
  root: string,
  fileNames: readonly string[],
  visit: (index: number, size: PhotoSize) => void,
): Promise<string[]> {
  const missing: string[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    for (let index = next++; index < fileNames.length && !failed; index = next++) {
      try {
        visit(index, await readPhotoSize(join(root, fileNames[index])));
      } catch (error) {
        if (error instanceof ImageError && error.code === 'image-missing') missing.push(fileNames[index]);
        else {
          failed = true;
          throw error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  return missing.sort();
}
