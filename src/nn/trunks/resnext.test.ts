import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BlockCase, checkBlock } from '../../../tests/golden/blocks.ts';
import { expectClose } from '../../../tests/golden/expect-close.ts';
import { hashedNumbers } from '../../../tests/golden/hashed-numbers.ts';
import { runGraph } from '../../../tests/run-graph.ts';
import { mean } from '../../graph/arithmetic.ts';
import { input, type Value } from '../../graph/value.ts';
import { sizeOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import { ParameterScope, parameterCount } from '../parameters.ts';
import { type BottleneckConfig, bottleneck, resnet } from './resnet.ts';
import { trunks } from './trunk.ts';

interface SmallNet {
  readonly groups: number;
  readonly widthPerGroup: number;
  readonly side: number;
  readonly steps: readonly number[];
  readonly shapes: readonly (readonly number[])[];
  readonly means: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL('../../../tests/golden/resnext.json', import.meta.url), 'utf8'));

describe('grouped bottleneck', () => {
  for (const block of golden.blocks as BlockCase<BottleneckConfig>[]) {
    test(`equals torchvision's ${block.name}, every gradient too`, () => checkBlock(bottleneck, block, golden.source));
  }
});

/** What a parameter is filled with; `generate/resnext.py` is the same. */
function fill(name: string, shape: readonly number[]): Tensor<'float32'> {
  const values = hashedNumbers(name, sizeOf(shape)).map((value) => value * 2 - 1);
  const isGain = name.endsWith('running_var') || (shape.length === 1 && name.endsWith('weight'));
  const scale = Math.sqrt(6 / (sizeOf(shape) / shape[0]));
  const of = (value: number) => (isGain ? 1 + 0.3 * value : shape.length === 1 ? 0.2 * value : scale * value);
  return tensor('float32', shape, Float32Array.from(values, of));
}

test("a small ResNeXt gives torchvision's features at every stage", async () => {
  const { groups, widthPerGroup, side, steps, shapes, means, samples }: SmallNet = golden.small;
  const scope = ParameterScope.root();
  const features = resnet(scope, { blocks: [1, 1, 1, 1], groups, widthPerGroup });
  const parameters = new Map(scope.specs.map(({ name, shape }) => [name, fill(name, shape)]));
  const pixels = tensor(
    'float32',
    [1, 3, side, side],
    Float32Array.from(hashedNumbers('pixels', 3 * side * side), (value) => value * 4 - 2),
  );
  const maps = features(input('pixels', 'float32', [1, 3, side, side]));
  const outputs: Record<string, Value> = {};
  for (const [level, map] of maps.entries())
    Object.assign(outputs, { [level]: map, [`mean${level}`]: mean(map, [0, 1, 2, 3]) });
  const found: Record<string, Tensor> = await runGraph(outputs, new Map([['pixels', pixels]]), parameters);
  for (const [level, shape] of shapes.entries()) {
    const { data, shape: foundShape } = found[level];
    expect(foundShape).toEqual(shape);
    const sampled = (data as Float32Array).filter((_, at) => at % steps[level] === 0);
    expectClose(sampled, samples[level], 5e-4, golden.source);
    expect(Number(found[`mean${level}`].data[0])).toBeCloseTo(means[level], 4);
  }
});

test('has the parameters of torchvision resnet101 and resnext101_64x4d without their classifiers', () => {
  const counted = { r101: 44_549_160, 'x101-64x4d': 83_455_272 } as const;
  for (const [name, count] of Object.entries(counted)) {
    const scope = ParameterScope.root();
    trunks[name as keyof typeof counted].build(scope, { padding: 'symmetric' });
    const weights = scope.specs.filter(({ name: parameter }) => !parameter.includes('running_'));
    expect(parameterCount(weights), name).toBe(count - 2_049_000);
  }
});
