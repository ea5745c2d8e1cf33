/** @file Operators that move elements without computing: reshape, transpose, concat, slice, pad, expand. */
import { apply } from './apply.ts';
import { normaliseAxis } from './shape-rules.ts';
import { constant, integers, UNKNOWN, type Value } from './value.ts';

type Extents = readonly number[] | Value;

const asExtents = (extents: Extents): Value => ('dtype' in extents ? extents : integers(extents));

/** One extent may be -1 (what is left); 0 keeps the extent at that place. */
export const reshape = (x: Value, shape: Extents): Value => apply('Reshape', [x, asExtents(shape)], {});

export const transpose = (x: Value, perm: readonly number[]): Value =>
  perm.every((axis, position) => axis === position) ? x : apply('Transpose', [x], { perm });

export const concat = (values: readonly Value[], axis: number): Value =>
  values.length === 1 ? values[0] : apply('Concat', values, { axis });

export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  /** Left out: to the end. */
  readonly end?: number;
  /** Negative steps run backwards from `start` to past the beginning. */
  readonly step?: number;
}

const FAR = 2 ** 31 - 1;

/** `x[start:end:step]` along each named axis. */
export function slice(x: Value, ...ranges: readonly SliceRange[]): Value {
  const steps = ranges.map(({ step = 1 }) => step);
  const ends = ranges.map(({ end }, i) => end ?? (steps[i] < 0 ? -FAR : FAR));
  return apply(
    'Slice',
    [
      x,
      integers(ranges.map(({ start }) => start)),
      integers(ends),
      integers(ranges.map(({ axis }) => normaliseAxis(axis, x.shape.length))),
      integers(steps),
    ],
    {},
  );
}

/** Zeros before and after each axis (`before`, `after` have one number an axis). */
export const pad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  [...before, ...after].every((count) => count === 0)
    ? x
    : apply('Pad', [x, integers([...before, ...after])], { mode: 'constant' });

/** Repeats extents of 1 up to a shape. */
export const expand = (x: Value, shape: Extents): Value => apply('Expand', [x, asExtents(shape)], {});

/** The shape as an int64 value, for extents known only at run time. */
export const shapeOf = (x: Value): Value => apply('Shape', [x], {});

/** One extent as an int64 value of shape `[1]`. */
export const extentOf = (x: Value, axis: number): Value =>
  x.shape[axis] === UNKNOWN ? slice(shapeOf(x), { axis: 0, start: axis, end: axis + 1 }) : integers([x.shape[axis]]);

/** `0, 1, ... count - 1` as int64; `count` is an int64 value of one element. */
export function range(count: Value | number): Value {
  if (typeof count === 'number') return integers(Array.from({ length: count }, (_, i) => i));
  const int64Scalar = (value: bigint) => constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(value) });
  return apply('Range', [int64Scalar(0n), reshape(count, []), int64Scalar(1n)], {});
}

/** Every element repeated `factor` times along height and width of `[N, C, H, W]`. */
export const upsampleNearest = (x: Value, factor: number): Value =>
  apply(
    'Resize',
    [
      x,
      constant({ dtype: 'float32', shape: [0], data: new Float32Array(0) }),
      constant({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 1, factor, factor) }),
    ],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  );

/** Zeros between elements along height and width of `[N, C, H, W]`: `[N, C, H * stride, W * stride]`. */
export function dilate(x: Value, stride: number): Value {
  if (stride === 1) return x;
  const [n, c, h, w] = x.shape;
  const spread = pad(reshape(x, [n, c, h, 1, w, 1]), [0, 0, 0, 0, 0, 0], [0, 0, 0, stride - 1, 0, stride - 1]);
  return reshape(spread, [n, c, h * stride, w * stride]);
}
