/** @file A compiled training step: batch and parameters in, losses and gradients out. */
import { type Anchors, anchorsFor } from '../detector/anchors.ts';
import { type DetectorConfig, regionStrides } from '../detector/config.ts';
import type { DetectorNetwork } from '../detector/network.ts';
import { type DetectionBatch, trainingFeeds } from '../detector/training-feeds.ts';
import { type LossName, lossNames, type TrainingShape, trainingGraph } from '../detector/training-graph.ts';
import type { Arrays } from '../nn/optimizers.ts';
import type { ParameterSpec, Parameters } from '../nn/parameters.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import type { Session } from '../onnx/session.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';

export type Losses = Readonly<Record<LossName | 'total', number>>;

export interface StepResult {
  readonly losses: Losses;
  /** Sampled regions, and those whose highest class is right (background included). */
  readonly regions: number;
  readonly correctRegions: number;
  /** By parameter name; empty where none were asked for. */
  readonly gradients: Arrays;
}

export interface TrainingStep {
  /** @param seed of the sampling of anchors and regions */
  run(batch: DetectionBatch, parameters: Arrays, seed: number): Promise<StepResult>;
  release(): Promise<void>;
}

export interface StepDefinition {
  readonly network: DetectorNetwork;
  readonly config: DetectorConfig;
  readonly shape: TrainingShape;
  /** What stays as it is: compiled into the step. */
  readonly frozen: Parameters;
  /** False for losses alone. */
  readonly withGradients: boolean;
  readonly compile: (definition: GraphDefinition) => Promise<Session>;
}

/** Builds and compiles a step for one canvas. */
export async function compileStep({
  network,
  config,
  shape,
  frozen,
  withGradients,
  compile,
}: StepDefinition): Promise<TrainingStep> {
  const anchors = canvasAnchors(config, shape);
  const isTrained = ({ name }: ParameterSpec) => withGradients && !frozen.has(name);
  const { outputs, proposals } = trainingGraph(network, config, shape, anchors, isTrained);
  const session = await compile({ outputs, bindings: frozen });
  const shapeOf = new Map(network.specs.map((spec) => [spec.name, spec.shape]));
  return {
    async run(batch, parameters, seed) {
      const feeds: Record<string, Tensor> = trainingFeeds(batch, anchors, config, shape, proposals, seed);
      for (const [name, data] of parameters) feeds[name] = tensor('float32', shapeOf.get(name)!, data);
      const results = await session.run(feeds);
      return readResults(results);
    },
    release: () => session.release(),
  };
}

function readResults(results: Readonly<Record<string, Tensor>>): StepResult {
  const numberOf = (name: string) => Number(results[name]!.data[0]);
  const losses = Object.fromEntries([...lossNames, 'total'].map((name) => [name, numberOf(name)])) as unknown as Losses;
  const prefix = 'gradient/';
  const gradients = new Map(
    Object.entries(results).flatMap(([name, { data }]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), data as Float32Array] as const] : [],
    ),
  );
  return { losses, regions: numberOf('regions'), correctRegions: numberOf('correctRegions'), gradients };
}

/** Anchors of a canvas, on the grids that the network's levels have on it. */
export function canvasAnchors(
  config: DetectorConfig,
  { height, width }: Pick<TrainingShape, 'height' | 'width'>,
): Anchors {
  const sizes = regionStrides(config).map((stride) => ({ height: height / stride, width: width / stride }));
  const last = sizes[sizes.length - 1]!;
  if (config.fpn?.pooledLevel === true) {
    sizes.push({ height: Math.ceil(last.height / 2), width: Math.ceil(last.width / 2) });
  }
  return anchorsFor(sizes, height, width, config.anchors);
}
