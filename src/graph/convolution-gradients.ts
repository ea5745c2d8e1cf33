/**
 * @file Gradients of a convolution, in the forms that ONNX Runtime's CPU kernels run fastest (docs/decisions/0002).
 *
 * Shape letters: N images, C channels in, M channels out, G groups, K taps, H x W in, P x Q out.
 */
import { mul, sum } from './arithmetic.ts';
import { concat, dilate, pad, reshape, slice, transpose } from './layout.ts';
import { conv, convTranspose, gemm, matmul } from './neural.ts';
import { constant, type Node, staticShape, type Value } from './value.ts';

interface Geometry {
  n: number;
  c: number;
  m: number;
  h: number;
  w: number;
  p: number;
  q: number;
  kernel: [number, number];
  stride: number;
  pads: [number, number, number, number];
  dilation: number;
  group: number;
}

function geometry({ inputs: [x, kernel], attributes }: Node<'Conv'>, dy: Value): Geometry {
  const [n, c, h, w] = staticShape(x!) as [number, number, number, number];
  const [m, , kh, kw] = staticShape(kernel!) as [number, number, number, number];
  const [, , p, q] = staticShape(dy) as [number, number, number, number];
  const { strides, pads, dilations, group } = attributes;
  return {
    n,
    c,
    m,
    h,
    w,
    p,
    q,
    kernel: [kh, kw],
    stride: strides[0],
    pads: pads as [number, number, number, number],
    dilation: dilations[0],
    group,
  };
}

/** `[N, M, P, Q]` to `[N, C, H, W]`. */
export function convInputGradient(node: Node<'Conv'>, dy: Value): Value {
  const { c, m, h, w, p, q, kernel, stride, pads, dilation, group } = geometry(node, dy);
  const [kh, kw] = kernel;
  const [top, left, bottom, right] = pads;
  const weights = node.inputs[1];
  if (stride > 1 && group === 1) {
    // What the window never reached at the bottom and right still needs a (zero) gradient.
    const outputPadding = [h - ((p - 1) * stride + kh - top - bottom), w - ((q - 1) * stride + kw - left - right)];
    return convTranspose(dy, weights, { stride, pads, outputPadding, group });
  }
  // A convolution of dY, spread by the stride, with the kernel flipped and its channel axes swapped.
  const spread =
    stride > 1
      ? slice(
          dilate(dy, stride),
          { axis: 2, start: 0, end: (p - 1) * stride + 1 },
          { axis: 3, start: 0, end: (q - 1) * stride + 1 },
        )
      : dy;
  const swapped = reshape(transpose(reshape(weights, [group, m / group, c / group, kh, kw]), [0, 2, 1, 3, 4]), [
    c,
    m / group,
    kh,
    kw,
  ]);
  const [tall, wide] = [dilation * (kh - 1) + 1, dilation * (kw - 1) + 1];
  const restTall = h - ((p - 1) * stride + tall - top - bottom);
  const restWide = w - ((q - 1) * stride + wide - left - right);
  const padding = [tall - 1 - top, wide - 1 - left, tall - 1 - bottom + restTall, wide - 1 - right + restWide] as const;
  return conv(spread, kh * kw === 1 ? swapped : flipTaps(swapped), null, { padding, dilation, group });
}

/** Every kernel turned by 180 degrees: by a permutation matrix, which takes a third of the time of backward slices. */
function flipTaps(kernels: Value): Value {
  const shape = staticShape(kernels);
  const taps = shape[2] * shape[3];
  const data = Float32Array.from({ length: taps * taps }, (_, i) =>
    i % taps === taps - 1 - Math.floor(i / taps) ? 1 : 0,
  );
  const reversal = constant({ dtype: 'float32', shape: [taps, taps], data });
  return reshape(matmul(reshape(kernels, [-1, taps]), reversal), shape);
}

/** `[N, M, P, Q]` to the kernel's `[M, C / G, kh, kw]`. */
export function convWeightGradient(node: Node<'Conv'>, dy: Value): Value {
  const shape = geometry(node, dy);
  if (shape.kernel[0] === 1 && shape.kernel[1] === 1 && shape.group === 1) return pointwise(node.inputs[0], dy, shape);
  if (shape.group === shape.c && shape.m === shape.c) {
    return shape.kernel[0] <= 3 && shape.stride === 1
      ? depthwiseByTaps(node.inputs[0], dy, shape)
      : depthwiseByConvolution(node.inputs[0], dy, shape);
  }
  return byColumns(node.inputs[0], dy, shape);
}

export const convBiasGradient = (dy: Value): Value => sum(dy, [0, 2, 3]);

