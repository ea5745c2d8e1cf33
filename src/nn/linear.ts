/** @file A linear layer over rows. */
import { linear as applyLinear } from '../graph/neural.ts';
import { type Initialiser, torchDefault, torchDefaultBias } from './initialisers.ts';
import type { Layer, ParameterScope } from './parameters.ts';

export interface LinearConfig {
  readonly inputs: number;
  readonly outputs: number;
  /** Left out: PyTorch's default. */
  readonly weightInit?: Initialiser;
  readonly biasInit?: Initialiser;
}

/** `[N, inputs]` to `[N, outputs]`; parameters `weight` `[outputs, inputs]` and `bias`. */
export function linear(scope: ParameterScope, config: LinearConfig): Layer {
  const shape = [config.outputs, config.inputs];
  const weight = scope.parameter('weight', shape, config.weightInit ?? torchDefault);
  const bias = scope.parameter('bias', [config.outputs], config.biasInit ?? torchDefaultBias(shape));
  return (x) => applyLinear(x, weight, bias);
}
