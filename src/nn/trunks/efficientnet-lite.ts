/**
 * @file EfficientNet-Lite: mobile inverted bottlenecks with ReLU6 and without squeeze-and-excite.
 *
 * Parameter names are timm's (`tf_efficientnet_lite0` and on).
 * Reference: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
 */
import { assert } from '../../errors/assert.ts';
import { add } from '../../graph/arithmetic.ts';
import { UNKNOWN, type Value } from '../../graph/value.ts';
import { relu6 } from '../activations.ts';
import type { KernelConfig } from '../convolution.ts';
import { type ConvolutionNormNames, convolutionNorm, type Norm } from '../convolution-norm.ts';
import { kaimingNormalFanOut } from '../initialisers.ts';
import type { Layer, ParameterScope } from '../parameters.ts';

/**
 * Where the zeros of a stride-2 convolution go. `same` is TensorFlow's, which the ImageNet weights were trained with:
 * the odd zero at the bottom right. `symmetric` is `floor(kernel / 2)` on every side, as torchvision pads.
 */
export type Padding = 'same' | 'symmetric';

export interface EfficientNetLiteConfig {
  readonly padding: Padding;
  /** Left out: frozen batch norm. */
  readonly norm?: Norm;
  /** The last map that is needed: stages after it are not declared. Left out: C5. */
  readonly deepest?: 'C4' | 'C5';
}

interface Stage {
  readonly blocks: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly outputs: number;
}

/** How a larger Lite grows from Lite0: factors of channels and of blocks a stage. Stem and head stay as they are. */
export interface LiteScaling {
  readonly width: number;
  readonly depth: number;
}

const STEM_CHANNELS = 32;
const EPSILON = 1e-3;

/** Lite0's. */
const STAGES: readonly Stage[] = [
  { blocks: 1, kernel: 3, stride: 1, expansion: 1, outputs: 16 },
  { blocks: 2, kernel: 3, stride: 2, expansion: 6, outputs: 24 },
  { blocks: 2, kernel: 5, stride: 2, expansion: 6, outputs: 40 },
  { blocks: 3, kernel: 3, stride: 2, expansion: 6, outputs: 80 },
  { blocks: 3, kernel: 5, stride: 1, expansion: 6, outputs: 112 },
  { blocks: 4, kernel: 5, stride: 2, expansion: 6, outputs: 192 },
  { blocks: 1, kernel: 3, stride: 1, expansion: 6, outputs: 320 },
];

/** The stages whose outputs are C2, C3, C4, C5: the last of each stride. */
const FEATURE_STAGES = [1, 2, 4, 6] as const;

/** Channels of C2, C3, C4, C5. */
export function liteChannels(scaling: LiteScaling): readonly [number, number, number, number] {
  const stages = scaledStages(scaling);
  const [c2, c3, c4, c5] = FEATURE_STAGES.map((stage) => stages[stage].outputs);
  return [c2, c3, c4, c5];
}

/** Builds the trunk: `[N, 3, H, W]`, H and W multiples of 32, to C2..C5 (strides 4, 8, 16, 32). */
export function efficientNetLite(
  scope: ParameterScope,
  { width, depth, ...config }: LiteScaling & EfficientNetLiteConfig,
): (image: Value) => readonly Value[] {
  const stem = convNorm(scope, { conv: 'conv_stem', norm: 'bn1' }, config, {
    inputs: 3,
    outputs: STEM_CHANNELS,
    kernel: 3,
    stride: 2,
  });
  let inputs = STEM_CHANNELS;
  const features = config.deepest === 'C4' ? FEATURE_STAGES.slice(0, 3) : FEATURE_STAGES;
  const stages = scaledStages({ width, depth })
    .slice(0, features.at(-1)! + 1)
    .map((stage, stageIndex) =>
      Array.from({ length: stage.blocks }, (_, blockIndex) => {
        const blockScope = scope.child('blocks').child(stageIndex).child(blockIndex);
        const block = { ...stage, inputs, stride: blockIndex === 0 ? stage.stride : 1, ...config };
        inputs = stage.outputs;
        return stage.expansion === 1 ? separable(blockScope, block) : invertedBottleneck(blockScope, block);
      }),
    );
  return (image) => {
    let x = relu6(stem(image));
    const outputs = stages.map((blocks) => {
      for (const block of blocks) x = block(x);
      return x;
    });
    return features.map((stage) => outputs[stage] as Value);
  };
}

