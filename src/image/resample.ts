/**
 * @file Separable resampling of a photo: every way in which a photo changes size without being turned.
 *
 * An output pixel is a weighted sum of a few neighbouring source pixels along x, then along y. Which and how much is
 * said by `AxisTaps`; the two makers of taps below are the two kinds of resizing the program knows.
 *
 * Coordinates are continuous: pixel i covers `[i, i + 1)` and its centre is `i + 0.5`.
 *
 * Reference: torch `upsample_bilinear2d` (align_corners=False, antialias=False); Pillow's BILINEAR for the triangle filter.
 */
import { assert } from '../errors/assert.ts';
import type { Frame, Photo } from './photo.ts';

/** For outputs `first..end-1` of an axis: `count` source pixels from `starts[i]`, weighed by `weights[i * count + k]`. */
export interface AxisTaps {
  /** First output that lies inside the source. */
  readonly first: number;
  /** One past the last output that lies inside the source. */
  readonly end: number;
  readonly count: number;
  /** `[outputs]` int32 */
  readonly starts: Int32Array;
  /** `[outputs, count]` float32, each row of an inner output sums to 1 */
  readonly weights: Float32Array;
}

/** A line from output to source: the source position of output position p is `scale * p + offset`; scale below 0 mirrors. */
export interface AxisMap {
  readonly scale: number;
  readonly offset: number;
}

/**
 * Taps of torch's plain bilinear interpolation: two pixels however much it shrinks. Positions are rounded to float32
 * as torch does.
 *
 * @param map where the outputs lie; by default the whole source is stretched over the whole output
 */
export function bilinearTaps(inputSize: number, outputSize: number, map?: AxisMap): AxisTaps {
  const starts = new Int32Array(outputSize);
  const weights = new Float32Array(outputSize * 2);
  const count = inputSize > 1 ? 2 : 1;
  const { scale: exact, offset } = map ?? { scale: inputSize / outputSize, offset: 0 };
  const scale = Math.fround(exact);
  let first = outputSize;
  let end = 0;
  for (let output = 0; output < outputSize; output++) {
    const centre = scale * (output + 0.5) + offset;
    if (map !== undefined && !(centre >= 0 && centre <= inputSize)) continue;
    first = Math.min(first, output);
    end = output + 1;
    const position = Math.max(0, Math.fround(centre - 0.5));
    const start = Math.min(Math.floor(position), inputSize - 1);
    const share = start + 1 < inputSize ? position - start : 0;
    if (count === 1) {
      weights[output] = 1;
    } else if (start + 1 < inputSize) {
      starts[output] = start;
      weights[output * 2] = 1 - share;
      weights[output * 2 + 1] = share;
    } else {
      starts[output] = inputSize - 2;
      weights[output * 2 + 1] = 1;
    }
  }
  return { first: Math.min(first, end), end, count, starts, weights };
}

/**
 * Taps of a triangle (tent) filter as wide as the shrinking asks for, so that fine patterns do not alias. Enlarging, it
 * is plain bilinear interpolation.
 *
 * @param map where the outputs lie; by default the whole source is stretched over the whole output
 */
export function triangleTaps(inputSize: number, outputSize: number, map?: AxisMap): AxisTaps {
  const { scale, offset } = map ?? { scale: inputSize / outputSize, offset: 0 };
  const reach = Math.max(1, Math.abs(scale));
  // No more pixel centres than that lie strictly within the reach.
  const count = Math.min(inputSize, Math.ceil(2 * reach));
  const starts = new Int32Array(outputSize);
  const weights = new Float32Array(outputSize * count);
  let first = outputSize;
  let end = 0;
  for (let output = 0; output < outputSize; output++) {
    const centre = scale * (output + 0.5) + offset;
    if (!(centre >= 0 && centre <= inputSize)) continue;
    first = Math.min(first, output);
    end = output + 1;
    const start = Math.max(0, Math.min(Math.ceil(centre - reach - 0.5), inputSize - count));
    starts[output] = start;
    let total = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / reach);
      weights[output * count + k] = weight;
      total += weight;
    }
    for (let k = 0; k < count; k++) weights[output * count + k] /= total;
  }
  return { first: Math.min(first, end), end, count, starts, weights };
}

/** Resamples a photo into a frame; pixels whose taps lie outside the photo are left as they are. */
function resampleInto(frame: Frame, photo: Photo, x: AxisTaps, y: AxisTaps): void {
  assert(x.starts.length === frame.width && y.starts.length === frame.height, 'taps made for another frame');
  if (x.first >= x.end || y.first >= y.end) return;
  // Rows first: adding whole rows up is the faster of the two steps, and leaves fewer of them for the slower.
  const row = new Float32Array(photo.width * 3);
  for (let output = y.first; output < y.end; output++) {
    sumRows(photo, y, output, row);
    resampleRow(row, x, frame.pixels, output * frame.width * 3);
  }
}

