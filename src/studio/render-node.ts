/** @file Drawn scenes to pixels, by sharp. */
import sharp from 'sharp';
import type { Photo } from '../image/photo.ts';
import type { DrawnScene } from './scene.ts';

export async function renderJpeg({ svg }: Pick<DrawnScene, 'svg'>, quality = 88): Promise<Buffer> {
  return await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).jpeg({ quality, mozjpeg: false }).toBuffer();
}

export async function renderPhoto({ svg }: Pick<DrawnScene, 'svg'>): Promise<Photo> {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
