import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BlockCase, checkBlock } from '../../../tests/golden/blocks.ts';
import { input, UNKNOWN } from '../../graph/value.ts';
import { ParameterScope, parameterCount } from '../parameters.ts';
import { type BottleneckConfig, bottleneck } from './resnet.ts';
import { trunks } from './trunk.ts';

const golden = JSON.parse(readFileSync(new URL('../../../tests/golden/nn-blocks.json', import.meta.url), 'utf8'));

describe('bottleneck', () => {
  for (const block of golden.bottlenecks as BlockCase<BottleneckConfig>[]) {
    test(`equals torchvision's ${block.name}, gradients too`, () => checkBlock(bottleneck, block, golden.source));
  }
});

describe('resnet', () => {
  test('has the parameters of torchvision resnet50 without its classifier', () => {
    const scope = ParameterScope.root();
    trunks.r50.build(scope.child('trunk'), { padding: 'symmetric' });
    const weights = scope.specs.filter(({ name }) => !name.includes('running_'));
    expect(parameterCount(weights)).toBe(25_557_032 - 2_049_000);
    const shapes = new Map(scope.specs.map(({ name, shape }) => [name, shape]));
    expect(shapes.get('trunk.conv1.weight')).toEqual([64, 3, 7, 7]);
    expect(shapes.get('trunk.layer2.0.downsample.0.weight')).toEqual([512, 256, 1, 1]);
    expect(shapes.get('trunk.layer4.2.bn3.running_var')).toEqual([2048]);
  });

  test('has the parameters of torchvision resnext101_32x8d without its classifier', () => {
    const scope = ParameterScope.root();
    trunks['x101-32x8d'].build(scope, { padding: 'symmetric' });
    const weights = scope.specs.filter(({ name }) => !name.includes('running_'));
    expect(parameterCount(weights)).toBe(88_791_336 - 2_049_000);
  });

  for (const [name, trunk] of Object.entries(trunks)) {
    test(`${name} gives C2 to C5 at strides 4 to 32, of known and unknown size`, () => {
      const features = trunk.build(ParameterScope.root(), { padding: 'symmetric' });
      const shapes = features(input('pixels', 'float32', [2, 3, 64, 96])).map(({ shape }) => shape);
      expect(shapes).toEqual(trunk.channels.map((channels, level) => [2, channels, 16 / 2 ** level, 24 / 2 ** level]));
      const open = features(input('pixels', 'float32', [1, 3, UNKNOWN, UNKNOWN])).map(({ shape }) => shape);
      expect(open).toEqual(trunk.channels.map((channels) => [1, channels, UNKNOWN, UNKNOWN]));
    });
  }
});
