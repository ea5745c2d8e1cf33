/**
 * @file Convolution followed by batch norm with fixed statistics, as one convolution.
 *
 * `scale * (conv(x, w) - mean) + bias` is `conv(x, scale * w) + (bias - scale * mean)`: the kernel is scaled, not the
 * activations. With a bound kernel the runtime folds everything into constants when the session is created; with a
 * kernel that trains the price is one product over the kernel a step, and the gradient of the kernel gains the scale.
 */
import { add, div, mul, sqrt, sub } from '../graph/arithmetic.ts';
import { reshape } from '../graph/layout.ts';
import { conv } from '../graph/neural.ts';
import type { Value } from '../graph/value.ts';
import { convolutionOptions, type KernelConfig, kernelShape } from './convolution.ts';
import { constantInit, torchDefault } from './initialisers.ts';
import type { Layer, ParameterScope } from './parameters.ts';

/** The affine form of frozen batch norm: `y = scale * x + shift`, both `[channels]`. */
interface Affine {
  readonly scale: Value;
  readonly shift: Value;
}

/** Declares `weight`, `bias`, `running_mean`, `running_var`, none of them trained. */
function frozenBatchNorm(scope: ParameterScope, channels: number, epsilon: number): Affine {
  const gain = scope.frozen('weight', [channels], constantInit(1));
  const bias = scope.frozen('bias', [channels], constantInit(0));
  const mean = scope.frozen('running_mean', [channels], constantInit(0));
  const variance = scope.frozen('running_var', [channels], constantInit(1));
  const scale = div(gain, sqrt(add(variance, epsilon)));
  return { scale, shift: sub(bias, mul(mean, scale)) };
}

/**
 * A convolution without bias and the frozen batch norm after it: `[N, inputs, H, W]` to `[N, outputs, H', W']`.
 *
 * @param convScope where `weight` is declared
 * @param normScope where the norm's numbers are
 */
export function convolutionFrozenBatchNorm(
  convScope: ParameterScope,
  normScope: ParameterScope,
  config: KernelConfig & { readonly epsilon: number },
): Layer {
  const weight = convScope.parameter('weight', kernelShape(config), config.weightInit ?? torchDefault);
  const { scale, shift } = frozenBatchNorm(normScope, config.outputs, config.epsilon);
  const folded = mul(weight, reshape(scale, [config.outputs, 1, 1, 1]));
  return (x) => conv(x, folded, shift, convolutionOptions(config));
}