const padded = (x: Value, { pads: [top, left, bottom, right] }: Geometry): Value =>
  pad(x, [0, 0, top, left], [0, 0, bottom, right]);

/** 1 x 1: a product of matrices for each image, summed over the batch. */
function pointwise(x: Value, dy: Value, shape: Geometry): Value {
  const { n, c, m, p, q, stride } = shape;
  const seen =
    stride === 1
      ? padded(x, shape)
      : slice(
          padded(x, shape),
          { axis: 2, start: 0, end: (p - 1) * stride + 1, step: stride },
          { axis: 3, start: 0, end: (q - 1) * stride + 1, step: stride },
        );
  const product = matmul(reshape(dy, [n, m, p * q]), transpose(reshape(seen, [n, c, p * q]), [0, 2, 1]));
  return reshape(sum(product, [0]), [m, c, 1, 1]);
}

/** The part of padded, channels-last `x` that tap (row, column) of the kernel meets. */
function tapSlice(x: Value, { p, q, stride, dilation }: Geometry, row: number, column: number): Value {
  const [y0, x0] = [row * dilation, column * dilation];
  return slice(
    x,
    { axis: 1, start: y0, end: y0 + (p - 1) * stride + 1, step: stride },
    { axis: 2, start: x0, end: x0 + (q - 1) * stride + 1, step: stride },
  );
}

/** k x k: windows of the channels-last picture as rows, then one product (one for each group). */
function byColumns(x: Value, dy: Value, shape: Geometry): Value {
  const {
    n,
    c,
    m,
    p,
    q,
    kernel: [kh, kw],
    group,
  } = shape;
  const rows = n * p * q;
  const last = transpose(padded(x, shape), [0, 2, 3, 1]);
  const taps: Value[] = [];
  for (let row = 0; row < kh; row++) {
    for (let column = 0; column < kw; column++) taps.push(reshape(tapSlice(last, shape, row, column), [rows, c]));
  }
  const dyRows = reshape(transpose(dy, [0, 2, 3, 1]), [rows, m]);
  if (group === 1) {
    const product = gemm(dyRows, concat(taps, 1), { transA: true });
    return transpose(reshape(product, [m, kh, kw, c]), [0, 3, 1, 2]);
  }
  const [cg, mg] = [c / group, m / group];
  const columns = transpose(reshape(concat(taps, 1), [rows, kh * kw, group, cg]), [2, 0, 1, 3]);
  const left = transpose(reshape(dyRows, [rows, group, mg]), [1, 2, 0]);
  const product = matmul(left, reshape(columns, [group, rows, kh * kw * cg]));
  return transpose(reshape(product, [m, kh, kw, cg]), [0, 3, 1, 2]);
}

/**
 * Depthwise, stride 1: with the rows of dY as long as those of padded X, a tap is one stretch of the flat picture; what
 * wraps around a row's end meets the zeros that lengthened dY.
 */
function depthwiseByTaps(x: Value, dy: Value, shape: Geometry): Value {
  const {
    n,
    c,
    p,
    q,
    kernel: [kh, kw],
    dilation,
  } = shape;
  const [top, left, bottom, right] = shape.pads;
  const width = shape.w + left + right;
  // One row more at the bottom: the last taps of the last row read past the picture's end.
  const field = reshape(pad(x, [0, 0, top, left], [0, 0, bottom + 1, right]), [n, c, -1]);
  const rows = reshape(pad(dy, [0, 0, 0, 0], [0, 0, 0, width - q]), [n, c, p * width]);
  const taps: Value[] = [];
  for (let row = 0; row < kh; row++) {
    for (let column = 0; column < kw; column++) {
      const start = dilation * (row * width + column);
      const seen = slice(field, { axis: 2, start, end: start + p * width });
      taps.push(reshape(sum(mul(seen, rows), [0, 2]), [c, 1]));
    }
  }
  return reshape(concat(taps, 1), [c, 1, kh, kw]);
}

/** Larger kernels and strides: batch and channels swap roles, dY is the kernel. */
function depthwiseByConvolution(x: Value, dy: Value, shape: Geometry): Value {
  const {
    n,
    c,
    h,
    w,
    kernel: [kh, kw],
    stride,
    pads,
    dilation,
  } = shape;
  const channelsFirst = reshape(transpose(x, [1, 0, 2, 3]), [1, c * n, h, w]);
  const kernels = transpose(dy, [1, 0, 2, 3]);
  const field = conv(channelsFirst, kernels, null, { stride: dilation, padding: pads, dilation: stride, group: c });
  const seen = slice(
    reshape(field, [c, 1, ...field.shape.slice(2)]),
    { axis: 2, start: 0, end: kh },
    { axis: 3, start: 0, end: kw },
  );
  return seen;
}
