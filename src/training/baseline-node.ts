/** @file The paper's five-layer baseline as what can be trained: all of it, all the time. */
import type { BaselineConfig } from '../baseline/config.ts';
import { createBaseline, writeBaseline } from '../baseline/model-node.ts';
import { baselineNetwork, classHead } from '../baseline/network.ts';
import { baselineTargets } from '../baseline/targets.ts';
import { baselineLossNames, baselineTrainingGraph } from '../baseline/training-graph.ts';
import { detectFiles } from '../detector/detector-node.ts';
import { tensorsOf } from '../nn/parameters.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Recipe } from './recipe.ts';
import { jointPhase, type Trainable } from './trainable.ts';
import { readStepResult } from './training-step.ts';

/** Classifies photos, not regions: a step counts none. */
export function baseline(recipe: Recipe, config: BaselineConfig, options: SessionOptions = {}): Trainable {
  const network = baselineNetwork(config);
  const { side } = config;
  const { name, preprocessing } = recipe;
  return {
    specs: network.specs,
    phases: [jointPhase],
    isFrozen: () => false,
    tellsClassesApart: (parameter) => parameter.startsWith(classHead),
    async compileStep({ shape: { batchSize }, phase, fixed }) {
      const { alpha } = recipe.baseline!;
      const outputs = baselineTrainingGraph(network, { batchSize, side, alpha, withGradients: phase !== null });
      const session = await compile({ outputs, bindings: fixed }, options);
      return {
        async run({ pixels, groundTruth }, parameters) {
          const feeds = {
            ...Object.fromEntries(tensorsOf(network.specs, parameters)),
            ...baselineTargets(groundTruth, side),
            pixels: tensor('float32', [batchSize, 3, side, side], pixels),
          };
          return readStepResult(await session.run(feeds), baselineLossNames);
        },
        release: () => session.release(),
      };
    },
    async openDetector(parameters) {
      const detector = await createBaseline({ config, preprocessing, parameters });
      return {
        detectFiles: (paths) => detectFiles(detector, paths),
        release: () => detector.release(),
      };
    },
    writeModel: (directory, parameters, metrics) =>
      writeBaseline(directory, { name, config, preprocessing, parameters, recipe, metrics }),
  };
}