/** A photo resized as torch's plain bilinear interpolation does it. */
export function resizePlainly(photo: Photo, width: number, height: number): Frame {
  const frame = { width, height, pixels: new Float32Array(width * height * 3) };
  resampleInto(frame, photo, bilinearTaps(photo.width, width), bilinearTaps(photo.height, height));
  return frame;
}

/** Draws a photo along the axes of a frame as torch's plain bilinear interpolation does it. */
export function drawPlainly(frame: Frame, photo: Photo, x: AxisMap, y: AxisMap): void {
  resampleInto(frame, photo, bilinearTaps(photo.width, frame.width, x), bilinearTaps(photo.height, frame.height, y));
}

/** A photo resized with a triangle filter. */
export function resizeSmoothly(photo: Photo, width: number, height: number): Frame {
  const frame = { width, height, pixels: new Float32Array(width * height * 3) };
  const [scaleX, scaleY] = [photo.width / width, photo.height / height];
  drawSmoothly(frame, photo, { scale: scaleX, offset: 0 }, { scale: scaleY, offset: 0 });
  return frame;
}

/** Draws a photo along the axes of a frame with a triangle filter, after a cheaper one where it shrinks a lot. */
export function drawSmoothly(frame: Frame, photo: Photo, x: AxisMap, y: AxisMap): void {
  const factor = boxFactor(Math.min(Math.abs(x.scale), Math.abs(y.scale)));
  const source = factor === 1 ? photo : averageBoxes(photo, factor);
  const inSource = ({ scale, offset }: AxisMap) => ({ scale: scale / factor, offset: offset / factor });
  const xTaps = triangleTaps(source.width, frame.width, inSource(x));
  const yTaps = triangleTaps(source.height, frame.height, inSource(y));
  resampleInto(frame, source, xTaps, yTaps);
}

/** Side of the boxes that are averaged before a triangle filter that shrinks by `shrink`: enough is left to the filter. */
function boxFactor(shrink: number): number {
  return shrink >= 4 ? Math.floor(shrink / 2) : 1;
}

/** A photo of the averages of square boxes; those at the right and bottom edges may be smaller. */
export function averageBoxes({ width, height, pixels }: Photo, side: number): Photo {
  const columns = Math.ceil(width / side);
  const rows = Math.ceil(height / side);
  const averages = new Uint8Array(columns * rows * 3);
  const sums = new Int32Array(columns * 3);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    const bottom = Math.min((row + 1) * side, height);
    for (let y = row * side; y < bottom; y++) {
      let from = y * width * 3;
      for (let column = 0; column < columns; column++) {
        const end = from + 3 * Math.min(side, width - column * side);
        let red = 0;
        let green = 0;
        let blue = 0;
        for (; from < end; from += 3) {
          red += pixels[from];
          green += pixels[from + 1];
          blue += pixels[from + 2];
        }
        sums[column * 3] += red;
        sums[column * 3 + 1] += green;
        sums[column * 3 + 2] += blue;
      }
    }
    for (let at = 0; at < sums.length; at++) {
      const boxWidth = Math.min(side, width - Math.floor(at / 3) * side);
      averages[row * columns * 3 + at] = sums[at] / (boxWidth * (bottom - row * side)) + 0.5;
    }
  }
  return { width: columns, height: rows, pixels: averages };
}

/** The weighted sum of the source rows of one output row: three rows at a time, which is half the time of one by one. */
function sumRows(
  { width, pixels }: Photo,
  { count, starts, weights }: AxisTaps,
  output: number,
  row: Float32Array,
): void {
  const length = width * 3;
  for (let k = 0; k < count; k += 3) {
    const at = output * count + k;
    const weightA = weights[at];
    const weightB = k + 1 < count ? weights[at + 1] : 0;
    const weightC = k + 2 < count ? weights[at + 2] : 0;
    const a = (starts[output] + k) * length;
    const b = k + 1 < count ? a + length : a;
    const c = k + 2 < count ? b + length : b;
    if (k === 0) {
      for (let i = 0; i < length; i++)
        row[i] = weightA * pixels[a + i] + weightB * pixels[b + i] + weightC * pixels[c + i];
    } else {
      for (let i = 0; i < length; i++)
        row[i] += weightA * pixels[a + i] + weightB * pixels[b + i] + weightC * pixels[c + i];
    }
  }
}

function resampleRow(row: Float32Array, taps: AxisTaps, target: Float32Array, targetStart: number): void {
  const { first, end, count, starts, weights } = taps;
  let to = targetStart + first * 3;
  for (let output = first; output < end; output++) {
    let from = starts[output] * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    const lastWeight = (output + 1) * count;
    for (let at = output * count; at < lastWeight; at++) {
      const weight = weights[at];
      red += weight * row[from];
      green += weight * row[from + 1];
      blue += weight * row[from + 2];
      from += 3;
    }
    target[to] = red;
    target[to + 1] = green;
    target[to + 2] = blue;
    to += 3;
  }
}
