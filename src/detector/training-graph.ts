/**
 * @file One training step of Faster R-CNN as one graph: pixels and ground truth in, losses and gradients out.
 *
 * What the RPN's anchors should say depends on the ground truth alone and is worked out before the run
 * (`training-feeds.ts`); what the box head should say depends on the proposals, so it is selected inside.
 *
 * Shapes: N images, A anchors, P proposals, G and X places for ground truth and crowd regions, R = N x B regions.
 * Reference: torchvision's `RegionProposalNetwork.compute_loss` and `fastrcnn_loss`
 */
import { add, cast, equal, greater, less, maximum, mul, not, sum, total } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { reshape } from '../graph/layout.ts';
import { argMax, oneHot } from '../graph/selection.ts';
import { constant, input, inputsOf, type Value } from '../graph/value.ts';
import { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from '../nn/losses.ts';
import type { ParameterSpec } from '../nn/parameters.ts';
import { alignRegions } from './align-regions.ts';
import type { Anchors } from './anchors.ts';
import { alignRule, countClasses, type DetectorConfig, proposalRule, regionStrides } from './config.ts';
import { concatLevels, type DetectorNetwork, type RpnLevel } from './network.ts';
import { propose } from './propose.ts';
import { sampleRegions } from './sample-regions.ts';

export interface TrainingShape {
  readonly batchSize: number;
  /** Of the padded canvas, multiples of 32. */
  readonly height: number;
  readonly width: number;
  /** Places for ground truth boxes an image. */
  readonly groundTruths: number;
  /** Places for crowd regions an image, at least 1. */
  readonly crowds: number;
}

export const lossNames = ['objectness', 'rpnBox', 'classification', 'box'] as const;
export type LossName = (typeof lossNames)[number];

/** What a step learns; joint training learns all of it from its own proposals. */
export interface TrainingPart {
  readonly losses: readonly LossName[];
  /** Another network, whose proposals the box head learns from; null: its own. Its parameters have other names. */
  readonly proposer: DetectorNetwork | null;
}

export const jointPart: TrainingPart = { losses: lossNames, proposer: null };

export interface TrainingGraph {
  /**
   * The losses in use by name, `total`, `gradient/NAME` for each trained parameter; `regions` and `correctRegions` (counts)
   * where the box head learns.
   */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Proposals an image, P: `keys` is `[N, P + G]`; 0 where the box head does not learn. */
  readonly proposals: number;
}

const BETA = 1 / 9;

/**
 * @param trained which parameters get a gradient
 * @param anchors of the canvas
 */
export function trainingGraph(
  network: DetectorNetwork,
  config: DetectorConfig,
  shape: TrainingShape,
  anchors: Anchors,
  trained: (spec: ParameterSpec) => boolean,
  { losses: learnt, proposer }: TrainingPart = jointPart,
): TrainingGraph {
  const pixels = input('pixels', 'float32', [shape.batchSize, 3, shape.height, shape.width]);
  const { pyramid } = network.features(pixels);
  const levels = network.rpn(pyramid);
  const learnsRegions = learnt.includes('classification') || learnt.includes('box');
  const proposing = proposer === null ? levels : proposer.rpn(proposer.features(pixels).pyramid);
  const region = learnsRegions ? regionAnswers(network, config, shape, anchors, pyramid, proposing) : null;
  const losses: Partial<Record<LossName, Value>> = { ...rpnLosses(levels, shape, anchors), ...region?.losses };
  const inUse = learnt.map((name) => [name, losses[name] as Value] as const);
  const loss = inUse.map(([, value]) => value).reduce(add);
  const outputs: Record<string, Value> = { ...Object.fromEntries(inUse), total: loss, ...region?.counts };
  const targets = network.specs.filter((spec) => spec.kind === 'trainable' && trained(spec));
  const inputs = inputsOf([loss]);
  const wrt = targets.map(({ name }) => inputs.get(name) as Value);
  gradients(loss, wrt).forEach((gradient, index) => {
    if (gradient !== null) outputs[`gradient/${targets[index].name}`] = gradient;
  });
  return { outputs, proposals: region?.proposals ?? 0 };
}

/** What the RPN says about the sampled anchors. */
function rpnLosses(
  levels: readonly RpnLevel[],
  { batchSize: n }: TrainingShape,
  anchors: Anchors,
): Record<'objectness' | 'rpnBox', Value> {
  const numAnchors = anchors.boxes.length / 4;
  const labels = input('rpnLabels', 'float32', [n, numAnchors]);
  const deltas = input('rpnDeltas', 'float32', [n, numAnchors, 4]);
  const rpn = concatLevels(levels);
  const sampled = cast(not(less(labels, 0)), 'float32');
  const isObject = cast(greater(labels, 0), 'float32');
  const normaliser = maximum(total(sampled), 1);
  return {
    objectness: binaryCrossEntropy(rpn.objectness, isObject, { weights: sampled, normaliser }),
    rpnBox: smoothL1(rpn.deltas, deltas, { beta: BETA, weights: reshape(isObject, [n, numAnchors, 1]), normaliser }),
  };
}

interface RegionAnswers {
  readonly losses: Record<'classification' | 'box', Value>;
  readonly counts: Record<'regions' | 'correctRegions', Value>;
  /** Proposals an image. */
  readonly proposals: number;
}

/** What the box head says about regions sampled from proposals. */
function regionAnswers(
  network: DetectorNetwork,
  config: DetectorConfig,
  { batchSize: n, groundTruths, crowds }: TrainingShape,
  anchors: Anchors,
  pyramid: readonly Value[],
  proposing: readonly RpnLevel[],
): RegionAnswers {
  const imageSizes = input('imageSizes', 'float32', [n, 2]);
  const truth = {
    boxes: input('groundTruthBoxes', 'float32', [n, groundTruths, 4]),
    labels: input('groundTruthLabels', 'int64', [n, groundTruths]),
    crowdBoxes: input('crowdBoxes', 'float32', [n, crowds, 4]),
  };
  const anchorValues = anchors.perLevel.map((boxes) =>
    constant({ dtype: 'float32', shape: [boxes.length / 4, 4], data: boxes }),
  );
  const proposals = propose(proposing, anchorValues, imageSizes, proposalRule(config, 'train'));
  const numProposals = proposals.boxes.shape[1];
  const keys = input('keys', 'float32', [n, numProposals + groundTruths]);
  const regions = sampleRegions(proposals, truth, keys, config.boxHead);
  const perImage = regions.boxes.shape[1];
  const count = n * perImage;
  const boxes = reshape(regions.boxes, [count, 4]);
  const batchIndices = constant({
    dtype: 'int64',
    shape: [count],
    data: BigInt64Array.from({ length: count }, (_, row) => BigInt(Math.floor(row / perImage))),
  });
  const readFrom = pyramid.slice(0, regionStrides(config).length);
  const features = alignRegions(readFrom, boxes, batchIndices, alignRule(config));
  const { classLogits, boxDeltas } = network.boxHead(features);
  const labels = reshape(regions.labels, [count]);
  const active = reshape(regions.active, [count]);
  const normaliser = maximum(total(active), 1);
  // Each region answers with one box a class; only that of its own class is judged.
  const ofClass = reshape(oneHot(labels, countClasses(config)), [count, -1, 1]);
  const chosenDeltas = sum(mul(boxDeltas, ofClass), [1]);
  const foreground = mul(active, cast(greater(cast(labels, 'float32'), 0), 'float32'));
  const right = mul(cast(equal(argMax(classLogits, 1), labels), 'float32'), active);
  return {
    losses: {
      classification: softmaxCrossEntropy(classLogits, labels, { weights: active, normaliser }),
      box: smoothL1(chosenDeltas, reshape(regions.deltas, [count, 4]), {
        beta: BETA,
        weights: reshape(foreground, [count, 1]),
        normaliser,
      }),
    },
    counts: { regions: total(active), correctRegions: total(right) },
    proposals: numProposals,
  };
}
