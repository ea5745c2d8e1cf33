/**
 * @file Everything that varies between detectors, as data: part of every model directory and every recipe.
 *
 * Defaults are torchvision's `fasterrcnn_resnet50_fpn` unless marked. Not here: how a photo becomes a tensor (the
 * model's preprocessing), what is frozen and how it is trained (the recipe).
 */
import { z } from 'zod';
import { DeepShopError } from '../errors/errors.ts';
import type { AlignRule, LevelRule } from './align-regions.ts';

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const positive = z.number().positive();

const fpnSchema = z
  .strictObject({
    /** Strides of the trunk's feature maps in use, finest first, each twice the one before. */
    strides: z.array(count).min(1).default([4, 8, 16, 32]),
    /** Channels of every level. */
    width: count.default(256),
    /** One more level, every second place of the coarsest, for anchors alone: regions are not read from it. */
    pooledLevel: z.boolean().default(true),
    /** Depthwise, then pointwise, instead of each level's 3x3 convolution: not torchvision's. */
    separable: z.boolean().default(false),
  })
  .refine(({ strides }) => strides.every((stride, level) => stride === strides[0] * 2 ** level), {
    message: 'each stride is twice the one before',
    path: ['strides'],
  })
  .refine(({ strides }) => Number.isInteger(Math.log2(strides[0])), {
    message: 'strides are powers of two',
    path: ['strides'],
  });

type FpnConfig = z.output<typeof fpnSchema>;

const anchorsSchema = z.strictObject({
  /** Square roots of areas in pixels of the tensor: one list a level (the pooled one too), all of one length. */
  sizes: z.array(z.array(positive).min(1)).default([[32], [64], [128], [256], [512]]),
  /** Height over width. */
  ratios: z.array(positive).min(1).default([0.5, 1, 2]),
  /** To whole pixels: half sides as torchvision does, sides in steps of the stride as Detectron, not at all as Detectron2. */
  rounding: z.enum(['torchvision', 'detectron', 'none']).default('torchvision'),
  /** Of a place's centre from its corner, in strides: 0 in torchvision and Detectron2, 0.5 in Detectron. */
  offset: z.number().min(0).max(1).default(0),
});

const rpnSchema = z.strictObject({
  /** Channels between the convolutions of the head; `fpn`: as wide as the maps that it looks at. */
  headWidth: z.union([count, z.literal('fpn')]).default('fpn'),
  /** 3x3 convolutions before the two outputs. */
  numConvs: count.default(1),
  foregroundIou: share.default(0.7),
  backgroundIou: share.default(0.3),
  /** Those 3x3 convolutions are depthwise, then pointwise: not torchvision's. */
  separable: z.boolean().default(false),
  /**
   * `sigmoid` of one number an anchor, or `softmax` of two (background, object), as the paper had it: the same function,
   * for the difference of the two is the one.
   */
  objectness: z.enum(['sigmoid', 'softmax']).default('sigmoid'),
  /** Anchors an image in training. */
  batchSize: count.default(256),
  positiveFraction: share.default(0.5),
  /** Per level, before suppression. */
  preNmsTop: z.strictObject({ train: count, test: count }).default({ train: 2000, test: 1000 }),
  /** Of all levels, after it. */
  postNmsTop: z.strictObject({ train: count, test: count }).default({ train: 2000, test: 1000 }),
  nmsThreshold: share.default(0.7),
  minSize: z.number().min(0).default(1e-3),
  scoreThreshold: share.default(0),
});

