/** @file A compiled training step of Faster R-CNN: batch and parameters in, losses and gradients out. */
import { type Anchors, anchorsFor } from '../detector/anchors.ts';
import { type DetectorConfig, regionStrides } from '../detector/config.ts';
import type { DetectorNetwork } from '../detector/network.ts';
import { trainingFeeds } from '../detector/training-feeds.ts';
import {
  jointPart,
  lossNames,
  type TrainingPart,
  type TrainingShape,
  trainingGraph,
} from '../detector/training-graph.ts';
import type { ParameterSpec, Parameters } from '../nn/parameters.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import type { Session } from '../onnx/session.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { StepResult, TrainingStep } from './trainable.ts';

export interface StepDefinition {
  readonly network: DetectorNetwork;
  readonly config: DetectorConfig;
  readonly shape: TrainingShape;
  /** What stays as it is: compiled into the step. */
  readonly frozen: Parameters;
  /** The same, of another network in the step. */
  readonly constants?: Parameters;
  /** Left out: all of joint training. */
  readonly part?: TrainingPart;
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
  constants = new Map(),
  part = jointPart,
  withGradients,
  compile,
}: StepDefinition): Promise<TrainingStep> {
  const anchors = canvasAnchors(config, shape);
  const isTrained = ({ name }: ParameterSpec) => withGradients && !frozen.has(name);
  const { outputs, proposals } = trainingGraph(network, config, shape, anchors, isTrained, part);
  const session = await compile({ outputs, bindings: new Map([...frozen, ...constants]) });
  const wanted = new Set(session.inputNames);
  const shapeOf = new Map(network.specs.map((spec) => [spec.name, spec.shape]));
  return {
    async run(batch, parameters, seed) {
      const feeds: Record<string, Tensor> = trainingFeeds(batch, anchors, config, shape, proposals, seed);
      for (const [name, data] of parameters) feeds[name] = tensor('float32', shapeOf.get(name)!, data);
      // A part of the whole does not read everything.
      const read = Object.entries(feeds).filter(([name]) => wanted.has(name));
      return readStepResult(await session.run(Object.fromEntries(read)), lossNames);
    },
    release: () => session.release(),
  };
}

/** The outputs of a step's graph: `total`, losses by name (those that are there), `gradient/NAME`, counts of regions. */
export function readStepResult(results: Readonly<Record<string, Tensor>>, names: readonly string[]): StepResult {
  const numberOf = (name: string) => Number(results[name]?.data[0] ?? 0);
  const learnt = names.filter((name) => name in results).map((name) => [name, numberOf(name)]);
  const losses = { ...Object.fromEntries(learnt), total: numberOf('total') };
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
  const last = sizes[sizes.length - 1];
  if (config.fpn?.pooledLevel === true) {
    sizes.push({ height: Math.ceil(last.height / 2), width: Math.ceil(last.width / 2) });
  }
  return anchorsFor(sizes, height, width, config.anchors);
}
