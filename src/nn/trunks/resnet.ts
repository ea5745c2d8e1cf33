/**
 * @file ResNet with bottlenecks, and ResNeXt, which is the same with groups. Parameter names are torchvision's.
 *
 * The stride sits on the 3x3 convolution (torchvision's "v1.5"), or on the 1x1 before it (the paper's, Caffe's).
 * Reference: https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py
 */
import { add, relu } from '../../graph/arithmetic.ts';
import { maxPool } from '../../graph/neural.ts';
import type { Value } from '../../graph/value.ts';
import { convolutionNorm, type Norm } from '../convolution-norm.ts';
import { kaimingNormalFanOut } from '../initialisers.ts';
import type { Layer, ParameterScope } from '../parameters.ts';

export interface ResNetConfig {
  /** Bottlenecks of layer1..layer4: 3, 4, 6, 3 in ResNet-50. */
  readonly blocks: readonly number[];
  /** Groups of the 3x3 convolutions: 1, or 32 and 64 in ResNeXt. */
  readonly groups: number;
  /** 64 in ResNet, 8 or 4 in ResNeXt. */
  readonly widthPerGroup: number;
  /** Left out: frozen batch norm. */
  readonly norm?: Norm;
  /** The convolution of a bottleneck that skips places; left out: 3x3. */
  readonly strideOn?: '3x3' | '1x1';
}

/** Output channels are this many times `planes`, the width of the first form of the paper. */
const EXPANSION = 4;
/** torchvision's FrozenBatchNorm2d. */
const EPSILON = 1e-5;
const STEM_CHANNELS = 64;

/** Builds the trunk: `[N, 3, H, W]` to C2..C5 (strides 4, 8, 16, 32), of as many layers as there are counts of blocks. */
export function resnet(scope: ParameterScope, config: ResNetConfig): (image: Value) => readonly Value[] {
  const stem = convolutionNorm(
    scope,
    { conv: 'conv1', norm: 'bn1' },
    { inputs: 3, outputs: STEM_CHANNELS, kernel: 7, stride: 2, ...normalised(config.norm) },
  );
  let inputs = STEM_CHANNELS;
  const layers = config.blocks.map((count, layerIndex) => {
    const layerScope = scope.child(`layer${layerIndex + 1}`);
    return Array.from({ length: count }, (_, blockIndex) => {
      const planes = 64 * 2 ** layerIndex;
      const stride = blockIndex === 0 && layerIndex > 0 ? 2 : 1;
      const block = bottleneck(layerScope.child(blockIndex), { inputs, planes, stride, ...config });
      inputs = planes * EXPANSION;
      return block;
    });
  });
  return (image) => {
    let x = maxPool(relu(stem(image)), { kernel: 3, stride: 2, padding: 1 });
    return layers.map((blocks) => {
      for (const block of blocks) x = block(x);
      return x;
    });
  };
}

export interface BottleneckConfig {
  readonly inputs: number;
  readonly planes: number;
  readonly stride: number;
  readonly groups: number;
  readonly widthPerGroup: number;
  /** Left out: frozen batch norm. */
  readonly norm?: Norm;
  /** Left out: 3x3. */
  readonly strideOn?: '3x3' | '1x1';
}

/** 1x1, 3x3, 1x1 and a shortcut, which is projected (`downsample`) where stride or channels change. */
export function bottleneck(scope: ParameterScope, config: BottleneckConfig): Layer {
  const { inputs, planes, stride, groups, widthPerGroup, strideOn = '3x3' } = config;
  const width = Math.floor((planes * widthPerGroup) / 64) * groups;
  const outputs = planes * EXPANSION;
  const shared = normalised(config.norm);
  const reduce = convolutionNorm(
    scope,
    { conv: 'conv1', norm: 'bn1' },
    { inputs, outputs: width, kernel: 1, stride: strideOn === '1x1' ? stride : 1, ...shared },
  );
  const spatial = convolutionNorm(
    scope,
    { conv: 'conv2', norm: 'bn2' },
    { inputs: width, outputs: width, kernel: 3, stride: strideOn === '3x3' ? stride : 1, group: groups, ...shared },
  );
  const restore = convolutionNorm(
    scope,
    { conv: 'conv3', norm: 'bn3' },
    // Where the gain trains, a fresh block starts as its shortcut: what is random does not pile up over the depth.
    { inputs: width, outputs, kernel: 1, gain: 0, ...shared },
  );
  const shortcut: Layer =
    stride === 1 && inputs === outputs
      ? (x) => x
      : convolutionNorm(
          scope.child('downsample'),
          { conv: '0', norm: '1' },
          { inputs, outputs, kernel: 1, stride, ...shared },
        );
  return (x) => relu(add(restore(relu(spatial(relu(reduce(x))))), shortcut(x)));
}

const normalised = (norm: Norm = 'frozen-batch') => ({ epsilon: EPSILON, weightInit: kaimingNormalFanOut(), norm });
