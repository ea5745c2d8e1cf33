/** @file What dtype and shape each operator's outputs have. Unknown extents stay unknown; known ones are checked. */
import { dtypeOfCode } from '../tensor/dtype-codes.ts';
import type { DType, Shape } from '../tensor/tensor.ts';
import { GraphError } from './graph-error.ts';
import type { ConvolutionAttributes, OperatorAttributes, OpType, PoolAttributes } from './operator-attributes.ts';
import { UNKNOWN, type Value } from './value.ts';

interface Signature {
  readonly dtype: DType;
  readonly shape: Shape;
}

type ShapeRule<T extends OpType> = (
  inputs: readonly Value[],
  attributes: OperatorAttributes[T],
) => readonly Signature[];

/** The extents of a broadcast result, NumPy's rule. */
function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const extentA = a[axis - rank + a.length] ?? 1;
    const extentB = b[axis - rank + b.length] ?? 1;
    if (extentA === 1) return extentB;
    if (extentB === 1 || extentA === extentB) return extentA;
    if (extentA === UNKNOWN) return extentB;
    if (extentB === UNKNOWN) return extentA;
    throw new GraphError(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

/** A negative axis counted from the end. */
export function normaliseAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (normal < 0 || normal >= rank) throw new GraphError(`axis ${axis} of a value with ${rank} dimensions`);
  return normal;
}

const same = ([a]: readonly Value[]): Signature[] => [{ dtype: a!.dtype, shape: a!.shape }];
const broadcast = ([a, b]: readonly Value[]): Signature[] => {
  if (a!.dtype !== b!.dtype) throw new GraphError(`operands of one dtype are needed, not ${a!.dtype} and ${b!.dtype}`);
  return [{ dtype: a!.dtype, shape: broadcastShapes(a!.shape, b!.shape) }];
};
const compare = (inputs: readonly Value[]): Signature[] => [{ dtype: 'bool', shape: broadcast(inputs)[0].shape }];

const reduce = ([x, axes]: readonly Value[], { keepdims }: { keepdims: number }): Signature[] => {
  const reduced = new Set(constantIntegers(axes!).map((axis) => normaliseAxis(axis, x!.shape.length)));
  const shape = x!.shape.flatMap((extent, axis) => (!reduced.has(axis) ? [extent] : keepdims ? [1] : []));
  return [{ dtype: x!.dtype, shape }];
};

