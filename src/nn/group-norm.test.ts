import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type BlockCase,
  checkBlock,
  type GoldenTensor,
  goldenTensor,
  goldenTensors,
} from '../../tests/golden/blocks.ts';
import { expectClose, type GoldenSource } from '../../tests/golden/expect-close.ts';
import { runGraph } from '../../tests/run-graph.ts';
import { mul, total } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { constant, input, UNKNOWN, type Value } from '../graph/value.ts';
import { float32, sizeOf } from '../tensor/tensor.ts';
import { featurePyramid } from './fpn.ts';
import { groupNorm, groupsOf } from './group-norm.ts';
import { type Layer, ParameterScope } from './parameters.ts';
import { type BottleneckConfig, bottleneck } from './trunks/resnet.ts';
import { trunks } from './trunks/trunk.ts';

interface NormCase {
  readonly channels: number;
  readonly groups: number;
}

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/nn-group-norm.json', import.meta.url), 'utf8')) as {
  source: GoldenSource;
  norms: BlockCase<NormCase>[];
  bottleneck: BlockCase<BottleneckConfig>;
  pyramid: { parameters: Record<string, GoldenTensor>; features: GoldenTensor[]; levels: GoldenTensor[] };
};

const normLayer = (scope: ParameterScope, { channels, groups }: NormCase): Layer => {
  const [gain, bias] = ['weight', 'bias'].map((name) => scope.parameter(name, [channels], () => new Float32Array(0)));
  return (x) => groupNorm(x, gain!, bias!, { groups, epsilon: 1e-5 });
};

describe('group norm', () => {
  test('brings each group to mean 0 and deviation 1, then scales and shifts channel by channel', async () => {
    const x = input('x', 'float32', [1, 4, 1, 1]);
    const [gain, bias] = [float32([1, 1, 2, 2]), float32([0, 0, 5, 5])].map((tensor) => constant(tensor));
    const y = groupNorm(x, gain!, bias!, { groups: 2, epsilon: 0 });
    const found = await runGraph({ y }, new Map([['x', float32([10, 12, -3, 3], [1, 4, 1, 1])]]));
    expect(found.y).toEqual(float32([-1, 1, 3, 7], [1, 4, 1, 1]));
  });

  for (const block of golden.norms) {
    test(`equals PyTorch's with ${block.name}, gradients too`, () => checkBlock(normLayer, block, golden.source));
  }

  test("its hand-written gradient is that of the operators' chain", async () => {
    const shape = [2, 6, 3, 3];
    const values = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
    const [x, gain, bias] = [shape, [6], [6]].map((extents, i) => input(`p${i}`, 'float32', extents)) as Value[];
    const y = groupNorm(x!, gain!, bias!, { groups: 2, epsilon: 1e-3 });
    const probe = constant(float32(values(sizeOf(shape), 0.7), shape));
    const operands = [x!, gain!, bias!];
    // The value behind `withGradient` is the chain itself.
    const [own, chain] = [y, y.node!.inputs[0]!].map((value) => gradients(total(mul(value, probe)), operands));
    const feeds = new Map(
      operands.map((value, i) => [`p${i}`, float32(values(sizeOf(value.shape), 1.3), value.shape)]),
    );
    for (const [i] of operands.entries()) {
      const found = await runGraph({ own: own![i]!, chain: chain![i]! }, feeds);
      expect(found.own.shape).toEqual(found.chain.shape);
      for (const [at, wanted] of found.chain.data.entries()) expect(found.own.data[at]).toBeCloseTo(wanted, 4);
    }
  });

  test('a photo of unknown size is normalised too', () => {
    const x = input('x', 'float32', [1, 64, UNKNOWN, UNKNOWN]);
    const y = groupNorm(x, input('g', 'float32', [64]), input('b', 'float32', [64]), { groups: 32, epsilon: 1e-5 });
    expect(y.shape).toEqual([1, 64, UNKNOWN, UNKNOWN]);
  });

  test('has 32 groups, fewer where a group would hold less than two channels', () => {
    expect([64, 256, 2048, 24, 40, 112, 16, 8, 2, 1].map(groupsOf)).toEqual([32, 32, 32, 4, 4, 8, 8, 4, 1, 1]);
  });
});

describe('networks with group norm', () => {
  test(`equals torchvision's ${golden.bottleneck.name}, gradients too`, () =>
    checkBlock(bottleneck, golden.bottleneck, golden.source));

  test("the pyramid equals torchvision's with norm_layer", async () => {
    const { parameters, features, levels } = golden.pyramid;
    const scope = ParameterScope.root();
    const build = featurePyramid(scope, { inputs: [2, 4], width: 4, norm: 'group' });
    expect(scope.specs.map(({ name }) => name).sort()).toEqual(Object.keys(parameters).sort());
    const feeds = goldenTensors(parameters);
    for (const [i, feature] of features.entries()) feeds.set(`c${i}`, goldenTensor(feature));
    const made = build(features.map(({ shape }, i) => input(`c${i}`, 'float32', shape)));
    const found = await runGraph(Object.fromEntries(made.map((level, i) => [`p${i}`, level])), feeds);
    for (const [i, { data }] of levels.entries()) expectClose(found[`p${i}`]!.data, data, 1e-4, golden.source);
  });

  for (const name of ['r50', 'lite0'] as const) {
    test(`${name} trains every number of its norms, under the names that frozen ones have`, () => {
      const [group, frozen] = (['group', 'frozen-batch'] as const).map((norm) => {
        const scope = ParameterScope.root();
        trunks[name].build(scope, { padding: 'symmetric', norm });
        return scope.specs;
      });
      expect(group!.every(({ kind }) => kind === 'trainable')).toBe(true);
      const withoutStatistics = frozen!.filter(({ name: of }) => !of.includes('running_'));
      expect(group!.map(({ name: of }) => of)).toEqual(withoutStatistics.map(({ name: of }) => of));
    });

    test(`${name} up to C4 declares nothing of the stage after it`, () => {
      const scope = ParameterScope.root();
      const maps = trunks[name].build(scope, { padding: 'symmetric', deepest: 'C4' });
      const prefixes = trunks[name].stages[4]!;
      expect(scope.specs.filter(({ name: of }) => prefixes.some((prefix) => of.startsWith(prefix)))).toEqual([]);
      expect(maps(input('pixels', 'float32', [1, 3, 64, 64])).map(({ shape }) => shape[2])).toEqual([16, 8, 4]);
    });
  }
});
