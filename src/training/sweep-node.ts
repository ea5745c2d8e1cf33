/**
 * @file A sweep: the same training once for every combination of a grid, one run after the other. `train` does the work;
 * here is which runs there are, which of them are done, and how each ended.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readDescription } from '../dataset/dataset-node.ts';
import type { WeightedDirectory } from '../dataset/weighted-directory.ts';
import { describeError } from '../errors/errors.ts';
import { acquireLock } from '../files/lock-file-node.ts';
import type { ExecutionProvider } from '../onnx/session.ts';
import type { Recipe } from './recipe.ts';
import { asUsage, type Combination, combinationsOf, recipeWith, type Variation } from './recipe-grid.ts';
import { type StartingWeights, startRun, trainableOf } from './start-node.ts';
import {
  type Outcome,
  readOutcome,
  readSweep,
  type SweepBase,
  sweepLockFile,
  writeOutcome,
  writeSweep,
} from './sweep-file-node.ts';
import { type StepProgress, TrainingDivergedError, train } from './train-node.ts';
import { type LogRecord, TrainingLog } from './training-log-node.ts';

export interface SweepOptions {
  readonly recipe: Recipe;
  readonly variations: readonly Variation[];
  readonly data: readonly WeightedDirectory[];
  /** The folder of the sweep; each run has one in it. */
  readonly out: string;
  /** What every run starts from. */
  readonly from: StartingWeights;
  /** Where steps run; left out: the CPU. */
  readonly provider?: ExecutionProvider;
  /** Called for a run that begins or goes on, not for one that is done. */
  readonly onRun?: (run: SweepPlace) => void;
  readonly onStep?: (progress: StepProgress) => void;
  /** Called after every run, done before or not, with all runs as they are now. */
  readonly onResult?: (run: SweepPlace, runs: readonly SweepRun[]) => Promise<void>;
}

/** A run of the grid that is asked for. */
export interface SweepPlace extends Combination {
  /** From 1. */
  readonly number: number;
  readonly total: number;
}

export interface SweepRun extends Combination {
  /** null: it has not begun, or not ended. */
  readonly outcome: Outcome | null;
  /** Of its log; empty where it has not begun. */
  readonly records: readonly LogRecord[];
  /** Whether the grid that is asked for has it; the folder may hold runs of others. */
  readonly isAsked: boolean;
}

/**
 * Runs what is not done yet and returns all runs of the folder. A run that diverges or fails is an outcome like others; a
 * failed one is tried again by the next sweep, a diverged one is not: it would diverge again, bit for bit.
 *
 * @throws {UsageError} before anything is written, where a combination is no recipe
 * @throws {DeepShopError} where data or weights cannot be used, or the folder holds a sweep of others
 */
export async function sweep(options: SweepOptions): Promise<SweepRun[]> {
  const { out, recipe, variations } = options;
  const grid = combinationsOf(variations);
  const recipes = grid.map((combination) => recipeWith(recipe, combination));
  const base = await baseOf(options, grid, recipes);
  await mkdir(out, { recursive: true });
  const lock = await acquireLock(join(out, sweepLockFile));
  try {
    const combinations = await withEarlier(out, grid, await readSweep(out, base));
    await writeSweep(out, base, combinations);
    for (const [index, combination] of grid.entries()) {
      const place = { ...combination, number: index + 1, total: grid.length };
      await runOnce(options, recipes[index], place);
      await options.onResult?.(place, await runsIn(out, combinations, grid));
    }
    return await runsIn(out, combinations, grid);
  } finally {
    await lock.release();
  }
}

/** Everything that can be checked without training is. */
async function baseOf(
  { recipe, data, out, from }: SweepOptions,
  grid: readonly Combination[],
  recipes: readonly Recipe[],
): Promise<SweepBase> {
  const { classes } = await readDescription(data[0].directory);
  for (const [index, each] of recipes.entries()) {
    asUsage(`--vary, ${grid[index].folder}`, () => trainableOf(each, classes));
  }
  const { sets } = await startRun({ recipe: recipes[0], data, out, from, resume: false });
  return {
    recipe,
    data: sets.map(({ dataset, weight }) => ({
      name: basename(resolve(dataset.directory)),
      photos: dataset.records.length,
      weight,
      hash: dataset.hash,
    })),
    weights: hashOf(from),
  };
}

/** Runs of earlier grids that began are kept, in their order; what never began is forgotten. */
async function withEarlier(
  out: string,
  grid: readonly Combination[],
  earlier: readonly Combination[],
): Promise<Combination[]> {
  const asked = new Set(grid.map(({ folder }) => folder));
  const kept: Combination[] = [];
  for (const combination of earlier) {
    if (asked.has(combination.folder) || (await logOf(out, combination)).length > 0) kept.push(combination);
  }
  const known = new Set(kept.map(({ folder }) => folder));
  return [...kept, ...grid.filter(({ folder }) => !known.has(folder))];
}

async function runOnce(
  { data, out, from, provider = 'cpu', onRun, onStep }: SweepOptions,
  recipe: Recipe,
  place: SweepPlace,
): Promise<void> {
  const folder = join(out, place.folder);
  const hasBegun = (await logOf(out, place)).length > 0;
  const before = await readOutcome(folder);
  if (hasBegun && before !== null && before.state !== 'failed') return;
  onRun?.(place);
  const started = performance.now();
  const seconds = () => (hasBegun ? null : Math.round((performance.now() - started) / 100) / 10);
  // A run moves its weights in place: each gets its own.
  const own = { ...from, tensors: structuredClone(from.tensors) };
  try {
    await train({ recipe, data, out: folder, from: own, provider, resume: hasBegun, ...(onStep && { onStep }) });
    await writeOutcome(folder, { state: 'ended', seconds: seconds(), message: null });
  } catch (error) {
    const state = error instanceof TrainingDivergedError ? 'diverged' : 'failed';
    await writeOutcome(folder, { state, seconds: seconds(), message: messageOf(error, folder) });
  }
}

async function runsIn(
  out: string,
  combinations: readonly Combination[],
  grid: readonly Combination[],
): Promise<SweepRun[]> {
  const asked = new Set(grid.map(({ folder }) => folder));
  return Promise.all(
    combinations.map(async (combination) => ({
      ...combination,
      records: await logOf(out, combination),
      outcome: await readOutcome(join(out, combination.folder)),
      isAsked: asked.has(combination.folder),
    })),
  );
}

const logOf = (out: string, { folder }: Combination) => new TrainingLog(join(out, folder, 'log.jsonl')).read();

/** Without the way to the folder: tables are shown to others. */
function messageOf(error: unknown, folder: string): string {
  return describeError(error).message.replace(`${folder}: `, '').replaceAll(folder, basename(folder));
}

function hashOf({ tensors, classes }: StartingWeights): string | null {
  if (tensors.size === 0) return null;
  const hash = createHash('sha256').update(JSON.stringify(classes));
  for (const [name, { data }] of tensors) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
