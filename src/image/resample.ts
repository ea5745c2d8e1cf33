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

/**
 * Where resampled pixels go, and how: a frame, or the planes of a tensor without a frame before them. Of channel c of
 * pixel (x, y), `value * scales[c] + shifts[c]` goes to `pixels[y * rowStep + x * pixelStep + c * channelStep]`.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
  readonly rowStep: number;
  readonly pixelStep: number;
  readonly channelStep: number;
  /** `[3]`, as the shifts. Not arrays, whose numbers the compiler may hold as integers for one caller. */
  readonly scales: Float64Array;
  readonly shifts: Float64Array;
}

const unscaled = Float64Array.of(1, 1, 1);
const unshifted = new Float64Array(3);

/** Values as they are. */
function rasterOf(frame: Frame): Raster {
  const steps = { rowStep: frame.width * 3, pixelStep: 3, channelStep: 1 };
  return { ...frame, ...steps, scales: unscaled, shifts: unshifted };
}

/** Resamples a photo; pixels whose taps lie outside the photo are left as they are. */
function resampleInto(target: Raster, photo: Photo, x: AxisTaps, y: AxisTaps): void {
  assert(x.starts.length === target.width && y.starts.length === target.height, 'taps made for another size');
  if (x.first >= x.end || y.first >= y.end) return;
  // Rows first: adding whole rows up is the faster of the two steps, and leaves fewer of them for the slower.
  // One pixel more than the photo has, for the second tap of a photo that is one pixel wide.
  const row = new Float32Array((photo.width + 1) * 3);
  for (let output = y.first; output < y.end; output++) {
    sumRows(photo, y, output, row);
    resampleRow(row, x, target, output * target.rowStep);
  }
}

/** A photo resized as torch's plain bilinear interpolation does it. */
export function resizePlainly(photo: Photo, width: number, height: number): Frame {
  return resizedWith(resizePlainlyInto, photo, width, height);
}

/** The same, onto the whole of a raster. */
export function resizePlainlyInto(target: Raster, photo: Photo): void {
  resampleInto(target, photo, bilinearTaps(photo.width, target.width), bilinearTaps(photo.height, target.height));
}

/** A photo resized with a triangle filter. */
export function resizeSmoothly(photo: Photo, width: number, height: number): Frame {
  return resizedWith(resizeSmoothlyInto, photo, width, height);
}

/** The same, onto the whole of a raster. */
export function resizeSmoothlyInto(target: Raster, photo: Photo): void {
  const [scaleX, scaleY] = [photo.width / target.width, photo.height / target.height];
  drawSmoothlyInto(target, photo, { scale: scaleX, offset: 0 }, { scale: scaleY, offset: 0 });
}

function resizedWith(resizeInto: typeof resizePlainlyInto, photo: Photo, width: number, height: number): Frame {
  const frame = { width, height, pixels: new Float32Array(width * height * 3) };
  resizeInto(rasterOf(frame), photo);
  return frame;
}

/** Draws a photo along the axes of a frame as torch's plain bilinear interpolation does it. */
export function drawPlainly(frame: Frame, photo: Photo, x: AxisMap, y: AxisMap): void {
  const [xTaps, yTaps] = [bilinearTaps(photo.width, frame.width, x), bilinearTaps(photo.height, frame.height, y)];
  resampleInto(rasterOf(frame), photo, xTaps, yTaps);
}

/** Draws a photo along the axes of a frame with a triangle filter, after a cheaper one where it shrinks a lot. */
export function drawSmoothly(frame: Frame, photo: Photo, x: AxisMap, y: AxisMap): void {
  drawSmoothlyInto(rasterOf(frame), photo, x, y);
}

function drawSmoothlyInto(target: Raster, photo: Photo, x: AxisMap, y: AxisMap): void {
  const factor = boxFactor(Math.min(Math.abs(x.scale), Math.abs(y.scale)));
  const source = factor === 1 ? photo : averageBoxes(photo, factor);
  const inSource = ({ scale, offset }: AxisMap) => ({ scale: scale / factor, offset: offset / factor });
  const xTaps = triangleTaps(source.width, target.width, inSource(x));
  const yTaps = triangleTaps(source.height, target.height, inSource(y));
  resampleInto(target, source, xTaps, yTaps);
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

/**
 * The weighted sum of the source rows of one output row: three rows at a time, which is half the time of one by one, and a
 * pixel at a time, which is four fifths of a value at a time. Half of a mild shrink's triangles have two rows.
 */
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
    if (k > 0 && weightC === 0) {
      for (let i = 0; i < length; i++) row[i] += weightA * pixels[a + i] + weightB * pixels[b + i];
    } else if (k > 0) {
      for (let i = 0; i < length; i++)
        row[i] += weightA * pixels[a + i] + weightB * pixels[b + i] + weightC * pixels[c + i];
    } else if (weightC === 0) {
      for (let i = 0; i < length; i += 3) {
        row[i] = weightA * pixels[a + i] + weightB * pixels[b + i];
        row[i + 1] = weightA * pixels[a + i + 1] + weightB * pixels[b + i + 1];
        row[i + 2] = weightA * pixels[a + i + 2] + weightB * pixels[b + i + 2];
      }
    } else {
      for (let i = 0; i < length; i += 3) {
        row[i] = weightA * pixels[a + i] + weightB * pixels[b + i] + weightC * pixels[c + i];
        row[i + 1] = weightA * pixels[a + i + 1] + weightB * pixels[b + i + 1] + weightC * pixels[c + i + 1];
        row[i + 2] = weightA * pixels[a + i + 2] + weightB * pixels[b + i + 2] + weightC * pixels[c + i + 2];
      }
    }
  }
}

function resampleRow(row: Float32Array, taps: AxisTaps, target: Raster, targetStart: number): void {
  const { first, end, count, starts, weights } = taps;
  const { pixels, pixelStep, channelStep, scales, shifts } = target;
  const redScale = scales[0];
  const greenScale = scales[1];
  const blueScale = scales[2];
  const redShift = shifts[0];
  const greenShift = shifts[1];
  const blueShift = shifts[2];
  let to = targetStart + first * pixelStep;
  for (let output = first; output < end; output++) {
    const from = starts[output] * 3;
    const at = output * count;
    // Two taps without a loop: that many have all, and most no more.
    const weightA = weights[at];
    const weightB = count > 1 ? weights[at + 1] : 0;
    let red = weightA * row[from] + weightB * row[from + 3];
    let green = weightA * row[from + 1] + weightB * row[from + 4];
    let blue = weightA * row[from + 2] + weightB * row[from + 5];
    for (let k = 2; k < count; k++) {
      const weight = weights[at + k];
      if (weight === 0) continue;
      red += weight * row[from + 3 * k];
      green += weight * row[from + 3 * k + 1];
      blue += weight * row[from + 3 * k + 2];
    }
    // Rounded to float32 before they are normalised, as a frame in between would round them.
    pixels[to] = Math.fround(red) * redScale + redShift;
    pixels[to + channelStep] = Math.fround(green) * greenScale + greenShift;
    pixels[to + 2 * channelStep] = Math.fround(blue) * blueScale + blueShift;
    to += pixelStep;
  }
}
