/**
 * @file Feature pyramid: every level gets the width of the pyramid and what coarser levels know.
 *
 * Parameter names are torchvision's (`inner_blocks.i.0`, `layer_blocks.i.0`, and `.1` for norms).
 * Reference: https://arxiv.org/abs/1612.03144, torchvision.ops.FeaturePyramidNetwork
 */
import { add } from '../graph/arithmetic.ts';
import { slice, upsampleNearest } from '../graph/layout.ts';
import type { Value } from '../graph/value.ts';
import { convolution, separableConvolution } from './convolution.ts';
import { convolutionNorm, type Norm } from './convolution-norm.ts';
import { constantInit, kaimingUniform } from './initialisers.ts';
import type { Layer, ParameterScope } from './parameters.ts';

export interface PyramidConfig {
  /** Channels of the trunk's features, fine to coarse. */
  readonly inputs: readonly number[];
  /** Channels of every level of the pyramid: 256 in the paper. */
  readonly width: number;
  /** The 3x3 convolution of each level is a separable one (EfficientDet): much less work. */
  readonly separable?: boolean;
  /** `group` normalises after every convolution, which then has no bias; else there is no norm here. */
  readonly norm?: Norm;
}

/** torch.nn.GroupNorm's. */
const EPSILON = 1e-5;

/**
 * Builds the pyramid: features, fine to coarse, each half as large as the one before, to as many levels of `width`
 * channels and the same sizes.
 */
export function featurePyramid(
  scope: ParameterScope,
  { inputs, width, separable = false, norm = 'frozen-batch' }: PyramidConfig,
): (features: readonly Value[]) => readonly Value[] {
  const weightInit = kaimingUniform(1);
  const layer = (blocks: string, level: number, kernel: number, from: number): Layer => {
    const block = scope.child(blocks).child(level);
    const shape = { inputs: from, outputs: width, kernel, weightInit };
    if (norm === 'group') return convolutionNorm(block, { conv: '0', norm: '1' }, { ...shape, norm, epsilon: EPSILON });
    const plain = separable && kernel > 1 ? separableConvolution : convolution;
    return plain(block.child(0), { ...shape, biasInit: constantInit(0) });
  };
  const laterals = inputs.map((channels, level) => layer('inner_blocks', level, 1, channels));
  const smoothers = inputs.map((_, level) => layer('layer_blocks', level, 3, width));
  return (features) => {
    const merged: Value[] = [];
    for (let level = inputs.length - 1; level >= 0; level--) {
      const lateral = laterals[level](features[level]);
      const coarser = merged[0];
      merged.unshift(coarser === undefined ? lateral : add(lateral, upsampleNearest(coarser, 2)));
    }
    return merged.map((x, level) => smoothers[level](x));
  };
}

/** One level more, every second pixel of the last (torchvision's LastLevelMaxPool): P6 after P5. */
export function withSubsampledLevel(levels: readonly Value[]): readonly Value[] {
  const last = levels[levels.length - 1] as Value;
  return [...levels, slice(last, { axis: 2, start: 0, step: 2 }, { axis: 3, start: 0, step: 2 })];
}