const boxHeadSchema = z.strictObject({
  /** Widths of the fully connected layers between the pooled region and the two outputs. */
  hidden: z.array(count).min(1).default([1024, 1024]),
  /** A region is read as so many by so many places. */
  pooledSize: count.default(7),
  /** Samples of each place along each axis; 0: as many as the region covers (Detectron2), and two in the gradient. */
  samplingRatio: z.int().min(0).default(2),
  /** RoIAlign with the half-pixel shift. */
  aligned: z.boolean().default(false),
  /** A region is read up to its last pixel, one pixel short of its edge, as Detectron does. */
  inclusiveEdges: z.boolean().default(false),
  foregroundIou: share.default(0.5),
  backgroundIou: share.default(0.5),
  /** Regions an image in training. */
  batchSize: count.default(512),
  positiveFraction: share.default(0.25),
  deltaWeights: z.tuple([positive, positive, positive, positive]).default([10, 10, 5, 5]),
  scoreThreshold: share.default(0.05),
  nmsThreshold: share.default(0.5),
  detectionsPerImage: count.default(100),
  /**
   * How often a region is read. 2: where some class scores above the threshold, once more from the box that the surest class
   * gave, and the scores of both readings are averaged; 1: once, as in torchvision. Training always reads once.
   */
  readings: z.union([z.literal(1), z.literal(2)]).default(1),
  /**
   * Box voting: a detection lies where all boxes of its class that overlap it by at least this IoU say, each with the weight
   * of its score; null: where its own region says, as in torchvision.
   */
  votingIou: share.nullable().default(null),
});

export const detectorConfigSchema = z
  .strictObject({
    /** A name in the table of trunks: `lite0`, `r50`... */
    trunk: z.string().min(1),
    /** Where the zeros of stride-2 convolutions go; `same` is EfficientNet's own, of lite trunks alone. */
    trunkPadding: z.enum(['symmetric', 'same']).default('symmetric'),
    /** Which convolution of a ResNet's bottleneck skips places: 3x3 in torchvision, 1x1 in Caffe's and Detectron's. */
    trunkStride: z.enum(['3x3', '1x1']).default('3x3'),
    /** Names of labels 1, 2...; label 0 is the background and has no name here. */
    classes: z.array(z.string().min(1)).min(1),
    /**
     * Normalisation in trunk and pyramid. `group` trains from random weights; the heads have none, as in "Rethinking
     * ImageNet Pre-training". See docs/decisions/0005.
     */
    norm: z.enum(['frozen-batch', 'group']).default('frozen-batch'),
    /**
     * null: no pyramid. Anchors stand on the trunk's C4 (stride 16) and regions are read from it: the form that section
     * 3.2 of the paper describes.
     */
    fpn: fpnSchema.nullable().prefault({}),
    anchors: anchorsSchema.prefault({}),
    rpn: rpnSchema.prefault({}),
    boxHead: boxHeadSchema.prefault({}),
    /** A square region of side `canonicalScale` is read from the map of stride 2 ** `canonicalLevel`. */
    levelAssignment: z
      .strictObject({ canonicalScale: positive.default(224), canonicalLevel: z.int().min(0).default(4) })
      .prefault({}),
  })
  .refine(({ classes }) => new Set(classes).size === classes.length, { message: 'names differ', path: ['classes'] })
  .refine(({ anchors, fpn }) => anchors.sizes.length === countAnchorLevels(fpn), {
    message: 'one list of sizes for each level of the FPN, or one for C4 alone',
    path: ['anchors', 'sizes'],
  })
  .refine(({ anchors }) => anchors.sizes.every((sizes) => sizes.length === anchors.sizes[0].length), {
    message: 'as many sizes at every level: they share one RPN head',
    path: ['anchors', 'sizes'],
  })
  .refine(({ trunk, trunkPadding }) => trunkPadding === 'symmetric' || trunk.startsWith('lite'), {
    message: 'same is for lite trunks',
    path: ['trunkPadding'],
  })
  .refine(({ trunk, trunkStride }) => trunkStride === '3x3' || !trunk.startsWith('lite'), {
    message: '1x1 is for ResNets',
    path: ['trunkStride'],
  })
  .refine(({ fpn, norm }) => norm === 'frozen-batch' || fpn?.separable !== true, {
    message: 'a separable pyramid has no group norm',
    path: ['fpn', 'separable'],
  })
  .refine(({ rpn }) => rpn.backgroundIou <= rpn.foregroundIou, {
    message: 'not above foregroundIou',
    path: ['rpn', 'backgroundIou'],
  })
  .refine(({ boxHead }) => boxHead.backgroundIou <= boxHead.foregroundIou, {
    message: 'not above foregroundIou',
    path: ['boxHead', 'backgroundIou'],
  });

