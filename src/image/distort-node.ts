/**
 * @file Photos made worse in known ways, with the boxes that they then have: what a detector is tested against. How each is
 * made is fixed, so that figures of two models compare.
 */
import sharp from 'sharp';
import type { Random } from '../random/random.ts';
import { mapBoxes } from './augment-geometry.ts';
import type { Distortion } from './distortions.ts';
import { chain, type Homography, mapPoint, rotation, scaling, tilt, translation } from './homography.ts';
import type { Photo } from './photo.ts';
import { plainFrame } from './photo.ts';
import { savedPhoto } from './rephotograph-node.ts';
import { resizeSmoothly } from './resample.ts';
import { warpInto } from './warp.ts';

export interface DistortedPhoto {
  readonly photo: Photo;
  /** `[N, 4]` float32, those that were given, in pixels of this photo */
  readonly boxes: Float32Array;
}

const degrees = 15;
const farSide = 0.8;
const grey = [128, 128, 128] as const;

/**
 * @param boxes `[N, 4]` of what the photo shows, in its pixels
 * @param random for what the distortion leaves open: which way, where, which noise
 */
export async function distortPhoto(
  name: Distortion,
  photo: Photo,
  boxes: Float32Array,
  random: Random,
): Promise<DistortedPhoto> {
  switch (name) {
    case 'rotation':
      return turned(photo, boxes, rotation(random.chance(0.5) ? degrees : -degrees));
    case 'perspective': {
      const lean = (2 * (1 - farSide)) / (1 + farSide);
      const way = random.below(4);
      const [x, y] = [way === 0 ? lean : way === 1 ? -lean : 0, way === 2 ? lean : way === 3 ? -lean : 0];
      return turned(photo, boxes, tilt(x / photo.width, y / photo.height));
    }
    case 'blur':
      return { photo: await blurred(photo), boxes };
    case 'noise':
      return { photo: changed(photo, (value) => value + 20 * random.normal()), boxes };
    case 'jpeg':
      return { photo: await savedPhoto({ ...photo, pixels: Float32Array.from(photo.pixels) }, 20), boxes };
    case 'dark': {
      // Light is linear, pixels are not: sRGB is nearly a power of 2.2.
      const table = Uint8ClampedArray.from(
        { length: 256 },
        (_, value) => 255 * ((value / 255) ** 2.2 / 2) ** (1 / 2.2),
      );
      return { photo: changed(photo, (value) => table[value]), boxes };
    }
    case 'occlusion':
      return { photo: covered(photo, boxes, random), boxes };
    case 'small': {
      const [width, height] = [Math.max(1, Math.round(photo.width / 2)), Math.max(1, Math.round(photo.height / 2))];
      const map = scaling(width / photo.width, height / photo.height);
      const pixels = toBytes(resizeSmoothly(photo, width, height).pixels);
      return { photo: { width, height, pixels }, boxes: mapBoxes(boxes, map, null) };
    }
  }
}

/** The whole photo, turned about its middle, on grey. */
function turned(photo: Photo, boxes: Float32Array, turn: Homography): DistortedPhoto {
  const about = chain(translation(-photo.width / 2, -photo.height / 2), turn);
  const corners = [
    [0, 0],
    [photo.width, 0],
    [0, photo.height],
    [photo.width, photo.height],
  ].map(([x, y]) => mapPoint(about, x, y));
  const left = Math.min(...corners.map(([x]) => x));
  const top = Math.min(...corners.map(([, y]) => y));
  const width = Math.ceil(Math.max(...corners.map(([x]) => x)) - left);
  const height = Math.ceil(Math.max(...corners.map(([, y]) => y)) - top);
  const map = chain(about, translation(-left, -top));
  const frame = plainFrame(width, height, grey);
  warpInto(frame, photo, map);
  return { photo: { width, height, pixels: toBytes(frame.pixels) }, boxes: mapBoxes(boxes, map, null) };
}

async function blurred({ width, height, pixels }: Photo): Promise<Photo> {
  const sigma = Math.max(0.3, Math.max(width, height) / 200);
  const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .blur(sigma)
    .raw()
    .toBuffer();
  return { width, height, pixels: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function covered(photo: Photo, boxes: Float32Array, random: Random): Photo {
  const { width, height } = photo;
  const pixels = photo.pixels.slice();
  for (let at = 0; at < boxes.length; at += 4) {
    const [x1, y1, x2, y2] = boxes.subarray(at, at + 4);
    const [halfWidth, halfHeight] = [(x2 - x1) / 2, (y2 - y1) / 2];
    const left = Math.round(random.between(x1, x1 + halfWidth));
    const top = Math.round(random.between(y1, y1 + halfHeight));
    const [right, bottom] = [Math.min(width, left + halfWidth), Math.min(height, top + halfHeight)];
    for (let y = Math.max(0, top); y < bottom; y++)
      for (let x = Math.max(0, left); x < right; x++) pixels.set(grey, 3 * (y * width + x));
  }
  return { width, height, pixels };
}

function changed(photo: Photo, change: (value: number) => number): Photo {
  return { ...photo, pixels: toBytes(Float32Array.from(photo.pixels, change)) };
}

/** Rounded and clamped. */
function toBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(new Uint8ClampedArray(values).buffer);
}