/** Every stage's channels grow; of the blocks, those of all but the first and the last stage. */
function scaledStages({ width, depth }: LiteScaling): Stage[] {
  return STAGES.map((stage, index) => {
    const isInner = index > 0 && index < STAGES.length - 1;
    return {
      ...stage,
      outputs: roundedChannels(stage.outputs * width),
      blocks: isInner ? Math.ceil(stage.blocks * depth) : stage.blocks,
    };
  });
}

/** The nearest multiple of 8, unless that takes away more than a tenth. */
function roundedChannels(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

export interface LiteBlockConfig extends EfficientNetLiteConfig {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
}

/** Expand 1x1, depthwise, project 1x1; the input is added where stride and channels allow. */
export function invertedBottleneck(scope: ParameterScope, config: LiteBlockConfig): Layer {
  const { inputs, outputs, kernel, stride } = config;
  const inner = inputs * config.expansion;
  const expand = convNorm(scope, { conv: 'conv_pw', norm: 'bn1' }, config, { inputs, outputs: inner, kernel: 1 });
  const depthwise = convNorm(scope, { conv: 'conv_dw', norm: 'bn2' }, config, {
    inputs: inner,
    outputs: inner,
    kernel,
    stride,
    group: inner,
  });
  const project = convNorm(scope, { conv: 'conv_pwl', norm: 'bn3' }, config, { inputs: inner, outputs, kernel: 1 });
  const hasSkip = stride === 1 && inputs === outputs;
  return (x) => {
    const y = project(relu6(depthwise(relu6(expand(x)))));
    return hasSkip ? add(y, x) : y;
  };
}

/** Depthwise, then project: the first block, which expands nothing. */
function separable(scope: ParameterScope, config: LiteBlockConfig): Layer {
  const { inputs, outputs, kernel, stride } = config;
  const depthwise = convNorm(scope, { conv: 'conv_dw', norm: 'bn1' }, config, {
    inputs,
    outputs: inputs,
    kernel,
    stride,
    group: inputs,
  });
  const project = convNorm(scope, { conv: 'conv_pw', norm: 'bn2' }, config, { inputs, outputs, kernel: 1 });
  return (x) => project(relu6(depthwise(x)));
}

function convNorm(
  scope: ParameterScope,
  names: ConvolutionNormNames,
  { padding, norm }: EfficientNetLiteConfig,
  config: KernelConfig,
): Layer {
  const { kernel, stride = 1, group = 1 } = config;
  const layer = convolutionNorm(scope, names, {
    ...config,
    ...(norm === undefined ? {} : { norm }),
    padding: zerosAround(padding, kernel, stride),
    epsilon: EPSILON,
    weightInit: kaimingNormalFanOut(group),
  });
  return (x) => {
    const isEven = x.shape.slice(2).every((extent) => extent === UNKNOWN || extent % stride === 0);
    assert(isEven, `sides that are multiples of 32 are needed; [${x.shape}] reaches a stride of ${stride}`);
    return layer(x);
  };
}

/** TensorFlow's rule asks for `kernel - stride` zeros in all when the stride divides the side, the larger half after. */
function zerosAround(padding: Padding, kernel: number, stride: number): [number, number, number, number] {
  const half = Math.floor(kernel / 2);
  if (padding === 'symmetric') return [half, half, half, half];
  const before = Math.floor((kernel - stride) / 2);
  const after = kernel - stride - before;
  return [before, before, after, after];
}
