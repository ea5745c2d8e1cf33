/**
 * @file Where a training photo goes in its frame, and where its boxes go with it.
 *
 * All of it is one plane map from photo to frame, so that the photo is resampled once.
 */
import type { Random } from '../random/random.ts';
import type { AugmentationConfig } from './augmentation-config.ts';
import { chain, type Homography, identity, mapPoint, rotation, scaling, tilt, translation } from './homography.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A map from photo to frame; without augmentation the photo fills the frame. */
export function drawMap(photo: Size, frame: Size, config: AugmentationConfig, random: Random): Homography {
  const { flip, zoom, stretch, rotation: turning, perspective } = config;
  const mirrored = random.chance(flip);
  const size = zoom !== null && random.chance(zoom.probability) ? random.between(...zoom.range) : 1;
  const ratio = stretch ** random.between(-0.5, 0.5);
  const degrees =
    turning !== null && random.chance(turning.probability) ? random.between(-turning.degrees, turning.degrees) : 0;
  const leans = perspective !== null && random.chance(perspective.probability);
  const lean = leans ? perspective.strength : 0;
  const [leanX, leanY] = [random.between(-lean, lean), random.between(-lean, lean)];
  // Anywhere in the margin, or any part of what does not fit.
  const [width, height] = [frame.width * size * ratio, (frame.height * size) / ratio];
  const shiftX = random.between(-0.5, 0.5) * Math.abs(frame.width - width);
  const shiftY = random.between(-0.5, 0.5) * Math.abs(frame.height - height);
  return chain(
    translation(-photo.width / 2, -photo.height / 2),
    mirrored ? scaling(-1, 1) : identity,
    rotation(degrees),
    tilt(leanX / photo.width, leanY / photo.height),
    scaling(width / photo.width, height / photo.height),
    translation(frame.width / 2 + shiftX, frame.height / 2 + shiftY),
  );
}

/**
 * Boxes after a map: the box around where each thing's outline goes, not clipped.
 *
 * @param boxes `[N, 4]`
 * @param outline `[P, 2]` points of what the boxes hold, where a mask gives them. Without, a box is taken to hold an
 *   octagon: turning the box's own corners would make every box too large.
 */
export function mapBoxes(boxes: Float32Array, map: Homography, outline: Float32Array | null): Float32Array {
  const mapped = new Float32Array(boxes.length);
  for (let at = 0; at < boxes.length; at += 4) {
    const box = boxes.subarray(at, at + 4);
    const within = outline === null ? [] : pointsWithin(outline, box);
    mapped.set(boundsOf(within.length >= 8 ? within : octagon(box), map), at);
  }
  return mapped;
}

/** Boxes, labels and regions to ignore in one picture. */
export interface Labels {
  /** `[n, 4]` float32 */
  readonly boxes: Float32Array;
  /** `[n]` int32 */
  readonly labels: Int32Array;
  /** `[c, 4]` float32 */
  readonly crowdBoxes: Float32Array;
}

/** A garment narrower than this many pixels is nothing to learn from. */
const smallestSide = 4;

/**
 * Clips to the frame. What is mostly out of view becomes a region to ignore, and what is hardly in view, nothing.
 *
 * @param minVisible the share of a box's area that must stay in view
 */
export function settleLabels({ boxes, labels, crowdBoxes }: Labels, frame: Size, minVisible: number): Labels {
  const kept: number[] = [];
  const keptLabels: number[] = [];
  const crowds: number[] = [];
  const settle = (box: Float32Array, label: number | null) => {
    const [x1, y1, x2, y2] = box;
    const left = Math.max(0, x1);
    const top = Math.max(0, y1);
    const width = Math.min(frame.width, x2) - left;
    const height = Math.min(frame.height, y2) - top;
    if (!(width > 1 && height > 1)) return;
    const visible = (width * height) / ((x2 - x1) * (y2 - y1));
    const clipped = [left, top, left + width, top + height];
    if (label !== null && visible >= minVisible && Math.min(width, height) >= smallestSide) {
      kept.push(...clipped);
      keptLabels.push(label);
    } else if (label === null || visible >= minVisible / 4) crowds.push(...clipped);
  };
  labels.forEach((label, index) => {
    settle(boxes.subarray(index * 4, index * 4 + 4), label);
  });
  for (let at = 0; at < crowdBoxes.length; at += 4) settle(crowdBoxes.subarray(at, at + 4), null);
  return {
    boxes: Float32Array.from(kept),
    labels: Int32Array.from(keptLabels),
    crowdBoxes: Float32Array.from(crowds),
  };
}

function octagon([x1, y1, x2, y2]: Float32Array): number[] {
  const [dx, dy] = [(x2 - x1) / 4, (y2 - y1) / 4];
  const near = [x1 + dx, y1, x2 - dx, y1, x2, y1 + dy, x2, y2 - dy];
  return [...near, x2 - dx, y2, x1 + dx, y2, x1, y2 - dy, x1, y1 + dy];
}

/** Points of the outline in the box, with a pixel or two of grace for the mask's coarseness, moved into it. */
function pointsWithin(outline: Float32Array, [x1, y1, x2, y2]: Float32Array): number[] {
  const grace = 2;
  const points: number[] = [];
  for (let at = 0; at < outline.length; at += 2) {
    const [x, y] = [outline[at], outline[at + 1]];
    if (x < x1 - grace || x > x2 + grace || y < y1 - grace || y > y2 + grace) continue;
    points.push(Math.min(Math.max(x, x1), x2), Math.min(Math.max(y, y1), y2));
  }
  return points;
}

function boundsOf(points: readonly number[], map: Homography): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = mapPoint(map, points[at], points[at + 1]);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right, bottom];
}
