/**
 * @file Photographs a garment again: cut out by its mask, turned, tilted, made smaller, in another light, laid on another
 * ground and partly out of view. What it shows is known, so it makes questions with known answers, and pairs of views to
 * learn from. What a photo loses when it is saved is `rephotograph-node.ts`'s.
 */
import { type BoxTuple, boxAt } from '../boxes/boxes.ts';
import type { Random } from '../random/random.ts';
import { mapBoxes, type Size } from './augment-geometry.ts';
import { drawBackground } from './background.ts';
import { chain, type Homography, rotation, scaling, tilt, translation } from './homography.ts';
import { type Mask, maskOutline } from './mask.ts';
import type { Frame, Photo } from './photo.ts';
import { pasteInto, warpInto } from './warp.ts';

/** A photo of one garment and which part of it is garment. */
export interface MaskedGarment {
  readonly photo: Photo;
  readonly mask: Mask;
  /** Pixels of the photo. */
  readonly box: BoxTuple;
}

/** How different the second photo may be. */
export interface RephotographConfig extends Size {
  /** The garment's longer side as a share of the picture's, from and to. */
  readonly size: readonly [number, number];
  /** Turned by at most so many degrees either way. */
  readonly degrees: number;
  /** How far it leans away, at most: its far end is seen 1 / (1 + tilt / 2) as large. */
  readonly tilt: number;
  /** Brightness is multiplied by this, from and to. */
  readonly light: readonly [number, number];
  /** Red and blue are multiplied by 1 +- at most this. */
  readonly tint: number;
  /** Shares are raised to this power, from and to: a flatter or harder picture. */
  readonly gamma: readonly [number, number];
  /** The share of its width or height that may be out of view. */
  readonly outOfView: number;
  /** JPEG quality, from and to. */
  readonly quality: readonly [number, number];
}

/**
 * How pictures are taken unless said otherwise. Chosen so that features that nothing was trained on find 0.70 to 0.82 of
 * the garments with the box given and at most 0.45 without (docs/search.md).
 */
export const standardRephotograph: RephotographConfig = {
  width: 420,
  height: 520,
  size: [0.55, 0.98],
  degrees: 25,
  tilt: 0.6,
  light: [0.6, 1.4],
  tint: 0.15,
  gamma: [0.75, 1.3],
  outOfView: 0.1,
  quality: [25, 70],
};

/** A new picture and where the garment is in it. */
export interface Rephotograph {
  readonly frame: Frame;
  /** Within the frame. */
  readonly box: BoxTuple;
}

/**
 * Lays the garment on a ground.
 *
 * @param ground a frame of the picture's size, which is drawn over
 */
export function rephotograph(
  { photo, mask, box }: MaskedGarment,
  ground: Frame,
  config: RephotographConfig,
  random: Random,
): Rephotograph {
  const outline = maskOutline(mask, photo.width, photo.height);
  const map = drawView(box, outline, config, random);
  pasteInto(ground, litPhoto(photo, config, random), mask, map);
  const [left, top, right, bottom] = boxAt(mapBoxes(Float32Array.from(box), map, outline), 0);
  return {
    frame: ground,
    box: [Math.max(0, left!), Math.max(0, top!), Math.min(config.width, right!), Math.min(config.height, bottom!)],
  };
}

/** Where the photo goes in the picture. */
function drawView(box: BoxTuple, outline: Float32Array, config: RephotographConfig, random: Random): Homography {
  const [x1, y1, x2, y2] = box;
  const [width, height] = [x2 - x1, y2 - y1];
  const lean = () => random.between(-config.tilt, config.tilt);
  const turned = chain(
    translation(-(x1 + x2) / 2, -(y1 + y2) / 2),
    tilt(lean() / width, lean() / height),
    rotation(random.between(-config.degrees, config.degrees)),
  );
  const [left, top, right, bottom] = boxAt(mapBoxes(Float32Array.from(box), turned, outline), 0);
  const size = random.between(...config.size);
  const scale = size * Math.min(config.width / (right - left), config.height / (bottom - top));
  const place = (extent: number, within: number) => {
    const hidden = config.outOfView * extent;
    return random.between(-hidden, within - extent + hidden);
  };
  const x = place((right - left) * scale, config.width);
  const y = place((bottom - top) * scale, config.height);
  return chain(turned, translation(-left, -top), scaling(scale, scale), translation(x, y));
}

/** The photo in another light. */
function litPhoto(photo: Photo, { light, tint, gamma }: RephotographConfig, random: Random): Photo {
  const level = random.between(...light);
  const power = random.between(...gamma);
  const gains = [level * random.between(1 - tint, 1 + tint), level, level * random.between(1 - tint, 1 + tint)];
  const tables = gains.map((gain) =>
    Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round(255 * (value / 255) ** power * gain))),
  );
  const pixels = new Uint8Array(photo.pixels.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = tables[at % 3][photo.pixels[at]];
  return { ...photo, pixels };
}

/**
 * A part of a photo as a ground of the wanted size: of a few parts drawn at random, the one that shows least of what is
 * in the boxes.
 *
 * @param boxes `[N, 4]` of what should not be seen, in pixels of the photo
 */
export function cropGround(photo: Photo, boxes: Float32Array, size: Size, random: Random): Frame {
  const { map } = drawBackground(photo, boxes, size, random);
  const frame = { ...size, pixels: new Float32Array(size.width * size.height * 3) };
  warpInto(frame, photo, map);
  return frame;
}
