import { describe, expect, test } from 'vitest';
import { float32, int64, type Tensor, tensor } from '../tensor/tensor.ts';
import { halvesFromFloats } from '../weights/float16.ts';
import { convolution } from './convolution.ts';
import { constantInit, kaimingNormalFanOut, kaimingUniform, normalInit } from './initialisers.ts';
import { linear } from './linear.ts';
import {
  initialParameters,
  ParameterError,
  ParameterScope,
  parameterCount,
  parametersFrom,
  parametersFromOrInitial,
} from './parameters.ts';

function twoLayers(): ParameterScope {
  const scope = ParameterScope.root();
  convolution(scope.child('head').child('conv'), { inputs: 4, outputs: 6, kernel: 3, group: 2 });
  linear(scope.child('fc'), { inputs: 10, outputs: 3 });
  return scope;
}

describe('a scope', () => {
  test('collects names, shapes and kinds in the order of declaration', () => {
    const scope = twoLayers();
    expect(scope.specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['head.conv.weight', [6, 2, 3, 3]],
      ['head.conv.bias', [6]],
      ['fc.weight', [3, 10]],
      ['fc.bias', [3]],
    ]);
    expect(parameterCount(scope.specs)).toBe(108 + 6 + 30 + 3);
  });

  test('refuses a name that is taken', () => {
    const scope = ParameterScope.root();
    scope.parameter('w', [1], constantInit(0));
    expect(() => scope.frozen('w', [1], constantInit(0))).toThrow(/declared twice/);
  });
});

describe('fresh parameters', () => {
  test('depend on seed and name alone', () => {
    const specs = twoLayers().specs;
    const all = initialParameters(specs, 7);
    const alone = initialParameters([specs[2]], 7);
    expect(alone.get('fc.weight')).toEqual(all.get('fc.weight'));
    expect(initialParameters(specs, 8).get('fc.weight')).not.toEqual(all.get('fc.weight'));
  });

  const spread = (initialise: ReturnType<typeof kaimingUniform>, shape: number[]) => {
    const scope = ParameterScope.root();
    scope.parameter('w', shape, initialise);
    const { data } = initialParameters(scope.specs, 3).get('w') as Tensor<'float32'>;
    const std = Math.sqrt(data.reduce((squares, value) => squares + value * value, 0) / data.length);
    return { std, largest: data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) };
  };

  test("have the spread that PyTorch's forms have", () => {
    // Uniform in a bound has a deviation of bound / sqrt(3); a fan-in of 400.
    expect(spread(kaimingUniform(1), [100, 100, 2, 2]).std).toBeCloseTo(Math.sqrt(3 / 400) / Math.sqrt(3), 3);
    expect(spread(kaimingUniform(1), [100, 100, 2, 2]).largest).toBeLessThanOrEqual(Math.sqrt(3 / 400));
    expect(spread(kaimingUniform(Math.sqrt(5)), [100, 400]).largest).toBeLessThanOrEqual(1 / 20);
    expect(spread(normalInit(0.01), [200, 200]).std).toBeCloseTo(0.01, 4);
    expect(spread(kaimingNormalFanOut(), [50, 200, 2, 2]).std).toBeCloseTo(Math.sqrt(2 / 200), 3);
  });
});

describe('loading', () => {
  const specs = twoLayers().specs;
  const complete = (): Map<string, Tensor> => new Map(initialParameters(specs, 1));

  test('takes what the specs name, widening halves, and ignores the rest', () => {
    const tensors = complete().set('other', int64([1]));
    tensors.set('fc.bias', tensor('float16', [3], halvesFromFloats(Float32Array.of(1, 0.5, -2))));
    const parameters = parametersFrom(specs, tensors, 'w.safetensors');
    expect([...parameters.keys()]).toEqual(specs.map(({ name }) => name));
    expect(parameters.get('fc.bias')).toEqual(float32([1, 0.5, -2]));
  });

  test('a missing tensor, a wrong shape, a wrong dtype: errors that name file and tensor', () => {
    const missing = complete();
    missing.delete('fc.bias');
    expect(() => parametersFrom(specs, missing, 'w.safetensors')).toThrow(/w\.safetensors: tensor fc\.bias is missing/);
    const shape = complete().set('fc.bias', float32([1, 2]));
    expect(() => parametersFrom(specs, shape, 'w.safetensors')).toThrow(/fc\.bias does not fit.*\[3\].*\[2\]/);
    const dtype = complete().set('fc.bias', int64([1, 2, 3]));
    expect(() => parametersFrom(specs, dtype, 'w.safetensors')).toThrow(ParameterError);
  });

  test('with fresh ones where name or shape differ, which are listed', () => {
    const tensors = complete().set('fc.bias', float32([1, 2]));
    tensors.delete('fc.weight');
    const { parameters, initialised } = parametersFromOrInitial(specs, tensors, 5, 'w.safetensors');
    expect(initialised).toEqual(['fc.weight', 'fc.bias']);
    expect(parameters.get('head.conv.weight')).toEqual(tensors.get('head.conv.weight'));
    expect(parameters.get('fc.weight')).toEqual(initialParameters(specs, 5).get('fc.weight'));
  });
});
