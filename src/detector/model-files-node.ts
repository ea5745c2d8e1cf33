/** @file The files of a model directory on disk, whatever kind of model they describe. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { syncDirectory, writeFileAtomically } from '../files/atomic-file-node.ts';
import { ModelError } from './model-directory.ts';

/** What was read. */
export interface ModelFiles {
  readonly directory: string;
  /** The text of `model.json`. */
  readonly json: string;
  /** The bytes of `weights.safetensors`. */
  readonly weights: Uint8Array;
  /** Hash of both: 32 hexadecimal digits. */
  readonly modelId: string;
}

/** A description beyond this is a mistake or an attack. */
const MAX_JSON_BYTES = 4_000_000;

/** @throws ModelError when a file is missing */
export async function readModelFiles(directory: string): Promise<ModelFiles> {
  const json = await readPart(directory, 'model.json', MAX_JSON_BYTES);
  const weights = await readPart(directory, 'weights.safetensors', Number.POSITIVE_INFINITY);
  const hash = createHash('sha256').update(`${json.length} `).update(json).update(weights);
  return { directory, json: json.toString('utf8'), weights, modelId: hash.digest('hex').slice(0, 32) };
}

/** What lies beside a model, for people; undefined for what is not there. */
export interface ModelExtras {
  /** The text of `README.md`. */
  readonly card?: string | undefined;
  /** JSON values. */
  readonly recipe?: unknown;
  readonly metrics?: unknown;
}

/** The card, the recipe and the metrics of a model directory. */
export async function readModelExtras(directory: string): Promise<ModelExtras> {
  const read = (name: string) =>
    readPart(directory, name, MAX_JSON_BYTES).then(
      (bytes) => bytes.toString('utf8'),
      (error) => {
        if (error instanceof ModelError && error.code === 'model-missing') return undefined;
        throw error;
      },
    );
  const json = async (name: string) => {
    const text = await read(name);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  };
  return { card: await read('README.md'), recipe: await json('recipe.json'), metrics: await json('metrics.json') };
}

/** What is written. */
export interface NewModelFiles {
  readonly json: string;
  readonly weights: Uint8Array;
  /** The text of `README.md`. */
  readonly card: string;
  /** JSON values kept beside the model. */
  readonly recipe?: unknown;
  readonly metrics?: unknown;
}

/**
 * Writes a model directory, or replaces one: it is there whole, or what was there stays.
 *
 * @throws ModelError when the path holds something that is not a model directory
 */
export async function writeModelFiles(directory: string, files: NewModelFiles): Promise<void> {
  const target = resolve(directory);
  await refuseForeignFolder(target, directory);
  const staging = join(dirname(target), `.${basename(target)}.${randomUUID()}.unfinished`);
  try {
    await mkdir(staging, { recursive: true });
    await writeFileAtomically(join(staging, 'weights.safetensors'), files.weights);
    await writeFileAtomically(join(staging, 'model.json'), files.json);
    await writeFileAtomically(join(staging, 'README.md'), files.card);
    for (const part of ['recipe', 'metrics'] as const) {
      const value = files[part];
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
