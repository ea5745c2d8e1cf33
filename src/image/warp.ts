/**
 * @file Draws a photo into a frame through a plane map, in one resampling.
 *
 * A map along the axes goes through the separable triangle filter, the very one of `preprocess`; a turned one is
 * sampled bilinearly, from a copy shrunk beforehand by as much as the map shrinks.
 */
import { chain, type Homography, invert, isAxisAligned, magnification, mapPoint, scaling } from './homography.ts';
import type { Mask } from './mask.ts';
import type { Frame, Photo } from './photo.ts';
import { drawSmoothly, resizeSmoothly } from './resample.ts';

/** Draws the photo where the map puts it; the rest of the frame is left as it is. */
export function warpInto(frame: Frame, photo: Photo, map: Homography): void {
  if (isAxisAligned(map)) {
    const [xScale, , xShift, , yScale, yShift, , , w] = map;
    const x = { scale: w / xScale, offset: -xShift / xScale };
    const y = { scale: w / yScale, offset: -yShift / yScale };
    drawSmoothly(frame, photo, x, y);
    return;
  }
  const { source, inverse } = prefilter(photo, map);
  eachCoveredPixel(frame, source, inverse, (x, y, to) => sampleColour(source, x, y, frame.pixels, to));
}

/**
 * Draws only what the mask marks. Its edge is drawn in a little, so that no rim of the old background comes along.
 *
 * @returns `[frame.height, frame.width]` float32: how far each pixel was covered, 0..1
 */
export function pasteInto(frame: Frame, photo: Photo, mask: Mask, map: Homography): Float32Array {
  const cover = new Float32Array(frame.width * frame.height);
  const { source, inverse } = prefilter(photo, map);
  const colour = new Float32Array(3);
  const toMaskX = mask.width / source.width;
  const toMaskY = mask.height / source.height;
  eachCoveredPixel(frame, source, inverse, (x, y, to) => {
    const inside = sampleMask(mask, x * toMaskX, y * toMaskY);
    const alpha = Math.min(1, Math.max(0, (inside - 0.5) * 2.5));
    if (alpha === 0) return;
    sampleColour(source, x, y, colour, 0);
    for (let channel = 0; channel < 3; channel++) {
      frame.pixels[to + channel] += alpha * (colour[channel] - frame.pixels[to + channel]);
    }
    cover[to / 3] = alpha;
  });
  return cover;
}

function prefilter(photo: Photo, map: Homography): { source: Frame; inverse: Homography } {
  const shrink = Math.min(1, magnification(map, photo.width / 2, photo.height / 2));
  const width = Math.max(1, Math.round(photo.width * shrink));
  const height = Math.max(1, Math.round(photo.height * shrink));
  const source = resizeSmoothly(photo, width, height);
  return { source, inverse: chain(invert(map), scaling(width / photo.width, height / photo.height)) };
}

/** Calls `draw` with the source position of every frame pixel whose centre the source covers, and its place in the frame. */
function eachCoveredPixel(
  frame: Frame,
  source: Frame,
  inverse: Homography,
  draw: (x: number, y: number, to: number) => void,
): void {
  const [a, b, c, d, e, f, g, h, i] = inverse;
  const { left, top, right, bottom } = coveredBounds(frame, source, inverse);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const w = g * (column + 0.5) + h * (row + 0.5) + i;
      const x = (a * (column + 0.5) + b * (row + 0.5) + c) / w;
      const y = (d * (column + 0.5) + e * (row + 0.5) + f) / w;
      // Behind the viewer (w <= 0) there is nothing.
      if (w > 0 && x >= 0 && y >= 0 && x < source.width && y < source.height)
        draw(x, y, (row * frame.width + column) * 3);
    }
  }
}

function coveredBounds(frame: Frame, source: Frame, inverse: Homography) {
  const map = invert(inverse);
  const corners = [
    mapPoint(map, 0, 0),
    mapPoint(map, source.width, 0),
    mapPoint(map, 0, source.height),
    mapPoint(map, source.width, source.height),
  ];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    left: Math.max(0, Math.floor(Math.min(...xs))),
    top: Math.max(0, Math.floor(Math.min(...ys))),
    right: Math.min(frame.width, Math.ceil(Math.max(...xs))),
    bottom: Math.min(frame.height, Math.ceil(Math.max(...ys))),
  };
}

function sampleColour({ width, height, pixels }: Frame, x: number, y: number, target: Float32Array, to: number): void {
  const px = Math.min(Math.max(x - 0.5, 0), width - 1);
  const py = Math.min(Math.max(y - 0.5, 0), height - 1);
  const left = Math.min(px | 0, Math.max(0, width - 2));
  const top = Math.min(py | 0, Math.max(0, height - 2));
  const u = px - left;
  const v = py - top;
  const from = (top * width + left) * 3;
  const right = width > 1 ? 3 : 0;
  const below = height > 1 ? width * 3 : 0;
  const w11 = u * v;
  const w10 = u - w11;
  const w01 = v - w11;
  const w00 = 1 - u - w01;
  for (let channel = 0; channel < 3; channel++) {
    const at = from + channel;
    target[to + channel] =
      w00 * pixels[at] + w10 * pixels[at + right] + w01 * pixels[at + below] + w11 * pixels[at + right + below];
  }
}

/** 0..1 */
function sampleMask({ width, height, pixels }: Mask, x: number, y: number): number {
  const px = Math.min(Math.max(x - 0.5, 0), width - 1);
  const py = Math.min(Math.max(y - 0.5, 0), height - 1);
  const left = px | 0;
  const top = py | 0;
  const u = px - left;
  const v = py - top;
  const from = top * width + left;
  const right = left + 1 < width ? 1 : 0;
  const below = top + 1 < height ? width : 0;
  const upper = pixels[from] + u * (pixels[from + right] - pixels[from]);
  const lower = pixels[from + below] + u * (pixels[from + below + right] - pixels[from + below]);
  return (upper + v * (lower - upper)) / 255;
}
