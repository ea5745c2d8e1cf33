/** @file Products, convolutions, pooling and RoIAlign. Images are `[N, C, H, W]`. */
import { apply } from './apply.ts';
import { add } from './arithmetic.ts';
import type { Value } from './value.ts';

/** Batched matrix product; leading extents broadcast. */
export const matmul = (a: Value, b: Value): Value => apply('MatMul', [a, b], {});

/** `op(a) op(b)` of matrices, `op` a transposition or nothing. */
export const gemm = (a: Value, b: Value, { transA = false, transB = false } = {}): Value =>
  apply('Gemm', [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });

/** `x wᵀ + b` with `x` `[N, in]`, `w` `[out, in]`, `b` `[out]`. */
export const linear = (x: Value, w: Value, b: Value): Value => add(gemm(x, w, { transB: true }), b);

export interface ConvolutionOptions {
  readonly stride?: number;
  /** Zeros on every side, or `[top, left, bottom, right]`. */
  readonly padding?: number | readonly [number, number, number, number];
  readonly dilation?: number;
  readonly group?: number;
}

const four = (padding: number | readonly number[]): readonly number[] =>
  typeof padding === 'number' ? [padding, padding, padding, padding] : padding;

/** Convolution of `[N, C, H, W]` with a kernel `[M, C / group, kh, kw]` and an optional bias `[M]`. */
export function conv(x: Value, w: Value, b: Value | null, options: ConvolutionOptions = {}): Value {
  const { stride = 1, padding = 0, dilation = 1, group = 1 } = options;
  return apply('Conv', b === null ? [x, w] : [x, w, b], {
    kernel_shape: w.shape.slice(2),
    strides: [stride, stride],
    pads: four(padding),
    dilations: [dilation, dilation],
    group,
  });
}

/** The adjoint of `conv`: `[N, M, H, W]` with a kernel `[M, C / group, kh, kw]` to `[N, C, H', W']`. */
export function convTranspose(
  x: Value,
  w: Value,
  {
    stride,
    pads,
    outputPadding,
    group,
  }: { stride: number; pads: readonly number[]; outputPadding: readonly number[]; group: number },
): Value {
  return apply('ConvTranspose', [x, w], {
    kernel_shape: w.shape.slice(2),
    strides: [stride, stride],
    pads,
    dilations: [1, 1],
    output_padding: outputPadding,
    group,
  });
}

export interface PoolOptions {
  readonly kernel: number;
  readonly stride: number;
  readonly padding?: number;
}

export const maxPool = (x: Value, { kernel, stride, padding = 0 }: PoolOptions): Value =>
  apply('MaxPool', [x], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: four(padding) });

/** Mean of each window; padding counts as zeros. */
export const averagePool = (x: Value, { kernel, stride, padding = 0 }: PoolOptions): Value =>
  apply('AveragePool', [x], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: four(padding),
    count_include_pad: 1,
  });

export interface RoiAlignOptions {
  readonly size: number;
  /** Samples a bin and axis. */
  readonly samplingRatio: number;
  /** Feature pixels an image pixel: 1 / stride. */
  readonly scale: number;
  /** Half-pixel shift: torchvision's `aligned`. */
  readonly aligned: boolean;
}

/**
 * Mean of bilinear samples in each bin of each box.
 *
 * @param x `[N, C, H, W]` features
 * @param boxes `[R, 4]` in image pixels
 * @param batchIndices `[R]` int64: which image a box belongs to
 * @returns `[R, C, size, size]`
 */
export const roiAlign = (x: Value, boxes: Value, batchIndices: Value, options: RoiAlignOptions): Value =>
  apply('RoiAlign', [x, boxes, batchIndices], {
    mode: 'avg',
    output_height: options.size,
    output_width: options.size,
    sampling_ratio: options.samplingRatio,
    spatial_scale: options.scale,
    coordinate_transformation_mode: options.aligned ? 'half_pixel' : 'output_half_pixel',
  });
