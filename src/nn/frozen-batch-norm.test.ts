import { expect, test } from 'vitest';
import { runGraph } from '../../tests/run-graph.ts';
import { total } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { input, inputsOf, type Value } from '../graph/value.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { convolutionFrozenBatchNorm } from './frozen-batch-norm.ts';
import { ParameterScope } from './parameters.ts';

const scope = ParameterScope.root();
const layer = convolutionFrozenBatchNorm(scope.child('conv'), scope.child('bn'), {
  inputs: 1,
  outputs: 2,
  kernel: 1,
  epsilon: 0,
});
const x = input('x', 'float32', [1, 1, 1, 2]);
const y = layer(x);
const parameters = new Map<string, Tensor>([
  ['conv.weight', float32([3, 5], [2, 1, 1, 1])],
  ['bn.weight', float32([2, 1])],
  ['bn.bias', float32([1, 0])],
  ['bn.running_mean', float32([4, 0])],
  ['bn.running_var', float32([4, 0.25])],
]);
const photo = new Map([['x', float32([1, 2], [1, 1, 1, 2])]]);

test('is (conv - mean) / deviation * weight + bias, bound or fed', async () => {
  // Channel 0: (3 x - 4) / 2 * 2 + 1. Channel 1: 5 x / 0.5.
  const wanted = float32([0, 3, 10, 20], [1, 2, 1, 2]);
  expect((await runGraph({ y }, photo, parameters)).y).toEqual(wanted);
  expect((await runGraph({ y }, new Map([...photo, ...parameters]))).y).toEqual(wanted);
});

test("the kernel's gradient gains the scale", async () => {
  const kernel = inputsOf([y]).get('conv.weight') as Value;
  const [slope] = gradients(total(y), [kernel]);
  const { slope: found } = await runGraph({ slope: slope as Value }, new Map([...photo, ...parameters]));
  expect(found).toEqual(float32([3, 6], [2, 1, 1, 1]));
});

test('its statistics and affine numbers are never trained', () => {
  const frozen = scope.specs.filter(({ kind }) => kind === 'frozen').map(({ name }) => name);
  expect(frozen).toEqual(['bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var']);
});
