/** @file Elementwise operators, comparisons and reductions. Numbers stand for float32 scalars; shapes broadcast. */
import { dtypeCodes } from '../tensor/dtype-codes.ts';
import type { DType } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { integers, scalar, type Value } from './value.ts';

type Operand = Value | number;

const asValue = (operand: Operand): Value => (typeof operand === 'number' ? scalar(operand) : operand);

export const add = (a: Operand, b: Operand): Value => apply('Add', [asValue(a), asValue(b)], {});
export const sub = (a: Operand, b: Operand): Value => apply('Sub', [asValue(a), asValue(b)], {});
export const mul = (a: Operand, b: Operand): Value => apply('Mul', [asValue(a), asValue(b)], {});
export const div = (a: Operand, b: Operand): Value => apply('Div', [asValue(a), asValue(b)], {});
export const maximum = (a: Operand, b: Operand): Value => apply('Max', [asValue(a), asValue(b)], {});
export const minimum = (a: Operand, b: Operand): Value => apply('Min', [asValue(a), asValue(b)], {});

export const neg = (x: Value): Value => apply('Neg', [x], {});
export const abs = (x: Value): Value => apply('Abs', [x], {});
export const sign = (x: Value): Value => apply('Sign', [x], {});
export const exp = (x: Value): Value => apply('Exp', [x], {});
export const log = (x: Value): Value => apply('Log', [x], {});
export const sqrt = (x: Value): Value => apply('Sqrt', [x], {});
export const floor = (x: Value): Value => apply('Floor', [x], {});
export const sigmoid = (x: Value): Value => apply('Sigmoid', [x], {});
export const relu = (x: Value): Value => apply('Relu', [x], {});
export const identity = (x: Value): Value => apply('Identity', [x], {});

/** Values below `low` become `low`, above `high` become `high`. */
export const clip = (x: Value, low: number, high: number): Value => apply('Clip', [x, scalar(low), scalar(high)], {});

export const softmax = (x: Value, axis = -1): Value => apply('Softmax', [x], { axis });
export const logSoftmax = (x: Value, axis = -1): Value => apply('LogSoftmax', [x], { axis });

export const equal = (a: Operand, b: Operand): Value => apply('Equal', [asValue(a), asValue(b)], {});
export const greater = (a: Operand, b: Operand): Value => apply('Greater', [asValue(a), asValue(b)], {});
export const less = (a: Operand, b: Operand): Value => apply('Less', [asValue(a), asValue(b)], {});
export const and = (a: Value, b: Value): Value => apply('And', [a, b], {});
export const or = (a: Value, b: Value): Value => apply('Or', [a, b], {});
export const not = (a: Value): Value => apply('Not', [a], {});

/** `a` where the bool condition holds, else `b`. */
export const where = (condition: Value, a: Operand, b: Operand): Value =>
  apply('Where', [condition, asValue(a), asValue(b)], {});

export const cast = (x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : apply('Cast', [x], { to: dtypeCodes[dtype] });

/** Sum over some axes, which vanish unless `keep`. */
export const sum = (x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  apply('ReduceSum', [x, integers(axes)], { keepdims: keep ? 1 : 0 });

export const mean = (x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  apply('ReduceMean', [x, integers(axes)], { keepdims: keep ? 1 : 0 });

export const max = (x: Value, axes: readonly number[], { keep = false } = {}): Value =>
  apply('ReduceMax', [x, integers(axes)], { keepdims: keep ? 1 : 0 });

/** Sum over every axis: a scalar. */
export const total = (x: Value): Value =>
  sum(
    x,
    x.shape.map((_, axis) => axis),
  );

/** Running sum along an axis; `exclusive` leaves out the element itself, `reverse` runs from the end. */
export const cumulativeSum = (x: Value, axis: number, { exclusive = false, reverse = false } = {}): Value =>
  apply('CumSum', [x, integers([axis])], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 });

/** Sums a broadcast result back to the shape of the operand it came from. */
export function sumToShape(x: Value, shape: readonly number[]): Value {
  const lead = x.shape.length - shape.length;
  const dropped = Array.from({ length: lead }, (_, axis) => axis);
  const stretched = shape.flatMap((extent, axis) => (extent === 1 && x.shape[axis + lead] !== 1 ? [axis + lead] : []));
  const kept = stretched.length > 0 ? sum(x, stretched, { keep: true }) : x;
  return dropped.length > 0 ? sum(kept, dropped) : kept;
}
