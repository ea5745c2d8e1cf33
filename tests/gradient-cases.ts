/**
 * @file One case or more for every operator: a function of float32 inputs that uses it. The gradient test runs each
 * against central differences; an operator without a case does not compile.
 */
import * as m from '../src/graph/arithmetic.ts';
import * as l from '../src/graph/layout.ts';
import * as n from '../src/graph/neural.ts';
import type { OpType } from '../src/graph/operator-attributes.ts';
import * as s from '../src/graph/selection.ts';
import { constant, type Value } from '../src/graph/value.ts';
import { float32, int64 } from '../src/tensor/tensor.ts';

export interface GradientCase {
  readonly name?: string;
  /** Shapes of the inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly build: (...inputs: Value[]) => Value;
  /** Inputs are drawn from here; default -2..2. */
  readonly from?: readonly [number, number];
}

const both = [
  [2, 3],
  [2, 3],
];
const unary = (build: (x: Value) => Value, from?: readonly [number, number]): GradientCase[] => [
  { shapes: [[2, 5]], build, ...(from && { from }) },
];
const indexed = (values: readonly number[], shape: readonly number[] = [values.length]): Value =>
  constant(int64(values, shape));
/** Selection feeds no gradient: what is selected does. */
const overlapping = constant(float32([0, 0, 7, 7, 1, 2, 6, 5.5, 0.5, 0.5, 7.9, 3, -3, -2, 4, 9], [4, 4]));

