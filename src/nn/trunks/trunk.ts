/** @file The trunks by name: how to build each, what it gives, and which parameters belong to which stage. */
import type { Value } from '../../graph/value.ts';
import type { Norm } from '../convolution-norm.ts';
import type { ParameterScope } from '../parameters.ts';
import { efficientNetLite, type LiteScaling, liteChannels, type Padding } from './efficientnet-lite.ts';
import { type ResNetConfig, resnet } from './resnet.ts';

export interface TrunkOptions {
  /** Where EfficientNet's stride-2 convolutions pad; ResNets are always symmetric. */
  readonly padding: Padding;
  /** Left out: frozen batch norm. */
  readonly norm?: Norm;
  /** Which convolution of a ResNet's bottleneck skips places; left out: 3x3, as torchvision has it. */
  readonly strideOn?: '3x3' | '1x1';
  /** The last map that is needed: stages after it are not declared. Left out: C5. */
  readonly deepest?: 'C4' | 'C5';
}

export interface Trunk {
  /** From a scope (`trunk` in a detector) to a function of `[N, 3, H, W]` that gives C2, C3, C4, C5 (or C2 to C4). */
  readonly build: (scope: ParameterScope, options: TrunkOptions) => (image: Value) => readonly Value[];
  /** Channels of C2, C3, C4, C5. */
  readonly channels: readonly [number, number, number, number];
  /** Prefixes of parameter names (inside the trunk's scope): the stem, then the stages that end in C2, C3, C4, C5. */
  readonly stages: readonly (readonly string[])[];
}

/** Input pixels a feature pixel, of C2, C3, C4, C5: the same in every trunk. */
export const trunkStrides = [4, 8, 16, 32] as const;

const resnetTrunk = (config: ResNetConfig): Trunk => ({
  build: (scope, { norm = 'frozen-batch', strideOn = '3x3', deepest }) =>
    resnet(scope, { ...config, norm, strideOn, blocks: config.blocks.slice(0, deepest === 'C4' ? 3 : 4) }),
  channels: [256, 512, 1024, 2048],
  stages: [['conv1.', 'bn1.'], ['layer1.'], ['layer2.'], ['layer3.'], ['layer4.']],
});

const liteTrunk = (scaling: LiteScaling): Trunk => ({
  build: (scope, options) => efficientNetLite(scope, { ...scaling, ...options }),
  channels: liteChannels(scaling),
  stages: [
    ['conv_stem.', 'bn1.', 'blocks.0.'],
    ['blocks.1.'],
    ['blocks.2.'],
    ['blocks.3.', 'blocks.4.'],
    ['blocks.5.', 'blocks.6.'],
  ],
});

export const trunks = {
  lite0: liteTrunk({ width: 1, depth: 1 }),
  lite1: liteTrunk({ width: 1, depth: 1.1 }),
  lite2: liteTrunk({ width: 1.1, depth: 1.2 }),
  r50: resnetTrunk({ blocks: [3, 4, 6, 3], groups: 1, widthPerGroup: 64 }),
  r101: resnetTrunk({ blocks: [3, 4, 23, 3], groups: 1, widthPerGroup: 64 }),
  'x101-32x8d': resnetTrunk({ blocks: [3, 4, 23, 3], groups: 32, widthPerGroup: 8 }),
  'x101-64x4d': resnetTrunk({ blocks: [3, 4, 23, 3], groups: 64, widthPerGroup: 4 }),
} as const satisfies Record<string, Trunk>;

export type TrunkName = keyof typeof trunks;

/**
 * Whether a parameter lies in the first `frozenStages` stages of a trunk: 0 freezes nothing, 1 the stem, 2 the stem
 * and everything up to C2 (torchvision's `trainable_backbone_layers=3`), 5 all of it.
 *
 * @param parameterName with the trunk's scope before it
 */
export function isInFrozenStage(
  trunk: Trunk,
  frozenStages: number,
  parameterName: string,
  scopePrefix = 'trunk.',
): boolean {
  return trunk.stages
    .slice(0, frozenStages)
    .some((prefixes) => prefixes.some((prefix) => parameterName.startsWith(scopePrefix + prefix)));
}
