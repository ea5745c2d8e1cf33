/** @file Baselines on disk, and any model directory as what finds garments in photos. */

import { modelKindOf, serialiseWeights } from '../detector/model-directory.ts';
import { type LoadedModel, loadModel } from '../detector/model-directory-node.ts';
import { readModelFiles, writeModelFiles } from '../detector/model-files-node.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { BaselineDetector, type BaselineParts } from './baseline-detector.ts';
import { type BaselineModel, describeBaseline, parseBaseline, serialiseBaselineJson } from './model.ts';

/** A baseline that came from a directory. */
export interface LoadedBaseline extends BaselineModel {
  readonly directory: string;
  /** As {@link LoadedModel} has it. */
  readonly modelId: string;
}

/** A model directory of whatever kind. */
export type AnyModel =
  | { readonly kind: 'faster-rcnn'; readonly model: LoadedModel }
  | { readonly kind: 'baseline'; readonly model: LoadedBaseline };

/**
 * Reads a model directory of any kind; `readModel` reads a Faster R-CNN alone.
 *
 * @throws ModelError, SafetensorsError or ParameterError saying which file and key or tensor is wrong
 */
export async function readAnyModel(directory: string): Promise<AnyModel> {
  const files = await readModelFiles(directory);
  if (modelKindOf(files.json) !== 'baseline') return { kind: 'faster-rcnn', model: await loadModel(files) };
  const { json, weights, modelId } = files;
  return { kind: 'baseline', model: { ...parseBaseline(json, weights, directory), directory, modelId } };
}

/** A baseline in Node. */
export function createBaseline(parts: BaselineParts, options: SessionOptions = {}): Promise<BaselineDetector> {
  return BaselineDetector.create(parts, (definition) => compile(definition, options));
}

/** Its one detection is shown whatever its score: that is what the paper's does. */
const DEFAULT_MIN_SCORE = 0;

/** Writes a model directory, or replaces one: it is there whole, or what was there stays. Weights are stored in halves. */
export async function writeBaseline(
  directory: string,
  {
    minScore = DEFAULT_MIN_SCORE,
    recipe,
    metrics,
    ...parts
  }: BaselineParts & {
    readonly name: string;
    readonly minScore?: number;
    /** JSON values kept beside the model. */
    readonly recipe?: unknown;
    readonly metrics?: unknown;
  },
): Promise<void> {
  const model = { ...parts, minScore };
  await writeModelFiles(directory, {
    json: serialiseBaselineJson(model),
    weights: serialiseWeights(parts.parameters, 'float16'),
    card: describeBaseline(model, metrics),
    recipe,
    metrics,
  });
}