/** Extent after a window of `kernel` slides over `extent`. */
function windowed(extent: number, kernel: number, stride: number, padding: number, dilation = 1): number {
  if (extent === UNKNOWN) return UNKNOWN;
  return Math.floor((extent + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

const pool = ([x]: readonly Value[], { kernel_shape, strides, pads }: PoolAttributes): Signature[] => {
  const [batch, channels, ...extents] = x!.shape as number[];
  const spatial = extents.map((extent, i) => windowed(extent, kernel_shape[i], strides[i], pads[i] + pads[i + 2]));
  return [{ dtype: x!.dtype, shape: [batch!, channels!, ...spatial] }];
};

const convolution = ([x, w]: readonly Value[], attributes: ConvolutionAttributes): Signature[] => {
  const { strides, pads, dilations, group } = attributes;
  const [batch, channels, ...extents] = x!.shape as number[];
  const [filters, channelsPerGroup, ...kernel] = w!.shape as number[];
  if (channels !== channelsPerGroup! * group) {
    throw new GraphError(`Conv of [${x!.shape}] with kernel [${w!.shape}] in ${group} groups: channels do not match`);
  }
  const spatial = extents.map((extent, i) =>
    windowed(extent, kernel[i], strides[i], pads[i] + pads[i + 2], dilations[i]),
  );
  return [{ dtype: x!.dtype, shape: [batch!, filters!, ...spatial] }];
};

/** The numbers of a constant int64 value, or null where they are computed when the graph runs. */
export function knownIntegers(value: Value): number[] | null {
  return value.constant === null ? null : Array.from(value.constant.data as BigInt64Array, Number);
}

function constantIntegers(value: Value): number[] {
  const known = knownIntegers(value);
  if (known === null) throw new GraphError('axes must be constants');
  return known;
}

function matmulShape(a: Shape, b: Shape): Shape {
  const [inner, other] = [a[a.length - 1], b[b.length - 2]];
  if (inner !== other && inner !== UNKNOWN && other !== UNKNOWN) throw new GraphError(`MatMul of [${a}] and [${b}]`);
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a[a.length - 2], b[b.length - 1]];
}

function reshaped(from: Shape, target: readonly number[]): Shape {
  const shape = target.map((extent, axis) => (extent === 0 ? from[axis] : extent));
  if (from.includes(UNKNOWN)) return shape;
  const size = from.reduce((product, extent) => product * extent, 1);
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const inferred = shape.map((extent) => (extent === -1 ? size / known : extent));
  if (
    inferred.reduce((product, extent) => product * extent, 1) !== size ||
    inferred.some((e) => !Number.isInteger(e))
  ) {
    throw new GraphError(`[${from}] cannot be reshaped to [${target}]`);
  }
  return inferred;
}

function sliced(x: Value, startsValue: Value, endsValue: Value, axesValue: Value, stepsValue: Value): Shape {
  const shape = [...x.shape];
  const [starts, ends, steps] = [knownIntegers(startsValue), knownIntegers(endsValue), constantIntegers(stepsValue)];
  constantIntegers(axesValue).forEach((rawAxis, i) => {
    const axis = normaliseAxis(rawAxis, shape.length);
    const extent = shape[axis];
    const step = steps[i];
    if (starts === null || ends === null || extent === UNKNOWN) {
      shape[axis] = UNKNOWN;
      return;
    }
    const clamp = (position: number, low: number, high: number) =>
      Math.min(Math.max(position < 0 ? position + extent : position, low), high);
    const start = step > 0 ? clamp(starts[i], 0, extent) : clamp(starts[i], 0, extent - 1);
    const end = step > 0 ? clamp(ends[i], 0, extent) : clamp(ends[i], -1, extent - 1);
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return shape;
}

/** Total: the compiler refuses an operator without a rule. */
export const shapeRules: { readonly [T in OpType]: ShapeRule<T> } = {
  Add: broadcast,
  Sub: broadcast,
  Mul: broadcast,
  Div: broadcast,
  Max: broadcast,
  Min: broadcast,
  Neg: same,
  Abs: same,
  Sign: same,
  Exp: same,
  Log: same,
  Sqrt: same,
  Floor: same,
  Sigmoid: same,
  Relu: same,
  Clip: same,
  Softmax: same,
  LogSoftmax: same,
  Equal: compare,
  Greater: compare,
  Less: compare,
  And: compare,
  Or: compare,
  Not: same,
  Where: ([c, a, b]) => [{ dtype: a!.dtype, shape: broadcastShapes(c!.shape, broadcastShapes(a!.shape, b!.shape)) }],
  Cast: ([x], { to }) => [{ dtype: dtypeOfCode(to), shape: x!.shape }],
  Identity: same,
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  CumSum: same,
  Reshape: ([x, target]) => [{ dtype: x!.dtype, shape: reshapeOf(x!, target!) }],
  Transpose: ([x], { perm }) => [{ dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]) }],
  Concat: (inputs, { axis }) => {
    const shape = [...inputs[0].shape];
    const at = normaliseAxis(axis, shape.length);
    const extents = inputs.map((value) => value.shape[at]);
    shape[at] = extents.includes(UNKNOWN) ? UNKNOWN : extents.reduce((sum, extent) => sum + extent, 0);
    for (const value of inputs) {
      const fits =
        value.shape.length === shape.length &&
        value.shape.every((extent, i) => i === at || extent === shape[i] || extent === UNKNOWN || shape[i] === UNKNOWN);
      if (!fits) throw new GraphError(`Concat along ${at} of ${inputs.map((v) => `[${v.shape}]`).join(', ')}`);
    }
    return [{ dtype: inputs[0].dtype, shape }];
  },
  Slice: ([x, starts, ends, axes, steps]) => [{ dtype: x!.dtype, shape: sliced(x!, starts!, ends!, axes!, steps!) }],
  Pad: ([x, pads]) => {
    const known = knownIntegers(pads!);
    const rank = x!.shape.length;
    const shape = x!.shape.map((extent, axis) =>
      known === null || extent === UNKNOWN ? UNKNOWN : extent + known[axis] + known[axis + rank],
    );
    return [{ dtype: x!.dtype, shape }];
  },
  Expand: ([x, target]) => {
    const known = knownIntegers(target!);
    const shape = known === null ? Array<number>(target!.shape[0]).fill(UNKNOWN) : broadcastShapes(x!.shape, known);
    return [{ dtype: x!.dtype, shape }];
  },
  Shape: ([x]) => [{ dtype: 'int64', shape: [x!.shape.length] }],
  Range: ([start]) => [{ dtype: start!.dtype, shape: [UNKNOWN] }],
  MatMul: ([a, b]) => [{ dtype: a!.dtype, shape: matmulShape(a!.shape, b!.shape) }],
  Gemm: ([a, b], { transA, transB }) => {
    const [rows, inner] = transA ? [a!.shape[1], a!.shape[0]] : [a!.shape[0], a!.shape[1]];
    const [other, columns] = transB ? [b!.shape[1], b!.shape[0]] : [b!.shape[0], b!.shape[1]];
    if (inner !== other && inner !== UNKNOWN && other !== UNKNOWN) {
      throw new GraphError(`Gemm of [${a!.shape}] and [${b!.shape}] (transA ${transA}, transB ${transB})`);
    }
    return [{ dtype: a!.dtype, shape: [rows, columns] }];
  },
  Conv: convolution,
  ConvTranspose: ([x, w], { strides, pads, group, output_padding }) => {
    const [batch, , ...extents] = x!.shape as number[];
    const [, filtersPerGroup, ...kernel] = w!.shape as number[];
    const spatial = extents.map((extent, i) =>
      extent === UNKNOWN ? UNKNOWN : strides[i] * (extent - 1) + output_padding[i] + kernel[i] - pads[i] - pads[i + 2],
    );
    return [{ dtype: x!.dtype, shape: [batch!, filtersPerGroup! * group, ...spatial] }];
  },
  MaxPool: pool,
  AveragePool: pool,
  Resize: ([x, , scales]) => {
    const factors = scales!.constant!.data as Float32Array;
    const shape = x!.shape.map((extent, i) => (extent === UNKNOWN ? UNKNOWN : Math.floor(extent * factors[i])));
    return [{ dtype: x!.dtype, shape }];
  },
  RoiAlign: ([x, rois], { output_height, output_width }) => [
    { dtype: x!.dtype, shape: [rois!.shape[0], x!.shape[1], output_height, output_width] },
  ],
  Gather: ([x, indices], { axis }) => {
    const at = normaliseAxis(axis, x!.shape.length);
    return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, at), ...indices!.shape, ...x!.shape.slice(at + 1)] }];
  },
  GatherElements: ([x, indices]) => [{ dtype: x!.dtype, shape: indices!.shape }],
  GatherND: ([x, indices], { batch_dims }) => {
    const depth = indices!.shape[indices!.shape.length - 1];
    return [{ dtype: x!.dtype, shape: [...indices!.shape.slice(0, -1), ...x!.shape.slice(batch_dims + depth)] }];
  },
  ScatterND: same,
  ArgMax: ([x], { axis, keepdims }) => [
    { dtype: 'int64', shape: reduce([x!, { ...x!, constant: axisTensor(axis) }], { keepdims })[0].shape },
  ],
  TopK: ([x, k], { axis }) => {
    const shape = [...x!.shape];
    shape[normaliseAxis(axis, shape.length)] = knownIntegers(k!)?.[0] ?? UNKNOWN;
    return [
      { dtype: x!.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  NonMaxSuppression: () => [{ dtype: 'int64', shape: [UNKNOWN, 3] }],
  NonZero: ([x]) => [{ dtype: 'int64', shape: [x!.shape.length, UNKNOWN] }],
  OneHot: ([indices, depth, values], { axis }) => {
    const shape = [...indices!.shape];
    shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, knownIntegers(depth!)?.[0] ?? UNKNOWN);
    return [{ dtype: values!.dtype, shape }];
  },
};

function axisTensor(axis: number) {
  return { dtype: 'int64' as const, shape: [1], data: BigInt64Array.of(BigInt(axis)) };
}

function reshapeOf(x: Value, target: Value): Shape {
  const known = knownIntegers(target);
  return known === null ? Array<number>(target.shape[0]).fill(UNKNOWN) : reshaped(x.shape, known);
}
