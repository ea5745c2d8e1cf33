/** @file Which part of a photo shows least of what is in its boxes. */
import type { Random } from '../random/random.ts';
import type { Size } from './augment-geometry.ts';
import { chain, type Homography, mapPoint, scaling, translation } from './homography.ts';

/** How many parts are drawn to choose from. */
const draws = 16;

/** A part of a photo. */
export interface Background {
  /** From the photo to a picture of the wanted size, which the part fills. */
  readonly map: Homography;
  /** Of the picture, the share that boxes cover; counted double where they overlap. */
  readonly covered: number;
}

/**
 * Of a few parts drawn at random, the one that shows least of what is in the boxes.
 *
 * @param photo at least a pixel wide and high
 * @param boxes `[N, 4]` of what should not be seen, in pixels of the photo
 * @param size of the picture to be made of it
 */
export function drawBackground(photo: Size, boxes: Float32Array, size: Size, random: Random): Background {
  const fit = Math.min(photo.width / size.width, photo.height / size.height);
  const drawPart = (): Background => {
    const zoom = random.between(0.2, 1) * fit;
    const x = random.between(0, photo.width - zoom * size.width);
    const y = random.between(0, photo.height - zoom * size.height);
    const map = chain(translation(-x, -y), scaling(1 / zoom, 1 / zoom));
    return { map, covered: shareCovered(boxes, map, size) };
  };
  let best = drawPart();
  for (let draw = 1; draw < draws; draw++) {
    const part = drawPart();
    if (part.covered < best.covered) best = part;
  }
  return best;
}

function shareCovered(boxes: Float32Array, map: Homography, { width, height }: Size): number {
  let area = 0;
  for (let at = 0; at < boxes.length; at += 4) {
    const [left, top] = mapPoint(map, boxes[at], boxes[at + 1]);
    const [right, bottom] = mapPoint(map, boxes[at + 2], boxes[at + 3]);
    area +=
      Math.max(0, Math.min(width, right) - Math.max(0, left)) *
      Math.max(0, Math.min(height, bottom) - Math.max(0, top));
  }
  return area / (width * height);
}
