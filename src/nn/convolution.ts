/** @file Convolution layers with a bias: plain, grouped, depthwise (`group` equal to the channels), separable. */
import { type ConvolutionOptions, conv } from '../graph/neural.ts';
import { type Initialiser, torchDefault, torchDefaultBias } from './initialisers.ts';
import type { Layer, ParameterScope } from './parameters.ts';

export interface KernelConfig {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width. */
  readonly kernel: number;
  readonly stride?: number;
  /** Zeros on every side or `[top, left, bottom, right]`; left out: `floor(kernel / 2)` on every side. */
  readonly padding?: number | readonly [number, number, number, number];
  readonly group?: number;
  /** Left out: PyTorch's default. */
  readonly weightInit?: Initialiser;
}

export interface ConvolutionConfig extends KernelConfig {
  readonly biasInit?: Initialiser;
}

/** `[outputs, inputs / group, kernel, kernel]`. */
export const kernelShape = ({ inputs, outputs, kernel, group = 1 }: KernelConfig): readonly number[] => [
  outputs,
  inputs / group,
  kernel,
  kernel,
];

/** What the graph operator needs to know. */
export const convolutionOptions = (config: KernelConfig): ConvolutionOptions => ({
  stride: config.stride ?? 1,
  padding: config.padding ?? Math.floor(config.kernel / 2),
  group: config.group ?? 1,
});

/** `[N, inputs, H, W]` to `[N, outputs, H', W']`; parameters `weight` and `bias`. */
export function convolution(scope: ParameterScope, config: ConvolutionConfig): Layer {
  const shape = kernelShape(config);
  const weight = scope.parameter('weight', shape, config.weightInit ?? torchDefault);
  const bias = scope.parameter('bias', [config.outputs], config.biasInit ?? torchDefaultBias(shape));
  return (x) => conv(x, weight, bias, convolutionOptions(config));
}

/**
 * A convolution in two steps, without an activation between: each channel on its own (`depthwise`), then 1x1 across
 * channels (`pointwise`). About a ninth of the work of a 3x3 one.
 */
export function separableConvolution(
  scope: ParameterScope,
  { inputs, outputs, kernel, ...rest }: ConvolutionConfig,
): Layer {
  const depthwise = convolution(scope.child('depthwise'), { inputs, outputs: inputs, kernel, group: inputs, ...rest });
  const pointwise = convolution(scope.child('pointwise'), { inputs, outputs, kernel: 1, ...rest, stride: 1 });
  return (x) => pointwise(depthwise(x));
}
