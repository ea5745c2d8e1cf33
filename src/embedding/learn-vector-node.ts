/** @file Trains the head of a learned descriptor on features that were read before. The same seed gives the same bits. */
import type { DetectorConfig } from '../detector/config.ts';
import type { LearnedDescriptor } from '../detector/descriptors.ts';
import { vectorHead, vectorHeadExtents } from '../detector/vector-head.ts';
import { DeepShopError } from '../errors/errors.ts';
import { adamW, clipFactor, commonNorm, updateAverage } from '../nn/optimizers.ts';
import { initialParameters, type Parameters, tensorsOf } from '../nn/parameters.ts';
import { cosine, linearWarmup, product } from '../nn/schedules.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { Random, seedFrom } from '../random/random.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { type VectorLossConfig, vectorStep } from './vector-step.ts';
import type { BoxFeatures, ViewFeatures } from './view-features-node.ts';

/** A garment to learn from. */
export interface SeenGarment {
  /** 1 is the first class. */
  readonly label: number;
  /** Indices of two views or more. */
  readonly views: readonly number[];
}

export interface LearningConfig extends VectorLossConfig {
  readonly steps: number;
  /** Garments a step. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  /** Decay of the running average of the weights, which is what is kept. */
  readonly averageDecay: number;
  readonly seed: number;
}

export interface LearningProgress {
  readonly step: number;
  readonly viewLoss: number;
  readonly classLoss: number;
}

/** @returns the head's parameters */
export async function learnVector(
  {
    definition,
    config,
    views,
    garments,
  }: {
    readonly definition: LearnedDescriptor;
    readonly config: DetectorConfig;
    readonly views: ViewFeatures;
    readonly garments: readonly SeenGarment[];
  },
  learning: LearningConfig,
  { onStep, ...options }: SessionOptions & { readonly onStep?: (progress: LearningProgress) => void } = {},
): Promise<Parameters> {
  const count = Math.min(learning.batchSize, garments.length);
  const step = vectorStep(definition, config, learning, count);
  const session = await compile(step, options);
  const initial = initialParameters(step.specs, learning.seed);
  const parameters = new Map([...initial].map(([name, { data }]) => [name, data]));
  const average = new Map([...parameters].map(([name, data]) => [name, data.slice()]));
  const isMatrix = new Set(step.specs.filter(({ shape }) => shape.length > 1).map(({ name }) => name));
  const optimizer = adamW({
    betas: [0.9, 0.98],
    epsilon: 1e-8,
    groupOf: (name) => ({ weightDecay: isMatrix.has(name) ? learning.weightDecay : 0 }),
  });
  const state = optimizer.init(parameters);
  const rate = product(linearWarmup(learning.warmupSteps), cosine({ to: learning.steps }));
  const batches = drawBatches(garments, count, learning.seed);
  for (let at = 0; at < learning.steps; at++) {
    const batch = batches(at);
    const feeds: Record<string, Tensor> = {
      ...fedViews('first', views.gather(batch.first), definition, config),
      ...fedViews('second', views.gather(batch.second), definition, config),
      labels: tensor(
        'int64',
        [count],
        BigInt64Array.from(batch.labels, (label) => BigInt(label - 1)),
      ),
    };
    for (const { name, shape } of step.specs) feeds[name] = tensor('float32', shape, parameters.get(name)!);
    const answer = await session.run(feeds);
    const gradients = new Map(
      step.specs.map(({ name }) => [name, answer[`gradient/${name}`].data as Float32Array] as const),
    );
    const norm = commonNorm(gradients);
    if (!Number.isFinite(norm)) throw divergence(at);
    optimizer.step(parameters, gradients, state, learning.learningRate * rate(at), clipFactor(norm, 1));
    // A young average would remember the random start.
    updateAverage(average, parameters, Math.min(learning.averageDecay, (1 + at) / (10 + at)));
    onStep?.({ step: at + 1, viewLoss: Number(answer.viewLoss.data[0]), classLoss: Number(answer.classLoss.data[0]) });
  }
  await session.release();
  return tensorsOf(vectorHead(definition, config).specs, average);
}

function divergence(step: number): DeepShopError {
  return new DeepShopError('vector-diverged', `a gradient of the garment vector is not finite at step ${step + 1}`, {
    expected: 'finite numbers',
    cure: 'Train with a lower --learning-rate.',
  });
}

interface Batch {
  readonly first: number[];
  readonly second: number[];
  readonly labels: number[];
}

/** Epoch after epoch in another order; of each garment the photo itself and, or, pictures of it, two different ones. */
function drawBatches(garments: readonly SeenGarment[], count: number, seed: number): (step: number) => Batch {
  const perEpoch = Math.floor(garments.length / count);
  let [epoch, order] = [-1, [] as number[]];
  return (step) => {
    const wanted = Math.floor(step / perEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      order = new Random(seedFrom(seed, 'garments', epoch)).shuffle(garments.map((_, index) => index));
    }
    const random = new Random(seedFrom(seed, 'views', step));
    const start = (step % perEpoch) * count;
    const batch: Batch = { first: [], second: [], labels: [] };
    for (const index of order.slice(start, start + count)) {
      const { views, label } = garments[index];
      const [catalogue, ...others] = views;
      const [second, another] = random.shuffle([...others]);
      // Catalogues hold the photo itself: three pairs in four have it.
      batch.first.push(another !== undefined && random.chance(0.25) ? another : catalogue);
      batch.second.push(second);
      batch.labels.push(label);
    }
    return batch;
  };
}

function fedViews(
  prefix: string,
  { places, hidden }: BoxFeatures,
  definition: LearnedDescriptor,
  config: DetectorConfig,
): Record<string, Tensor> {
  const extents = vectorHeadExtents(definition, config);
  const count = hidden.length / extents.hidden;
  return {
    [`${prefix}.places`]: tensor('float32', [count, extents.channels, extents.size, extents.size], places),
    [`${prefix}.hidden`]: tensor('float32', [count, extents.hidden], hidden),
  };
}
