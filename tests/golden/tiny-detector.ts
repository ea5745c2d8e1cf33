/** @file A tiny Faster R-CNN whose weights come from an integer hash; `generate/tiny_detector.py` is the same in PyTorch. */
import { parseDetectorConfig } from '../../src/detector/config.ts';
import { detectorNetwork } from '../../src/detector/network.ts';
import { relu } from '../../src/graph/arithmetic.ts';
import { maxPool } from '../../src/graph/neural.ts';
import { convolutionNorm } from '../../src/nn/convolution-norm.ts';
import type { Parameters } from '../../src/nn/parameters.ts';
import { invertedBottleneck } from '../../src/nn/trunks/efficientnet-lite.ts';
import { bottleneck } from '../../src/nn/trunks/resnet.ts';
import type { Trunk } from '../../src/nn/trunks/trunk.ts';
import { sizeOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { hashedNumbers } from './hashed-numbers.ts';

/** A stem, a block of ResNet, two of EfficientNet-Lite, a block of ResNet: strides 4, 8, 16, 32. */
export const tinyTrunk: Pick<Trunk, 'build' | 'channels'> = {
  channels: [12, 10, 12, 16],
  build: (scope) => {
    const stem = convolutionNorm(
      scope,
      { conv: 'conv1', norm: 'bn1' },
      { inputs: 3, outputs: 8, kernel: 3, stride: 2, epsilon: 1e-3 },
    );
    const resnet = { groups: 1, widthPerGroup: 64 };
    const lite = { stride: 2, expansion: 6, padding: 'symmetric' } as const;
    const layers = [
      bottleneck(scope.child('layer1'), { inputs: 8, planes: 3, stride: 1, ...resnet }),
      invertedBottleneck(scope.child('layer2'), { inputs: 12, outputs: 10, kernel: 3, ...lite }),
      invertedBottleneck(scope.child('layer3'), { inputs: 10, outputs: 12, kernel: 5, ...lite }),
      bottleneck(scope.child('layer4'), { inputs: 12, planes: 4, stride: 2, ...resnet }),
    ];
    return (image) => {
      let x = maxPool(relu(stem(image)), { kernel: 3, stride: 2, padding: 1 });
      return layers.map((layer) => {
        x = layer(x);
        return x;
      });
    };
  },
};

/** Features, logits and deltas of order 1. */
const gains: readonly (readonly [part: string, factor: number])[] = [
  ['fpn.', 0.3],
  ['bbox_pred', 0.3],
  ['cls_', 0.5],
];

/** What a parameter is filled with. */
function fill(name: string, shape: readonly number[]): Tensor<'float32'> {
  const values = hashedNumbers(name, sizeOf(shape)).map((value) => value * 2 - 1);
  const factor = gains.find(([part]) => name.includes(part))?.[1] ?? 1;
  const scale = Math.sqrt(6 / sizeOf(shape.slice(1))) * factor;
  const isGain = name.endsWith('running_var') || (shape.length === 1 && name.endsWith('.weight'));
  const of = (value: number) => (isGain ? 1 + 0.3 * value : shape.length === 1 ? 0.2 * value : scale * value);
  return tensor('float32', shape, Float32Array.from(values, of));
}

/** The network of a golden file's configuration, and its parameters. */
export function tinyDetector(goldenConfig: unknown) {
  const config = parseDetectorConfig(goldenConfig, 'the golden file');
  const network = detectorNetwork(config, tinyTrunk);
  const parameters: Parameters = new Map(network.specs.map(({ name, shape }) => [name, fill(name, shape)]));
  return { config, network, parameters };
}

/** `[count, 3, height, width]` in `[-2, 2)`. */
export function tinyPixels(count: number, height: number, width: number): Tensor<'float32'> {
  const values = hashedNumbers('pixels', count * 3 * height * width);
  return tensor(
    'float32',
    [count, 3, height, width],
    Float32Array.from(values, (value) => value * 4 - 2),
  );
}