export type DetectorConfig = z.output<typeof detectorConfigSchema>;
/** What has a default may be left out. */
export type DetectorConfigInput = z.input<typeof detectorConfigSchema>;

/** A configuration from outside, with defaults filled in. @param where the file or recipe, for the message */
export function parseDetectorConfig(value: unknown, where: string): DetectorConfig {
  const result = detectorConfigSchema.safeParse(value);
  if (result.success) return result.data;
  throw new DeepShopError('detector-config-invalid', 'the detector configuration cannot be used', {
    expected: 'a detector configuration of this version',
    got: result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; '),
    where,
    cure: 'Correct the named keys; if they are unknown here, the file may come from a newer version.',
  });
}

/** torchvision's `fasterrcnn_resnet50_fpn`, for the given classes. */
export function resnet50DetectorConfig(classes: readonly string[]): DetectorConfig {
  return detectorConfigSchema.parse({ trunk: 'r50', classes: [...classes] });
}

/**
 * The architecture of the bundled detector, for CPUs and phones: EfficientNet-Lite0 with the zeros where it was trained
 * with them, a narrow separable FPN without the stride-4 level, few proposals and two readings of each that shows something
 * (docs/decisions/0012).
 */
export function lite0DetectorConfig(classes: readonly string[]): DetectorConfig {
  return detectorConfigSchema.parse({
    trunk: 'lite0',
    trunkPadding: 'same',
    classes: [...classes],
    fpn: { strides: [8, 16, 32], width: 128, separable: true },
    anchors: { sizes: [[28], [76], [152], [304]] },
    rpn: { separable: true, preNmsTop: { train: 1000, test: 500 }, postNmsTop: { train: 500, test: 50 } },
    boxHead: { hidden: [384, 384], batchSize: 128, scoreThreshold: 0.02, readings: 2, votingIou: 0.6 },
  });
}

/** Classes with the background: the width of the classifier. */
export function countClasses(config: DetectorConfig): number {
  return config.classes.length + 1;
}

/** Anchors at one place of any level: the RPN's objectness channels. */
export function countAnchorsPerPlace({ anchors }: DetectorConfig): number {
  return anchors.sizes[0].length * anchors.ratios.length;
}

/** Strides of the maps that regions are read from, finest first: of C4 where there is no pyramid. */
export const regionStrides = ({ fpn }: { readonly fpn: FpnConfig | null }): readonly number[] =>
  fpn === null ? [16] : fpn.strides;

/** Maps that anchors stand on: those that regions are read from, and the pooled level. */
function countAnchorLevels(fpn: FpnConfig | null): number {
  return regionStrides({ fpn }).length + (fpn?.pooledLevel === true ? 1 : 0);
}

/** Which maps regions are read from: all but the pooled level. */
export function levelRule(config: DetectorConfig): LevelRule {
  const strides = regionStrides(config);
  const minLevel = Math.log2(strides[0]);
  return { minLevel, maxLevel: minLevel + strides.length - 1, ...config.levelAssignment };
}

/** How the box head reads a region. */
export function alignRule(config: DetectorConfig): AlignRule {
  const { pooledSize, samplingRatio, aligned, inclusiveEdges } = config.boxHead;
  return { levels: levelRule(config), pooledSize, samplingRatio, aligned, inclusiveEdges };
}

export interface ProposalRule {
  /** The best of each level go on. */
  readonly preNmsTop: number;
  /** The best of all levels after suppression are the proposals. */
  readonly postNmsTop: number;
  readonly nmsThreshold: number;
  /** Boxes with a side below this many pixels are dropped. */
  readonly minSize: number;
  /** Boxes with a score (sigmoid of the logit) below this are dropped. */
  readonly scoreThreshold: number;
}

/** The counts of one mode beside the other settings of the RPN. */
export function proposalRule({ rpn }: DetectorConfig, mode: 'train' | 'test'): ProposalRule {
  const { nmsThreshold, minSize, scoreThreshold } = rpn;
  return { preNmsTop: rpn.preNmsTop[mode], postNmsTop: rpn.postNmsTop[mode], nmsThreshold, minSize, scoreThreshold };
}
