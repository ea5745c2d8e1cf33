/**
 * @file What a training step is fed besides parameters: a batch, its RPN targets, and the random keys of sampling.
 * See `training-graph.ts` for the names.
 */
import { assert } from '../errors/assert.ts';
import { Random, seedFrom } from '../random/random.ts';
import { newArray, type Tensor, tensor } from '../tensor/tensor.ts';
import type { Anchors } from './anchors.ts';
import type { DetectorConfig } from './config.ts';
import { type GroundTruth, rpnTargets } from './rpn-targets.ts';
import type { TrainingShape } from './training-graph.ts';

/** A batch on one canvas; boxes in pixels of the canvas. */
export interface DetectionBatch {
  /** `[N, 3, H, W]` float32, normalised, zero outside the images */
  readonly pixels: Float32Array;
  /** `[N, 2]` int32 (height, width) of each image within the canvas */
  readonly imageSizes: Int32Array;
  readonly groundTruth: readonly GroundTruth[];
}

/** @param seed of this step: the same batch and seed give the same feeds */
export function trainingFeeds(
  batch: DetectionBatch,
  anchors: Anchors,
  config: DetectorConfig,
  shape: TrainingShape,
  numProposals: number,
  seed: number,
): Record<string, Tensor> {
  const { batchSize: n, height, width, groundTruths, crowds } = shape;
  const numAnchors = anchors.boxes.length / 4;
  const labels = newArray('float32', n * numAnchors);
  const deltas = newArray('float32', n * numAnchors * 4);
  const boxes = newArray('float32', n * groundTruths * 4);
  const classes = newArray('int64', n * groundTruths);
  const crowdBoxes = newArray('float32', n * crowds * 4);
  const keys = newArray('float32', n * (numProposals + groundTruths));
  batch.groundTruth.forEach((truth, image) => {
    assert(truth.labels.length <= groundTruths && truth.crowdBoxes.length / 4 <= crowds, 'places for every box');
    const random = new Random(seedFrom(seed, 'sample', image));
    const targets = rpnTargets(anchors.boxes, truth, uniformKeys(numAnchors, random), config.rpn);
    labels.set(targets.labels, image * numAnchors);
    deltas.set(targets.deltas, image * numAnchors * 4);
    boxes.set(truth.boxes, image * groundTruths * 4);
    crowdBoxes.set(truth.crowdBoxes, image * crowds * 4);
    for (let i = 0; i < truth.labels.length; i++) classes[image * groundTruths + i] = BigInt(truth.labels[i]);
    keys.set(distinctKeys(numProposals + groundTruths, random), image * (numProposals + groundTruths));
  });
  return {
    pixels: tensor('float32', [n, 3, height, width], batch.pixels),
    imageSizes: tensor('float32', [n, 2], Float32Array.from(batch.imageSizes)),
    rpnLabels: tensor('float32', [n, numAnchors], labels),
    rpnDeltas: tensor('float32', [n, numAnchors, 4], deltas),
    groundTruthBoxes: tensor('float32', [n, groundTruths, 4], boxes),
    groundTruthLabels: tensor('int64', [n, groundTruths], classes),
    crowdBoxes: tensor('float32', [n, crowds, 4], crowdBoxes),
    keys: tensor('float32', [n, numProposals + groundTruths], keys),
  };
}

const uniformKeys = (count: number, random: Random): Float32Array =>
  Float32Array.from({ length: count }, () => random.uniform());

/** Keys in `(0, 1)`, no two equal, every order equally likely. */
function distinctKeys(count: number, random: Random): Float32Array {
  const keys = Float32Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = keys[last];
    keys[last] = keys[other];
    keys[other] = held;
  }
  return keys;
}
