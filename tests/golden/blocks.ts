/** @file Golden cases of one block: its output, and the gradients of input and kernels, against PyTorch. */
import { expect } from 'vitest';
import { mul, total } from '../../src/graph/arithmetic.ts';
import { gradients } from '../../src/graph/gradients.ts';
import { constant, input, inputsOf, type Value } from '../../src/graph/value.ts';
import { type Layer, ParameterScope } from '../../src/nn/parameters.ts';
import { float32, type Tensor } from '../../src/tensor/tensor.ts';
import { runGraph } from '../run-graph.ts';
import { expectClose, type GoldenSource } from './expect-close.ts';

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface BlockCase<Config> {
  readonly name: string;
  readonly config: Config;
  readonly parameters: Readonly<Record<string, GoldenTensor>>;
  readonly input: GoldenTensor;
  readonly output: GoldenTensor;
  /** The loss is the sum of output times probe. */
  readonly probe: readonly number[];
  readonly inputGradient: readonly number[];
  readonly kernelGradients: Readonly<Record<string, readonly number[]>>;
}

const TOLERANCE = 2e-4;

export const goldenTensor = ({ data, shape }: GoldenTensor): Tensor<'float32'> => float32(data, shape);

export const goldenTensors = (tensors: Readonly<Record<string, GoldenTensor>>): Map<string, Tensor<'float32'>> =>
  new Map(Object.entries(tensors).map(([name, tensor]) => [name, goldenTensor(tensor)]));

/** Builds the block, runs it forward and backward, and compares everything. */
export async function checkBlock<Config>(
  build: (scope: ParameterScope, config: Config) => Layer,
  golden: BlockCase<Config>,
  source: GoldenSource,
): Promise<void> {
  const scope = ParameterScope.root();
  const layer = build(scope, golden.config);
  expect(new Set(scope.specs.map(({ name }) => name))).toEqual(new Set(Object.keys(golden.parameters)));
  const x = input('x', 'float32', golden.input.shape);
  const y = layer(x);
  const inputs = inputsOf([y]);
  const kernelNames = Object.keys(golden.kernelGradients);
  const kernels = kernelNames.map((name) => inputs.get(name) as Value);
  const loss = total(mul(y, constant(float32(golden.probe, golden.output.shape))));
  const [dx, ...slopes] = gradients(loss, [x, ...kernels]);
  const feeds = goldenTensors(golden.parameters).set('x', goldenTensor(golden.input));
  const outputs = { y, dx: dx!, ...Object.fromEntries(kernelNames.map((name, i) => [`d ${name}`, slopes[i]])) };
  const found: Record<string, Tensor<'float32'>> = await runGraph(outputs, feeds);
  expect(found.y!.shape).toEqual(golden.output.shape);
  expectClose(found.y!.data, golden.output.data, TOLERANCE, source);
  expectClose(found.dx!.data, golden.inputGradient, TOLERANCE, source);
  for (const name of kernelNames) {
    expectClose(found[`d ${name}`].data, golden.kernelGradients[name], 10 * TOLERANCE, source);
  }
}
