/**
 * @file What fresh parameters are filled with, in the forms that PyTorch and torchvision use.
 *
 * Shapes are PyTorch's: `[out, in]` for linear layers, `[out, in / group, kh, kw]` for convolutions.
 * Reference: https://docs.pytorch.org/docs/stable/nn.init.html
 */
import type { Random } from '../random/random.ts';
import { type Shape, sizeOf } from '../tensor/tensor.ts';

export type Initialiser = (shape: Shape, random: Random) => Float32Array;

/** Inputs that one output element sums over. */
const fanIn = (shape: Shape): number => sizeOf(shape.slice(1));

const filled = (shape: Shape, draw: () => number): Float32Array => {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
};

export const constantInit =
  (value: number): Initialiser =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

export const normalInit =
  (std: number): Initialiser =>
  (shape, random) =>
    filled(shape, () => std * random.normal());

/** Uniform in `[-bound, bound)`. */
const uniformInit =
  (bound: number): Initialiser =>
  (shape, random) =>
    filled(shape, () => random.between(-bound, bound));

/** `kaiming_uniform_(a)` over the fan-in: `a` is the slope of a leaky ReLU; 1 is FPN's. */
export const kaimingUniform =
  (a: number): Initialiser =>
  (shape, random) =>
    uniformInit(Math.sqrt(6 / ((1 + a * a) * fanIn(shape))))(shape, random);

/** `kaiming_normal_(mode='fan_out', nonlinearity='relu')`; timm divides the fan by the groups, torchvision does not. */
export const kaimingNormalFanOut =
  (group = 1): Initialiser =>
  (shape, random) =>
    normalInit(Math.sqrt((2 * group) / (shape[0] * sizeOf(shape.slice(2)))))(shape, random);

/** The default of PyTorch's linear and convolution weights: `kaiming_uniform_(a=sqrt(5))`. */
export const torchDefault: Initialiser = kaimingUniform(Math.sqrt(5));

/** The default of their biases: uniform in `1 / sqrt(fan-in)` of the weight beside it. */
export const torchDefaultBias = (weightShape: Shape): Initialiser => uniformInit(1 / Math.sqrt(fanIn(weightShape)));
