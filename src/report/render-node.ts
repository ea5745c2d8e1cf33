/** @file Drawings to picture files, with sharp: an annotated photo, thumbnails, a sheet. */
import sharp, { type Sharp } from 'sharp';
import type { BoxTuple } from '../boxes/boxes.ts';
import type { Photo } from '../image/photo.ts';
import { boxesSvg, type LabelledBox } from './boxes-svg.ts';
import { type Font, svgText } from './svg-text.ts';

/** Long side of an annotated picture: small photos are enlarged so that their labels can be read. */
const minLongSide = 640;
const maxLongSide = 4096;

/** The photo with its boxes, as JPEG. */
export async function renderAnnotatedPhoto(
  photo: Photo,
  boxes: readonly LabelledBox[],
  classes: readonly string[],
): Promise<Buffer> {
  const longSide = Math.max(photo.width, photo.height);
  const scale = Math.max(minLongSide, Math.min(maxLongSide, longSide)) / longSide;
  const width = Math.max(1, Math.round(photo.width * scale));
  const height = Math.max(1, Math.round(photo.height * scale));
  const layer = boxesSvg(boxes, { width, height, scale, classes, font: await availableFont() });
  const resized = await fromPhoto(photo).resize(width, height, { fit: 'fill' }).png({ compressionLevel: 0 }).toBuffer();
  return sharp(resized)
    .composite([{ input: Buffer.from(layer) }])
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** A drawing without transparency as JPEG. */
export function renderSheet(svg: string): Promise<Buffer> {
  // Embedded thumbnails may exceed the parser's 10 MB; the drawing is our own.
  return sharp(Buffer.from(svg), { unlimited: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** A photo, or a box of it, that fits a frame, as a data URI with its size in the sheet. */
export async function thumbnail(
  photo: Photo,
  frame: { readonly width: number; readonly height: number },
  box: BoxTuple = [0, 0, photo.width, photo.height],
): Promise<{ href: string; width: number; height: number }> {
  const left = Math.max(0, Math.min(photo.width - 1, Math.floor(box[0])));
  const top = Math.max(0, Math.min(photo.height - 1, Math.floor(box[1])));
  const width = Math.max(1, Math.min(photo.width, Math.ceil(box[2])) - left);
  const height = Math.max(1, Math.min(photo.height, Math.ceil(box[3])) - top);
  const scale = Math.min(frame.width / width, frame.height / height);
  const shown = { width: width * scale, height: height * scale };
  // Two pixels to one of the sheet, so that it may be shown enlarged.
  const pixels = { width: Math.max(1, Math.round(shown.width * 2)), height: Math.max(1, Math.round(shown.height * 2)) };
  const bytes = await fromPhoto(photo)
    .extract({ left, top, width, height })
    .resize(pixels.width, pixels.height, { fit: 'fill' })
    .jpeg({ quality: 88 })
    .toBuffer();
  return { href: `data:image/jpeg;base64,${bytes.toString('base64')}`, ...shown };
}

let fontOfThisMachine: Promise<Font> | undefined;

/** Whether letters drawn here can be told apart; without any font they are blank or equal boxes. */
export function availableFont(): Promise<Font> {
  fontOfThisMachine ??= (async () => {
    const draw = (letter: string) => {
      const text = svgText(letter, { x: 4, baseline: 24, size: 24, fill: '#000000', font: 'system' });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">${text}</svg>`;
      return sharp(Buffer.from(svg)).extractChannel('alpha').raw().toBuffer();
    };
    const [w, i] = await Promise.all([draw('W'), draw('i')]);
    return w.every((alpha) => alpha === 0) || w.equals(i) ? 'dots' : 'system';
  })();
  return fontOfThisMachine;
}

function fromPhoto({ width, height, pixels }: Photo): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}
