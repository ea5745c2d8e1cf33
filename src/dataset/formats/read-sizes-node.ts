/** @file Upright sizes of photos whose labels do not give them; a photo that cannot be read is a fault, not the end. */
import type { PhotoSize } from '../../image/decode-node.ts';
import { ImageError } from '../../image/image-error.ts';
import { leadsOutside } from '../file-name.ts';
import type { PhotoFault } from '../labelled-set.ts';
import { eachPhotoSize } from '../photo-sizes-node.ts';

/** The size of each photo, or why there is none, in the order of the names. */
export async function readSizes(root: string, names: readonly string[]): Promise<(PhotoSize | PhotoFault)[]> {
  const inside = names.filter((name) => !leadsOutside(name));
  const sizes = new Map<string, PhotoSize | PhotoFault>();
  await eachPhotoSize(root, inside, (index, size) => {
    const fileName = inside[index];
    sizes.set(fileName, size instanceof ImageError ? { fileName, code: size.code, message: size.message } : size);
  });
  return names.map((fileName) => sizes.get(fileName) ?? outsideFault(fileName));
}

export function isFault(size: PhotoSize | PhotoFault): size is PhotoFault {
  return 'code' in size;
}

function outsideFault(fileName: string): PhotoFault {
  return { fileName, code: 'dataset-file-name', message: `${fileName}: the name leads out of the folder of photos` };
}
