/** @file A convolution without bias and the normalisation after it, of the kind that the detector's configuration names. */
import { conv } from '../graph/neural.ts';
import { convolutionOptions, type KernelConfig, kernelShape } from './convolution.ts';
import { convolutionFrozenBatchNorm } from './frozen-batch-norm.ts';
import { groupNorm, groupsOf } from './group-norm.ts';
import { constantInit, torchDefault } from './initialisers.ts';
import type { Layer, ParameterScope } from './parameters.ts';

/**
 * `frozen-batch`: the statistics of pretrained weights, never trained, no work when served. `group`: trains from random
 * weights too (docs/decisions/0005).
 */
export type Norm = 'frozen-batch' | 'group';

/** Names of the two parts inside the scope, as the pretrained weights have them (`conv1` and `bn1`). */
export interface ConvolutionNormNames {
  readonly conv: string;
  readonly norm: string;
}

export interface ConvolutionNormConfig extends KernelConfig {
  readonly epsilon: number;
  /** Left out: frozen batch norm. */
  readonly norm?: Norm;
  /** What a group norm's fresh gains are; left out: 1. Of frozen ones they are always 1. */
  readonly gain?: number;
}

/**
 * `[N, inputs, H, W]` to `[N, outputs, H', W']`. Parameters: the convolution's `weight`; `weight` and `bias` of the norm,
 * and `running_mean` and `running_var` where it is frozen.
 */
export function convolutionNorm(
  scope: ParameterScope,
  names: ConvolutionNormNames,
  { norm = 'frozen-batch', ...config }: ConvolutionNormConfig,
): Layer {
  const [convScope, normScope] = [scope.child(names.conv), scope.child(names.norm)];
  if (norm === 'frozen-batch') return convolutionFrozenBatchNorm(convScope, normScope, config);
  const { outputs, epsilon, gain = 1 } = config;
  const kernel = convScope.parameter('weight', kernelShape(config), config.weightInit ?? torchDefault);
  const gains = normScope.parameter('weight', [outputs], constantInit(gain));
  const bias = normScope.parameter('bias', [outputs], constantInit(0));
  const groups = groupsOf(outputs);
  return (x) => groupNorm(conv(x, kernel, null, convolutionOptions(config)), gains, bias, { groups, epsilon });
}
