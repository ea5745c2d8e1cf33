/**
 * @file Photographs a garment again: cut out by its mask, turned, made smaller, laid on another photo in another light,
 * cropped and compressed. Queries whose right answer is known.
 */
import sharp from 'sharp';
import type { BoxTuple } from '../../src/boxes/boxes.ts';
import { readPhoto } from '../../src/image/decode-node.ts';
import type { Photo } from '../../src/image/photo.ts';
import type { Random } from '../../src/random/random.ts';

export interface Query {
  readonly photo: Photo;
  /** Of the garment, as far as it is within the photo. */
  readonly box: BoxTuple;
}

const WIDTH = 420;
const HEIGHT = 520;

/** @param background path of another photo */
export async function rephotograph(photo: string, mask: string, background: string, random: Random): Promise<Query> {
  const { width, height } = await sharp(photo)
    .autoOrient()
    .toBuffer({ resolveWithObject: true })
    .then(({ info }) => info);
  const alpha = await sharp(mask).resize(width, height, { fit: 'fill' }).extractChannel(0).blur(0.8).raw().toBuffer();
  const colours = await sharp(photo).autoOrient().removeAlpha().raw().toBuffer();
  const light = random.between(0.7, 1.25);
  const [warm, cold] = [random.between(0.9, 1.1), random.between(0.9, 1.1)];
  const lit = litBy(colours, [light * warm, light, light * cold]);
  const cut = await sharp(lit, { raw: { width, height, channels: 3 } })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  const turned = await sharp(cut)
    .rotate(random.between(-20, 20), { background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .trim({ threshold: 1 })
    .toBuffer();
  const size = random.between(0.45, 0.95);
  const placed = await sharp(turned)
    .resize(Math.round(WIDTH * size), Math.round(HEIGHT * size), { fit: 'inside' })
    .png()
    .toBuffer({ resolveWithObject: true });
  const { width: w, height: h } = placed.info;
  // Up to a tenth of the garment may leave the photo.
  const left = Math.round(random.between(-0.1 * w, WIDTH - 0.9 * w));
  const top = Math.round(random.between(-0.1 * h, HEIGHT - 0.9 * h));
  const inside = { left: Math.max(0, -left), top: Math.max(0, -top) };
  const visible = {
    width: Math.min(w - inside.left, WIDTH - Math.max(0, left)),
    height: Math.min(h - inside.top, HEIGHT - Math.max(0, top)),
  };
  const shown = await sharp(placed.data)
    .extract({ ...inside, ...visible })
    .png()
    .toBuffer();
  const scene = await sharp(background)
    .autoOrient()
    .resize(WIDTH, HEIGHT, { fit: 'cover' })
    .composite([{ input: shown, left: Math.max(0, left), top: Math.max(0, top) }])
    .jpeg({ quality: 45 + random.below(35) })
    .toBuffer();
  const [x1, y1] = [Math.max(0, left), Math.max(0, top)];
  return { photo: await readPhoto(scene), box: [x1, y1, x1 + visible.width, y1 + visible.height] };
}

function litBy(pixels: Buffer, gains: readonly [number, number, number]): Buffer {
  const lit = Buffer.alloc(pixels.length);
  for (let i = 0; i < pixels.length; i++) lit[i] = Math.min(255, Math.round(pixels[i] * gains[i % 3]));
  return lit;
}
