/** @file Geometry of boxes as graph operators; `boxes/` has the same on typed arrays. Boxes are `[..., 4]`. */
import type { DeltaWeights } from '../boxes/box-coder.ts';
import { add, div, exp, log, maximum, minimum, mul, sub } from '../graph/arithmetic.ts';
import { concat, reshape, slice } from '../graph/layout.ts';
import type { Value } from '../graph/value.ts';

/** The largest `dw` and `dh`: 16 pixels become at most 1000 (Detectron). */
const MAX_LOG_SCALE = Math.log(1000 / 16);

/** One coordinate, `[..., 1]`. */
const part = (boxes: Value, from: number, to = from + 1): Value =>
  slice(boxes, { axis: boxes.shape.length - 1, start: from, end: to });

interface Centred {
  readonly size: Value;
  readonly centre: Value;
}

/** Width and height, and centre, each `[..., 2]`. */
function centred(boxes: Value): Centred {
  const low = part(boxes, 0, 2);
  const size = sub(part(boxes, 2, 4), low);
  return { size, centre: add(low, mul(size, 0.5)) };
}

const pair = (weights: DeltaWeights, at: 0 | 2): number => {
  if (weights[at] !== weights[at + 1]) throw new RangeError('weights of x and y, of width and height, must agree');
  return weights[at];
};

/** Boxes from deltas and references, not clipped. */
export function decodeBoxes(deltas: Value, references: Value, weights: DeltaWeights): Value {
  const { size, centre } = centred(references);
  const last = deltas.shape.length - 1;
  const middle = add(mul(div(part(deltas, 0, 2), pair(weights, 0)), size), centre);
  const half = mul(mul(exp(minimum(div(part(deltas, 2, 4), pair(weights, 2)), MAX_LOG_SCALE)), size), 0.5);
  return concat([sub(middle, half), add(middle, half)], last);
}

/** Deltas that turn references into targets. Sides of 0 give infinities: mask them. */
export function encodeBoxes(targets: Value, references: Value, weights: DeltaWeights): Value {
  const [to, from] = [centred(targets), centred(references)];
  const shift = mul(div(sub(to.centre, from.centre), from.size), pair(weights, 0));
  const scale = mul(log(div(to.size, from.size)), pair(weights, 2));
  return concat([shift, scale], targets.shape.length - 1);
}

/** Boxes `[N, B, 4]` clipped to images whose sizes are `[N, 2]` float32 (height, width). */
export function clipBoxes(boxes: Value, imageSizes: Value): Value {
  const [height, width] = [part(imageSizes, 0), part(imageSizes, 1)];
  const limit = reshape(concat([width, height, width, height], 1), [-1, 1, 4]);
  return maximum(minimum(boxes, limit), 0);
}

/** The shorter side, `[...]` without the last axis kept: `[N, B]`. */
export function shorterSide(boxes: Value): Value {
  const { size } = centred(boxes);
  return reshape(
    minimum(part(size, 0), part(size, 1)),
    boxes.shape.slice(0, -1).map((extent) => extent),
  );
}

/** Areas `[..., 1]`. */
export function areas(boxes: Value): Value {
  const { size } = centred(boxes);
  return mul(part(size, 0), part(size, 1));
}

/**
 * Areas of intersection of every pair: `[N, A, 4]` and `[N, B, 4]` to `[N, A, B]`.
 */
function intersections(a: Value, b: Value): Value {
  const [n, countA] = a.shape as [number, number];
  const countB = b.shape[1];
  const corner = (boxes: Value, at: number, shape: readonly number[]) => reshape(part(boxes, at), shape);
  const [ofA, ofB] = [(at: number) => corner(a, at, [n, countA, 1]), (at: number) => corner(b, at, [n, 1, countB])];
  const overlap = (low: number) => maximum(sub(minimum(ofA(low + 2), ofB(low + 2)), maximum(ofA(low), ofB(low))), 0);
  return mul(overlap(0), overlap(1));
}

/** IoU of every pair, 0 for pairs of empty boxes: `[N, A, 4]` and `[N, B, 4]` to `[N, A, B]`. */
export function pairwiseIou(a: Value, b: Value): Value {
  const [n, countA] = a.shape as [number, number];
  const shared = intersections(a, b);
  const union = sub(add(areas(a), reshape(areas(b), [n, 1, b.shape[1]])), shared);
  // The area of a real box is above 1e-6 by far; 0 / tiny is 0.
  return reshape(div(shared, maximum(union, 1e-12)), [n, countA, b.shape[1]]);
}

/** IoU of boxes place by place, axes of 1 repeated: `[..., 4]` and `[..., 4]` to `[..., 1]`; 0 for pairs of empty boxes. */
export function overlapIou(a: Value, b: Value): Value {
  const shared = sub(minimum(part(a, 2, 4), part(b, 2, 4)), maximum(part(a, 0, 2), part(b, 0, 2)));
  const sides = maximum(shared, 0);
  const intersection = mul(part(sides, 0), part(sides, 1));
  return div(intersection, maximum(sub(add(areas(a), areas(b)), intersection), 1e-12));
}

/** Share of each of `a` that lies in each of `b`: `[N, A, B]`. */
export function pairwiseIntersectionOverArea(a: Value, b: Value): Value {
  return div(intersections(a, b), maximum(areas(a), 1e-12));
}
