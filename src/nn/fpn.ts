/**
 * @file Feature pyramid: every level gets the width of the pyramid and what coarser levels know.
 *
 * Parameter names are torchvision's (`inner_blocks.i.0`, `layer_blocks.i.0`).
 * Reference: https://arxiv.org/abs/1612.03144, torchvision.ops.FeaturePyramidNetwork
 */
import { add } from '../graph/arithmetic.ts';
import { slice, upsampleNearest } from '../graph/layout.ts';
import type { Value } from '../graph/value.ts';
import { convolution, separableConvolution } from './convolution.ts';
import { constantInit, kaimingUniform } from './initialisers.ts';
import type { ParameterScope } from './parameters.ts';

export interface PyramidConfig {
  /** Channels of the trunk's features, fine to coarse. */
  readonly inputs: readonly number[];
  /** Channels of every level of the pyramid: 256 in the paper. */
  readonly width: number;
  /** The 3x3 convolution of each level is a separable one (EfficientDet): much less work. */
  readonly separable?: boolean;
}

/**
 * Builds the pyramid: features, fine to coarse, each half as large as the one before, to as many levels of `width`
 * channels and the same sizes.
 */
export function featurePyramid(
  scope: ParameterScope,
  { inputs, width, separable = false }: PyramidConfig,
): (features: readonly Value[]) => readonly Value[] {
  const init = { weightInit: kaimingUniform(1), biasInit: constantInit(0) };
  const laterals = inputs.map((channels, level) =>
    convolution(scope.child('inner_blocks').child(level).child(0), {
      inputs: channels,
      outputs: width,
      kernel: 1,
      ...init,
    }),
  );
  const smoother = separable ? separableConvolution : convolution;
  const smoothers = inputs.map((_, level) =>
    smoother(scope.child('layer_blocks').child(level).child(0), {
      inputs: width,
      outputs: width,
      kernel: 3,
      ...init,
    }),
  );
  return (features) => {
    const merged: Value[] = [];
    for (let level = inputs.length - 1; level >= 0; level--) {
      const lateral = laterals[level]!(features[level]!);
      const coarser = merged[0];
      merged.unshift(coarser === undefined ? lateral : add(lateral, upsampleNearest(coarser, 2)));
    }
    return merged.map((x, level) => smoothers[level]!(x));
  };
}

/** One level more, every second pixel of the last (torchvision's LastLevelMaxPool): P6 after P5. */
export function withSubsampledLevel(levels: readonly Value[]): readonly Value[] {
  const last = levels[levels.length - 1] as Value;
  return [...levels, slice(last, { axis: 2, start: 0, step: 2 }, { axis: 3, start: 0, step: 2 })];
}
