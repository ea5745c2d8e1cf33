/** @file Any model directory as an engine, with an encoder beside it or without: a baseline finds garments and has no vectors, which is said when they are asked for. */
import { createBaseline, type LoadedBaseline, readAnyModel } from '../baseline/model-node.ts';
import { ModelError } from '../detector/model-directory.ts';
import type { SessionOptions } from '../onnx/session.ts';
import type { DescriptorName } from './descriptor.ts';
import { openEncoder } from './encoder-node.ts';
import { createQueue, type OpenedEngine, selectShown, withoutEncoder } from './model-engine.ts';
import { createLoadedEngine } from './model-engine-node.ts';
import { withEncoder } from './with-encoder.ts';

export interface EngineOptions extends SessionOptions {
  /** An `encoder.json` whose encoder describes boxes too, as `external`. */
  readonly encoder?: string | undefined;
}

/**
 * Opens a model directory of any kind, and an encoder beside it.
 *
 * @throws ModelError, SafetensorsError or ParameterError when the directory cannot be used; EncoderError, OnnxFileError or
 *   SessionError when the encoder cannot
 */
export async function openEngine(directory: string, options: EngineOptions = {}): Promise<OpenedEngine> {
  const { encoder: path, ...session } = options;
  const engine = await openModelEngine(directory, session);
  if (path === undefined) return engine;
  try {
    return withEncoder(engine, await openEncoder(path, session));
  } catch (error) {
    await engine.release();
    throw error;
  }
}

async function openModelEngine(directory: string, options: SessionOptions): Promise<OpenedEngine> {
  const opened = await readAnyModel(directory);
  return opened.kind === 'baseline'
    ? createBaselineEngine(opened.model, options)
    : createLoadedEngine(opened.model, options);
}

async function createBaselineEngine(model: LoadedBaseline, options: SessionOptions): Promise<OpenedEngine> {
  const { modelId, minScore, directory } = model;
  const { classes } = model.config;
  const detector = await createBaseline(model, options);
  const inTurn = createQueue();
  return {
    modelId,
    directory,
    classes,
    minScoreOf: () => minScore,
    async detect(photo, { minScore: lowest = minScore } = {}) {
      const { detections } = await inTurn(() => detector.detect(photo));
      return selectShown(detections, classes, () => lowest);
    },
    space: (descriptor) => {
      throw withoutVectors(descriptor, directory);
    },
    analyse: async (_photo, { descriptor }) => {
      throw withoutVectors(descriptor, directory);
    },
    embedBoxes: async (_photo, _boxes, descriptor) => {
      throw withoutVectors(descriptor, directory);
    },
    async release() {
      await inTurn(async () => {});
      await detector.release();
    },
  };
}

function withoutVectors(descriptor: DescriptorName, where: string): ModelError {
  if (descriptor === 'external') return withoutEncoder(where);
  return new ModelError('kind', 'the model is a five-layer baseline, which makes no vectors to search with', {
    where,
    expected: `a Faster R-CNN with the descriptor "${descriptor}"`,
    got: 'kind "baseline"',
    cure: 'Take the bundled model (leave --model out), train a recipe with "detector", or give --encoder FILE.',
  });
}
