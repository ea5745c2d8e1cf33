/**
 * @file What a sweep keeps beside the logs of its runs: `sweep.json` (what was swept) and `outcome.json` (how a run ended).
 * Both are read as outside data.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DeepShopError } from '../errors/errors.ts';
import { isUnfinished, writeFileAtomically } from '../files/atomic-file-node.ts';
import { plural } from '../text/plural.ts';
import { parseRecipe, type Recipe } from './recipe.ts';
import { recipeDifference } from './recipe-differences.ts';
import { type Combination, combinationOf } from './recipe-grid.ts';

const sweepFile = 'sweep.json';
export const sweepLockFile = 'sweep.lock';
const outcomeFile = 'outcome.json';

/** What every run of a sweep has in common. */
export interface SweepBase {
  readonly recipe: Recipe;
  readonly data: readonly {
    readonly name: string;
    readonly photos: number;
    readonly weight: number;
    readonly hash: string;
  }[];
  /** SHA-256 of the weights that the runs start from; null for none. */
  readonly weights: string | null;
}

const sweepSchema = z.strictObject({
  formatVersion: z.literal(1),
  recipe: z.unknown(),
  data: z.array(z.strictObject({ name: z.string(), photos: z.int(), weight: z.number(), hash: z.string() })),
  weights: z.string().nullable(),
  /** Values of each setting, over all combinations. */
  varied: z.record(z.string(), z.array(z.json())),
  combinations: z.array(z.strictObject({ folder: z.string().min(1), values: z.record(z.string(), z.json()) })),
});

const outcomeSchema = z.strictObject({
  formatVersion: z.literal(1),
  state: z.enum(['ended', 'diverged', 'failed']),
  /** Wall-clock time; null where the run did not go from start to end in one process. */
  seconds: z.number().min(0).nullable(),
  message: z.string().nullable(),
});

export type Outcome = Omit<z.infer<typeof outcomeSchema>, 'formatVersion'>;

/**
 * The combinations that a folder already has; none in a new or empty folder.
 *
 * @throws {DeepShopError} where the folder holds something else, or a sweep of another base
 */
export async function readSweep(out: string, base: SweepBase): Promise<Combination[]> {
  const path = join(out, sweepFile);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) {
    const others = (await readdir(out)).filter((name) => !name.startsWith(sweepLockFile) && !isUnfinished(name));
    if (others.length === 0) return [];
    throw new DeepShopError('sweep-folder', 'the folder holds something other than a sweep', {
      where: out,
      expected: `${sweepFile}, or a new or empty folder`,
      got: others.slice(0, 3).join(', '),
      cure: 'Name another folder with --out.',
    });
  }
  const found = parseSweep(text, path);
  refuseOthers(found, base, path);
  return found.combinations;
}

export async function writeSweep(
  out: string,
  { recipe, data, weights }: SweepBase,
  combinations: readonly Combination[],
): Promise<void> {
  const names = [...new Set(combinations.flatMap(({ settings }) => settings.map(({ name }) => name)))];
  const valuesOf = (name: string) => {
    const values = combinations.flatMap(({ settings }) => settings.filter((each) => each.name === name));
    return [...new Map(values.map(({ value }) => [JSON.stringify(value), value])).values()];
  };
  const document = {
    formatVersion: 1,
    ...{ recipe, data, weights },
    varied: Object.fromEntries(names.map((name) => [name, valuesOf(name)])),
    combinations: combinations.map(({ folder, settings }) => ({
      folder,
      values: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    })),
  };
  await writeFileAtomically(join(out, sweepFile), `${JSON.stringify(document, null, 1)}\n`);
}

/** How a run ended; null where it has not, or nothing readable says so: it then goes on, and a finished one stays as it is. */
export async function readOutcome(run: string): Promise<Outcome | null> {
  try {
    const { formatVersion: _, ...outcome } = outcomeSchema.parse(
      JSON.parse(await readFile(join(run, outcomeFile), 'utf8')),
    );
    return outcome;
  } catch {
    return null;
  }
}

export async function writeOutcome(run: string, outcome: Outcome): Promise<void> {
  await writeFileAtomically(join(run, outcomeFile), `${JSON.stringify({ formatVersion: 1, ...outcome }, null, 1)}\n`);
}

function parseSweep(text: string, path: string): SweepBase & { readonly combinations: Combination[] } {
  try {
    const { recipe, data, weights, combinations } = sweepSchema.parse(JSON.parse(text));
    return {
      ...{ data, weights, recipe: parseRecipe(recipe, path) },
      combinations: combinations.map(({ folder, values }) => {
        const combination = combinationOf(Object.entries(values).map(([name, value]) => ({ name, value })));
        // Folders are written to: only names that we would give.
        if (combination.folder === folder) return combination;
        throw new Error(`the folder "${folder}" where "${combination.folder}" belongs`);
      }),
    };
  } catch (cause) {
    const facts = {
      where: path,
      expected: 'what a sweep of this version wrote',
      got: cause instanceof Error ? cause.message : String(cause),
      cure: 'Sweep into another folder.',
    };
    throw new DeepShopError('sweep-malformed', 'sweep.json is damaged', facts, { cause });
  }
}

function refuseOthers(found: SweepBase, base: SweepBase, where: string): void {
  const refuse = (what: string, expected: string, got: string) => {
    throw new DeepShopError('sweep-of-another-base', `the folder holds a sweep of ${what}`, {
      ...{ where, expected, got },
      cure: 'Sweep with what it was started with, or into another folder.',
    });
  };
  const difference = recipeDifference(found.recipe, base.recipe);
  if (difference !== null) refuse('another recipe', difference.expected, difference.got);
  const describe = (data: SweepBase['data']) =>
    data
      .map(({ name, photos, weight, hash }) => `${name}:${weight} (${plural(photos, 'photo')}, ${hash.slice(0, 8)})`)
      .join(', ');
  const identify = (data: SweepBase['data']) => data.map(({ weight, hash }) => `${hash} ${weight}`).join();
  if (identify(found.data) !== identify(base.data)) refuse('other data', describe(found.data), describe(base.data));
  const shorten = (hash: string | null) => (hash === null ? 'none' : `weights of SHA-256 ${hash.slice(0, 16)}`);
  if (found.weights !== base.weights) refuse('runs from other weights', shorten(found.weights), shorten(base.weights));
}
