/** @file Model directories on disk. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { syncDirectory, writeFileAtomically } from '../files/atomic-file-node.ts';
import { defaultDescriptors, withSpaceIds } from './descriptors.ts';
import { describeModel } from './model-card.ts';
import {
  type Model,
  ModelError,
  type Precision,
  parseModel,
  serialiseModelJson,
  serialiseWeights,
} from './model-directory.ts';

/** A model that came from a directory. */
export interface LoadedModel extends Model {
  readonly directory: string;
  /** Hash of `model.json` and the weights: 32 hexadecimal digits. */
  readonly modelId: string;
}

/** What is written; what is left out has a default. */
export type NewModel = Pick<Model, 'name' | 'config' | 'preprocessing' | 'parameters'> & {
  readonly [K in 'minScore' | 'temperature']?: Model[K] | undefined;
} & {
  /** Definitions; their space ids are worked out. Default: `garment`, and `paper` where the pyramid has a P6. */
  readonly descriptors?: Parameters<typeof withSpaceIds>[0] | undefined;
  /** Default `float16`. */
  readonly precision?: Precision;
  /** The text of `README.md`; by default one that is made of the rest. */
  readonly card?: string;
  /** JSON values kept beside the model. */
  readonly recipe?: unknown;
  readonly metrics?: unknown;
};

/** A description beyond this is a mistake or an attack. */
const MAX_JSON_BYTES = 4_000_000;
/** Detections under this score are not shown unless a model says otherwise. */
const DEFAULT_MIN_SCORE = 0.5;

/**
 * Reads a model directory.
 *
 * @throws ModelError, SafetensorsError or ParameterError saying which file and key or tensor is wrong
 */
export async function readModel(directory: string): Promise<LoadedModel> {
  const json = await readPart(directory, 'model.json', MAX_JSON_BYTES);
  const weights = await readPart(directory, 'weights.safetensors', Number.POSITIVE_INFINITY);
  const model = await parseModel(json.toString('utf8'), weights, directory);
  const hash = createHash('sha256').update(`${json.length} `).update(json).update(weights);
  return { ...model, directory, modelId: hash.digest('hex').slice(0, 32) };
}

/**
 * Writes a model directory, or replaces one: it is there whole, or what was there stays.
 *
 * @throws ModelError when the path holds something that is not a model directory
 */
export async function writeModel(directory: string, model: NewModel): Promise<void> {
  const { name, config, preprocessing, parameters, minScore = DEFAULT_MIN_SCORE, temperature = 1 } = model;
  const definitions = model.descriptors ?? defaultDescriptors(config);
  const descriptors = await withSpaceIds(definitions, config, preprocessing, parameters);
  const complete: Model = { name, config, preprocessing, minScore, temperature, descriptors, parameters };
  const target = resolve(directory);
  await refuseForeignFolder(target, directory);
  const staging = join(dirname(target), `.${basename(target)}.${randomUUID()}.unfinished`);
  try {
    await mkdir(staging, { recursive: true });
    await writeFileAtomically(
      join(staging, 'weights.safetensors'),
      serialiseWeights(parameters, model.precision ?? 'float16'),
    );
    await writeFileAtomically(join(staging, 'model.json'), serialiseModelJson(complete));
    await writeFileAtomically(join(staging, 'README.md'), model.card ?? describeModel(complete, model.metrics));
    for (const part of ['recipe', 'metrics'] as const) {
      const value = model[part];
      if (value === undefined || value === null) continue;
      await writeFileAtomically(join(staging, `${part}.json`), `${JSON.stringify(value, null, 2)}\n`);
    }
    await swapIn(staging, target);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/** Puts a finished folder in the place of another. */
async function swapIn(staging: string, target: string): Promise<void> {
  const old = `${staging}.old`;
  const hadOne = await rename(target, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(staging, target);
  } catch (error) {
    if (hadOne) await rename(old, target);
    throw error;
  }
  await syncDirectory(dirname(target));
  await rm(old, { recursive: true, force: true });
}

async function refuseForeignFolder(target: string, where: string): Promise<void> {
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  const isModel = await stat(join(target, 'model.json')).then(
    () => true,
    () => false,
  );
  if (isModel || (found.isDirectory() && (await readdir(target)).length === 0)) return;
  throw new ModelError('damaged', 'this is not a model directory and is not overwritten', {
    where,
    expected: 'a new or empty folder, or one with a model.json',
    cure: 'Choose another folder.',
  });
}

async function readPart(directory: string, name: string, limit: number): Promise<Buffer> {
  const path = join(directory, name);
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > limit) {
        const facts = { where: path, expected: `at most ${limit} bytes`, got: `${size}` };
        throw new ModelError('damaged', 'is absurdly large', facts);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw cause;
    throw new ModelError(
      'missing',
      `there is no ${name}`,
      {
        where: directory,
        expected: 'a model directory: model.json and weights.safetensors',
        cure: 'Check the path, or train a model with deepshop train.',
      },
      { cause },
    );
  }
}
