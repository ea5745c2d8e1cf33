/** @file Pictures of items as shoppers get them: made smaller, encoded anew, so that no metadata and no trick of the file is left. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { readPhotoWithin } from '../image/decode-node.ts';

/** @returns a WebP file, or null where the picture is gone or is another than the store knows */
export type RenderPicture = (
  picture: { readonly file: string; readonly contentHash: string },
  width: number,
) => Promise<Uint8Array | null>;

/** Rendered pictures are remembered, the ones that were asked for last. */
export function createPictureRenderer({ maxBytes }: { readonly maxBytes: number }): RenderPicture {
  const known = new Map<string, Uint8Array>();
  let numBytes = 0;
  return async ({ file, contentHash }, width) => {
    const key = `${contentHash} ${width}`;
    const found = known.get(key);
    if (found !== undefined) {
      known.delete(key);
      known.set(key, found);
      return found;
    }
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== contentHash) return null;
    const rendered = await render(bytes, width);
    known.set(key, rendered);
    numBytes += rendered.length;
    for (const [oldest, { length }] of known) {
      if (numBytes <= maxBytes) break;
      known.delete(oldest);
      numBytes -= length;
    }
    return rendered;
  };
}

async function render(bytes: Uint8Array, width: number): Promise<Uint8Array> {
  const { photo } = await readPhotoWithin(bytes, { maxSide: 2 * width });
  return sharp(photo.pixels, { raw: { width: photo.width, height: photo.height, channels: 3 } })
    .resize({ width, withoutEnlargement: true })
    .webp({ quality: 82, effort: 2 })
    .toBuffer();
}
