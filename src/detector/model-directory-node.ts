/** @file Model directories of Faster R-CNN on disk. */
import { defaultDescriptors, type WrittenDescriptors, withSpaceIds } from './descriptors.ts';
import { uncalibrated } from './detect-graph.ts';
import { describeModel } from './model-card.ts';
import { type Model, type Precision, parseModel, serialiseModelJson, serialiseWeights } from './model-directory.ts';
import { type ModelFiles, readModelExtras, readModelFiles, writeModelFiles } from './model-files-node.ts';

/** A model that came from a directory. */
export interface LoadedModel extends Model {
  readonly directory: string;
  /** Hash of `model.json` and the weights: 32 hexadecimal digits. */
  readonly modelId: string;
}

/** What is written; what is left out has a default. */
export type NewModel = Pick<Model, 'name' | 'config' | 'preprocessing' | 'parameters'> & {
  readonly [K in 'minScore' | 'calibration']?: Model[K] | undefined;
} & {
  /** Definitions, with calibrations where they were measured; space ids are worked out. Default: `garment`, and `paper` where the pyramid has a P6. */
  readonly descriptors?: WrittenDescriptors | undefined;
  /** Default `float16`. */
  readonly precision?: Precision;
  /** The text of `README.md`; by default one that is made of the rest. */
  readonly card?: string;
  /** JSON values kept beside the model. */
  readonly recipe?: unknown;
  readonly metrics?: unknown;
};

/** Detections under this score are not shown unless a model says otherwise. */
const DEFAULT_MIN_SCORE = 0.5;

/**
 * Reads a model directory.
 *
 * @throws ModelError, SafetensorsError or ParameterError saying which file and key or tensor is wrong
 */
export async function readModel(directory: string): Promise<LoadedModel> {
  return loadModel(await readModelFiles(directory));
}

/** The same of files that were read. */
export async function loadModel({ directory, json, weights, modelId }: ModelFiles): Promise<LoadedModel> {
  return { ...(await parseModel(json, weights, directory)), directory, modelId };
}

/**
 * Writes a model directory, or replaces one: it is there whole, or what was there stays.
 *
 * @throws ModelError when the path holds something that is not a model directory
 */
export async function writeModel(directory: string, model: NewModel): Promise<void> {
  const { name, config, preprocessing, parameters, minScore = DEFAULT_MIN_SCORE, calibration = uncalibrated } = model;
  const definitions = model.descriptors ?? defaultDescriptors(config);
  const descriptors = await withSpaceIds(definitions, config, preprocessing, parameters);
  const complete: Model = { name, config, preprocessing, minScore, calibration, descriptors, parameters };
  await writeModelFiles(directory, {
    json: serialiseModelJson(complete),
    weights: serialiseWeights(parameters, model.precision ?? 'float16'),
    card: model.card ?? describeModel(complete, model.metrics),
    recipe: model.recipe,
    metrics: model.metrics,
  });
}

/**
 * Writes a model with other descriptors; all else is that of the model's directory, recipe and metrics included.
 *
 * @param directory to write; may be the model's own
 * @param section of the card: put in the place of one with its heading, or at the end
 */
export async function writeWithDescriptors(
  directory: string,
  model: LoadedModel,
  {
    descriptors,
    parameters,
    section,
    precision = 'float16',
  }: {
    readonly descriptors: WrittenDescriptors;
    readonly parameters: LoadedModel['parameters'];
    readonly section: string;
    readonly precision?: Precision;
  },
): Promise<void> {
  const { name, config, preprocessing, minScore, calibration } = model;
  const { card, recipe, metrics } = await readModelExtras(model.directory);
  await writeModel(directory, {
    ...{ name, config, preprocessing, minScore, calibration, parameters, descriptors, recipe, metrics, precision },
    ...(card === undefined ? {} : { card: withSection(card, section) }),
  });
}

/** Markdown with one section of the second level replaced, or added. */
function withSection(card: string, section: string): string {
  const [heading] = section.split('\n', 1);
  const sections = card.trim().split(/\n+(?=## )/);
  return `${[...sections.filter((text) => text.split('\n', 1)[0] !== heading), section.trim()].join('\n\n')}\n`;
}