export const gradientCases: { readonly [T in OpType]: readonly GradientCase[] } = {
  Add: [
    { shapes: both, build: m.add },
    {
      name: 'broadcast',
      shapes: [
        [2, 3, 4],
        [3, 1],
      ],
      build: m.add,
    },
  ],
  Sub: [
    { shapes: both, build: m.sub },
    {
      name: 'broadcast',
      shapes: [
        [1, 3],
        [2, 1],
      ],
      build: m.sub,
    },
  ],
  Mul: [
    { shapes: both, build: m.mul },
    { name: 'broadcast', shapes: [[2, 3], []], build: m.mul },
  ],
  Div: [{ shapes: both, build: m.div, from: [1, 3] }],
  Max: [{ shapes: both, build: m.maximum }],
  Min: [{ shapes: both, build: m.minimum }],
  Neg: unary(m.neg),
  Abs: unary(m.abs),
  Sign: unary((x) => m.mul(m.sign(x), x)),
  Exp: unary(m.exp),
  Log: unary(m.log, [0.5, 3]),
  Sqrt: unary(m.sqrt, [0.5, 3]),
  Floor: unary((x) => m.mul(m.floor(m.add(x, 0.37)), x)),
  Sigmoid: unary(m.sigmoid),
  Relu: unary(m.relu),
  Clip: unary((x) => m.clip(x, -1, 0.5)),
  Softmax: unary((x) => m.softmax(x, 1)),
  LogSoftmax: unary((x) => m.logSoftmax(x, 1)),
  Equal: unary((x) => m.where(m.equal(x, x), x, 0)),
  Greater: unary((x) => m.where(m.greater(x, 0.3), x, 0)),
  Less: unary((x) => m.where(m.less(x, 0.3), x, 0)),
  And: unary((x) => m.where(m.and(m.less(x, 1), m.greater(x, -1)), x, 0)),
  Or: unary((x) => m.where(m.or(m.less(x, -1), m.greater(x, 1)), x, 0)),
  Not: unary((x) => m.where(m.not(m.less(x, 0)), x, 0)),
  Where: [
    {
      shapes: both,
      build: (a, b) => m.where(constant({ dtype: 'bool', shape: [2, 3], data: Uint8Array.of(1, 0, 1, 0, 0, 1) }), a, b),
    },
  ],
  Cast: unary((x) => m.cast(m.mul(x, 2), 'float32')).concat(unary((x) => m.mul(m.cast(m.greater(x, 0), 'float32'), x))),
  Identity: unary(m.identity),
  ReduceSum: [{ shapes: [[2, 3, 4]], build: (x) => m.sum(x, [0, 2]) }],
  ReduceMean: [{ shapes: [[2, 3, 4]], build: (x) => m.mean(x, [1], { keep: true }) }],
  ReduceMax: [{ shapes: [[2, 3, 4]], build: (x) => m.max(x, [1]) }],
  CumSum: [
    { shapes: [[2, 4]], build: (x) => m.cumulativeSum(x, 1) },
    { shapes: [[2, 4]], build: (x) => m.cumulativeSum(x, 0, { exclusive: true, reverse: true }) },
  ],
  Reshape: [{ shapes: [[2, 6]], build: (x) => l.reshape(x, [3, -1]) }],
  Transpose: [{ shapes: [[2, 3, 4]], build: (x) => l.transpose(x, [2, 0, 1]) }],
  Concat: [
    {
      shapes: [
        [2, 3],
        [2, 1],
      ],
      build: (a, b) => l.concat([a, b], 1),
    },
  ],
  Slice: [
    { shapes: [[5, 6]], build: (x) => l.slice(x, { axis: 0, start: 1, end: 4 }, { axis: 1, start: 1, step: 2 }) },
    { name: 'backwards', shapes: [[3, 7]], build: (x) => l.slice(x, { axis: 1, start: -2, step: -2 }) },
  ],
  Pad: [{ shapes: [[2, 3]], build: (x) => l.pad(x, [1, 0], [0, 2]) }],
  Expand: [{ shapes: [[2, 1]], build: (x) => l.expand(x, [2, 3]) }],
  Shape: [
    {
      shapes: [[2, 3]],
      build: (x) => m.mul(x, m.cast(l.reshape(l.slice(l.shapeOf(x), { axis: 0, start: 1 }), []), 'float32')),
    },
  ],
  Range: [
    { shapes: [[4]], build: (x) => m.mul(x, m.cast(l.range(l.slice(l.shapeOf(x), { axis: 0, start: 0 })), 'float32')) },
  ],
  MatMul: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      build: n.matmul,
    },
    {
      name: 'batched, broadcast',
      shapes: [
        [2, 2, 3],
        [3, 4],
      ],
      build: n.matmul,
    },
  ],
  Gemm: [false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      name: `transA ${transA}, transB ${transB}`,
      shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4]],
      build: (a: Value, b: Value) => n.gemm(a, b, { transA, transB }),
    })),
  ),
  Conv: [
    { name: '1x1', shapes: [[2, 3, 4, 5], [2, 3, 1, 1], [2]], build: (x, w, b) => n.conv(x, w, b) },
    {
      name: '1x1 stride 2',
      shapes: [
        [2, 3, 4, 6],
        [2, 3, 1, 1],
      ],
      build: (x, w) => n.conv(x, w, null, { stride: 2 }),
    },
    { name: '3x3', shapes: [[2, 2, 5, 4], [3, 2, 3, 3], [3]], build: (x, w, b) => n.conv(x, w, b, { padding: 1 }) },
    {
      name: '3x3 stride 2',
      shapes: [
        [1, 2, 6, 6],
        [3, 2, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 1, stride: 2 }),
    },
    {
      name: '3x3 stride 2, one-sided padding',
      shapes: [
        [1, 2, 6, 6],
        [3, 2, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: [0, 0, 1, 1], stride: 2 }),
    },
    {
      name: '3x3 dilated',
      shapes: [
        [1, 2, 6, 7],
        [2, 2, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 2, dilation: 2 }),
    },
    {
      name: 'grouped',
      shapes: [
        [2, 4, 5, 5],
        [6, 2, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 1, group: 2 }),
    },
    {
      name: 'grouped stride 2',
      shapes: [
        [2, 4, 6, 6],
        [6, 2, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 1, stride: 2, group: 2 }),
    },
    {
      name: 'depthwise 3x3',
      shapes: [
        [2, 3, 5, 5],
        [3, 1, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 1, group: 3 }),
    },
    {
      name: 'depthwise 3x3 stride 2',
      shapes: [
        [2, 3, 6, 6],
        [3, 1, 3, 3],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: [0, 0, 1, 1], stride: 2, group: 3 }),
    },
    {
      name: 'depthwise 5x5',
      shapes: [
        [2, 3, 6, 6],
        [3, 1, 5, 5],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: 2, group: 3 }),
    },
    {
      name: 'depthwise 5x5 stride 2',
      shapes: [
        [2, 3, 6, 6],
        [3, 1, 5, 5],
      ],
      build: (x, w) => n.conv(x, w, null, { padding: [1, 1, 2, 2], stride: 2, group: 3 }),
    },
  ],
  ConvTranspose: [
    {
      shapes: [
        [2, 3, 4, 4],
        [3, 2, 3, 3],
      ],
      build: (x, w) => n.convTranspose(x, w, { stride: 2, pads: [1, 1, 1, 1], outputPadding: [1, 1], group: 1 }),
    },
  ],
  MaxPool: [
    { shapes: [[1, 2, 6, 6]], build: (x) => n.maxPool(x, { kernel: 3, stride: 2, padding: 1 }) },
    { name: 'kernel 1', shapes: [[1, 2, 5, 5]], build: (x) => n.maxPool(x, { kernel: 1, stride: 2 }) },
  ],
  AveragePool: [
    { shapes: [[1, 2, 6, 4]], build: (x) => n.averagePool(x, { kernel: 2, stride: 2 }) },
    {
      name: 'overlapping',
      shapes: [[1, 2, 6, 5]],
      build: (x) => n.averagePool(x, { kernel: 3, stride: 2, padding: 1 }),
    },
  ],
  Resize: [{ shapes: [[1, 2, 3, 2]], build: (x) => l.upsampleNearest(x, 2) }],
  RoiAlign: [false, true].map((aligned) => ({
    name: aligned ? 'aligned' : 'not aligned',
    shapes: [[2, 2, 5, 6]],
    build: (x: Value) =>
      n.roiAlign(x, overlapping, indexed([0, 1, 1, 0]), { size: 3, samplingRatio: 2, scale: 0.7, aligned }),
  })),
  Gather: [
    { shapes: [[4, 3]], build: (x) => s.gather(x, indexed([2, 0, 2])) },
    { name: 'inner axis', shapes: [[2, 4, 3]], build: (x) => s.gather(x, indexed([2, 0, 2, 1], [2, 2]), 1) },
  ],
  GatherElements: [{ shapes: [[3, 4]], build: (x) => s.gatherElements(x, indexed([1, 1, 0, 3, 2, 2], [3, 2]), 1) }],
  GatherND: [{ shapes: [[3, 4]], build: (x) => s.gatherND(x, indexed([0, 1, 2, 3], [2, 2])) }],
  ScatterND: [
    {
      shapes: [
        [4, 2],
        [2, 2],
      ],
      build: (x, u) => s.scatterND(x, indexed([3, 1], [2, 1]), u),
    },
  ],
  ArgMax: [{ shapes: [[3, 4]], build: (x) => s.gatherElements(x, l.reshape(s.argMax(x, 1), [3, 1]), 1) }],
  TopK: [{ shapes: [[3, 5]], build: (x) => s.topK(x, 2, 1).values }],
  NonMaxSuppression: [
    {
      shapes: [[1, 4]],
      build: (x) => {
        const picked = s.nonMaxSuppression(l.reshape(overlapping, [1, 4, 4]), l.reshape(m.abs(x), [1, 1, 4]), {
          maxPerClass: 4,
          iouThreshold: 0.5,
          scoreThreshold: 0,
        });
        return m.mul(x, m.cast(l.reshape(l.slice(l.shapeOf(picked), { axis: 0, start: 0, end: 1 }), []), 'float32'));
      },
    },
  ],
  NonZero: [
    {
      shapes: [[3]],
      build: (x) =>
        m.mul(
          x,
          m.cast(l.reshape(l.slice(l.shapeOf(s.nonZero(m.greater(x, 0))), { axis: 0, start: 1 }), []), 'float32'),
        ),
    },
  ],
  OneHot: [{ shapes: [[3, 4]], build: (x) => m.mul(s.oneHot(s.argMax(x, 1), 4), x) }],
};
