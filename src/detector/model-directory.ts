/**
 * @file The files of a model directory as text and bytes. Reading and writing them on disk: `model-directory-node.ts`.
 *
 * `model.json` says everything but the weights; `weights.safetensors` holds those; `README.md` (the card),
 * `recipe.json` and `metrics.json` are for people.
 */
import { z } from 'zod';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import { type PreprocessingConfig, preprocessingSchema } from '../image/preprocess.ts';
import { type ParameterSpec, type Parameters, parametersFrom } from '../nn/parameters.ts';
import { trunks } from '../nn/trunks/trunk.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { halvesFromFloats } from '../weights/float16.ts';
import { parseSafetensors, serialiseSafetensors } from '../weights/safetensors.ts';
import { repeatedKey } from '../weights/unique-keys.ts';
import { type DetectorConfig, parseDetectorConfig } from './config.ts';
import { descriptorsSchema, hasMapsOf, type ModelDescriptors, mapsOf, spaceIds } from './descriptors.ts';
import { type ScoreCalibration, uncalibrated } from './detect-graph.ts';
import { detectorNetwork } from './network.ts';
import { vectorHead } from './vector-head.ts';

export const modelFormatVersion = 1;

const score = z.number().min(0).max(1);

/** What models there are. `baseline` (`baseline/`) gives one box a photo and no vectors. */
const modelKinds = ['faster-rcnn', 'baseline'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** What every kind says. */
export const commonModelSchema = z.strictObject({
  formatVersion: z.literal(modelFormatVersion),
  name: z.string().min(1).max(200),
  /** Label i + 1 is class i. */
  classes: z.array(z.string().min(1).max(200)).min(1).max(10_000),
  preprocessing: preprocessingSchema,
});

/** A `ScoreCalibration` as `model.json` states it. */
export const calibrationSchema = z
  .strictObject({ scale: z.number().positive(), shift: z.number() })
  .default(uncalibrated);

const modelSchema = commonModelSchema.extend({
  /** Left out by the first models. */
  kind: z.literal('faster-rcnn').default('faster-rcnn'),
  /** A `DetectorConfig` without its classes; its own parser reads it. */
  architecture: z.record(z.string(), z.unknown()),
  /** Detections under it are not shown: one for all, or one a class. */
  minScore: z.union([score, z.record(z.string(), score)]),
  /** Of scores: what `calibrateScores` does; models from before have none. */
  calibration: calibrationSchema,
  /** Stated by models from before, which never used it. */
  temperature: z.literal(1).optional(),
  descriptors: descriptorsSchema,
});

/** One number for all classes, or one for each by name. */
export type MinScore = z.output<typeof modelSchema>['minScore'];

/** A model as it is used: `model.json` and the weights. */
export interface Model {
  readonly name: string;
  readonly config: DetectorConfig;
  readonly preprocessing: PreprocessingConfig;
  readonly minScore: MinScore;
  readonly calibration: ScoreCalibration;
  readonly descriptors: ModelDescriptors;
  readonly parameters: Parameters;
}

/** How weights are stored. Halves are half as large; vectors of numbers (biases, statistics of norms) stay whole. */
export type Precision = 'float16' | 'float32';

/** A model directory that cannot be used. */
export class ModelError extends DeepShopError {
  constructor(
    reason: 'missing' | 'damaged' | 'newer' | 'space' | 'kind',
    summary: string,
    facts: ErrorFacts,
    options?: { cause?: unknown },
  ) {
    super(`model-${reason}`, summary, facts, options);
  }
}

/**
 * A model out of the texts of its files.
 *
 * @param where the directory, for messages
 * @throws ModelError, SafetensorsError or ParameterError saying which file and key or tensor is wrong
 */
export async function parseModel(json: string, weights: Uint8Array, where: string): Promise<Model> {
  const parsed = parseModelJson(json, { kind: 'faster-rcnn', schema: modelSchema, where: `${where}/model.json` });
  const { formatVersion: _, kind: __, temperature: ___, architecture, classes, ...rest } = parsed;
  const config = parseDetectorConfig({ ...architecture, classes }, `${where}/model.json, architecture`);
  checkFacts(config, rest, `${where}/model.json`);
  const file = `${where}/weights.safetensors`;
  const specs = [...detectorNetwork(config).specs, ...vectorHeadSpecs(rest.descriptors, config)];
  const parameters = parametersFrom(specs, parseSafetensors(weights, file).tensors, file);
  const model = { ...rest, config, parameters };
  await checkSpaces(model, where);
  return model;
}

/** Of a learned descriptor, where the model has one. */
function vectorHeadSpecs({ garment }: ModelDescriptors, config: DetectorConfig): readonly ParameterSpec[] {
  return garment?.kind === 'learned' ? vectorHead(garment, config).specs : [];
}

/** The text of `model.json`. */
export function serialiseModelJson({ parameters: _, config, ...rest }: Model): string {
  const { classes, ...architecture } = config;
  const { name, ...settings } = rest;
  const facts = { formatVersion: modelFormatVersion, kind: 'faster-rcnn', name, architecture, classes, ...settings };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/** The bytes of `weights.safetensors`. */
export function serialiseWeights(parameters: Parameters, precision: Precision): Uint8Array {
  const tensors = [...parameters].map(([name, tensor]): [string, Tensor] => {
    if (precision === 'float32' || tensor.shape.length < 2) return [name, tensor];
    const data = halvesFromFloats(tensor.data);
    // The exponent of infinity: a weight beyond 65504 stays as it is.
    if (data.some((half) => (half & 0x7c00) === 0x7c00)) return [name, tensor];
    return [name, { dtype: 'float16', shape: tensor.shape, data }];
  });
  return serialiseSafetensors(new Map(tensors));
}

/** The lowest score of a class that is shown. */
export function minScoreOf(minScore: MinScore, label: string): number {
  return typeof minScore === 'number' ? minScore : (minScore[label] ?? 0);
}

/** The kind that a `model.json` states; the first models, and what is no JSON, state none and are Faster R-CNN. */
export function modelKindOf(text: string): unknown {
  try {
    const { kind = 'faster-rcnn' } = JSON.parse(text) as { kind?: unknown };
    return kind;
  } catch {
    return 'faster-rcnn';
  }
}

/**
 * A `model.json` of one kind.
 *
 * @throws ModelError also for another kind
 */
export function parseModelJson<T>(
  text: string,
  { kind, schema, where }: { readonly kind: ModelKind; readonly schema: z.ZodType<T>; readonly where: string },
): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const facts = { where, got: (cause as Error).message, cure: 'Fetch or export the model again.' };
    throw new ModelError('damaged', 'is not JSON', facts, { cause });
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) {
    const facts = { where, expected: 'each key once', cure: 'Fetch or export the model again.' };
    throw new ModelError('damaged', `has the key ${JSON.stringify(repeated)} twice`, facts);
  }
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > modelFormatVersion) {
    throw new ModelError('newer', 'the model was written by a newer version of deep-shopping', {
      where,
      expected: `formatVersion ${modelFormatVersion}`,
      got: String(version),
      cure: 'Update deep-shopping.',
    });
  }
  const stated = modelKindOf(text);
  if (stated !== kind) throw kindError(stated, kind, where);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].join('.')) : [],
  );
  if (unknown.length > 0) {
    throw new ModelError('newer', `has keys that are unknown here: ${unknown.slice(0, 5).join(', ')}`, {
      where,
      expected: `the keys of format version ${modelFormatVersion}`,
      cure: 'They may come from a newer version: update deep-shopping, or remove them.',
    });
  }
  const faults = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new ModelError('damaged', 'is no description of a model', {
    where,
    got: faults.join('; '),
    cure: 'Correct the named keys.',
  });
}

function kindError(stated: unknown, expected: ModelKind, where: string): ModelError {
  const facts = { where, expected: `kind "${expected}"`, got: JSON.stringify(stated) };
  if (modelKinds.some((kind) => kind === stated)) {
    const cure =
      'Take another model: one of a recipe with "detector" is a Faster R-CNN, one of a recipe with "baseline" is not.';
    return new ModelError('kind', 'the model is of a kind that cannot do this', { ...facts, cure });
  }
  const cure = 'It may come from a newer version: update deep-shopping.';
  return new ModelError('newer', 'the kind of the model is not known here', { ...facts, cure });
}

function checkFacts(
  config: DetectorConfig,
  { minScore, descriptors }: { readonly minScore: MinScore; readonly descriptors: ModelDescriptors },
  where: string,
): void {
  if (!Object.hasOwn(trunks, config.trunk)) {
    throw new ModelError('newer', `the trunk ${JSON.stringify(config.trunk)} is not known here`, {
      where,
      expected: `one of ${Object.keys(trunks).join(', ')}`,
      cure: 'It may come from a newer version: update deep-shopping.',
    });
  }
  if (typeof minScore !== 'number') {
    const stated = Object.keys(minScore).sort().join(', ');
    const wanted = [...config.classes].sort().join(', ');
    if (stated !== wanted) {
      throw new ModelError('damaged', 'minScore and classes disagree', {
        where,
        expected: `a score for ${wanted}`,
        got: stated,
        cure: 'Name each class once.',
      });
    }
  }
  for (const [name, definition] of Object.entries(descriptors)) {
    if (definition === undefined || hasMapsOf(definition, config)) continue;
    throw new ModelError('damaged', `the descriptor ${name} reads a feature map that the network lacks`, {
      where,
      expected: 'maps of the trunk and of the pyramid',
      got: mapsOf(definition).join(', '),
      cure: 'Fetch or export the model again.',
    });
  }
}

/** Vectors of a model whose trunk was changed must not meet those of the old one. */
async function checkSpaces({ descriptors, config, preprocessing, parameters }: Model, where: string): Promise<void> {
  const idOf = spaceIds(config, preprocessing, parameters);
  for (const [name, stated] of Object.entries(descriptors)) {
    if (stated === undefined) continue;
    const { spaceId, calibration: _, ...definition } = stated;
    const found = await idOf(definition);
    if (found === spaceId) continue;
    throw new ModelError('space', `the space id of the descriptor ${name} is not that of these weights`, {
      where: `${where}/model.json`,
      expected: found,
      got: spaceId,
      cure: 'Files of two models were mixed, or one was edited. Take both from one model, or state the expected id and index catalogues anew.',
    });
  }
}
