/**
 * @file A grid of recipes: a base recipe and settings that take several values each; every combination is a recipe.
 *
 * A setting is a path into the recipe (`augmentation.flip`) or a short name (`lr`). Both it and its values are outside
 * text: what it makes of the recipe is parsed like any recipe, and only own keys are walked through.
 */
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { seedFrom } from '../random/random.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** One setting and the values it takes: `lr=0.005,0.01`. */
export interface Variation {
  /** The short name where the setting has one, else the path. */
  readonly name: string;
  /** JSON values, each once. */
  readonly values: readonly unknown[];
}

export interface Setting {
  readonly name: string;
  readonly value: unknown;
}

/** One point of the grid. */
export interface Combination {
  /** In order of their names. */
  readonly settings: readonly Setting[];
  /** Name of its folder, made of the settings alone: `lr=0.01,optimizer=sgd`. */
  readonly folder: string;
}

/** Names for paths. A kind of optimizer is a setting of its own: another kind has other settings. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['learningRate', 'lr'],
  ['learningRateSchedule.warmupSteps', 'warmup-steps'],
  ['batchSize', 'batch-size'],
  ['optimizer.weightDecay', 'weight-decay'],
  ['optimizer.momentum', 'momentum'],
  ['optimizer.kind', 'optimizer'],
]);
const pathsByName = new Map([...shortNames].map(([path, name]) => [name, path]));

/** Larger grids are slips: at a minute a run this is most of a day. */
const mostCombinations = 1000;

/** @throws {UsageError} where a text is no `KEY=V1,V2`, or a key or value is there twice */
export function parseVariations(texts: readonly string[]): Variation[] {
  const variations = texts.map(parseVariation);
  for (const [index, { name }] of variations.entries()) {
    if (variations.findIndex((other) => other.name === name) === index) continue;
    throw new UsageError('a setting is varied once', {
      where: `--vary ${texts[index]}`,
      expected: 'all values of a setting in one list',
      got: `${name} a second time`,
      cure: 'Join the lists with commas.',
    });
  }
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > mostCombinations) {
    throw new UsageError('the grid is too large', {
      where: '--vary',
      expected: `at most ${mostCombinations} combinations`,
      got: String(count),
      cure: 'Vary fewer settings at a time.',
    });
  }
  return variations;
}

/** Every combination; the last setting changes fastest. */
export function combinationsOf(variations: readonly Variation[]): Combination[] {
  let points: Setting[][] = [[]];
  for (const { name, values } of variations) {
    points = points.flatMap((point) => values.map((value) => [...point, { name, value }]));
  }
  return points.map(combinationOf);
}

/** The same for the same settings in any order. */
export function combinationOf(unordered: readonly Setting[]): Combination {
  const settings = [...unordered].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { settings, folder: folderOf(settings) };
}

/**
 * The base recipe with other settings: a kind of optimizer first, since it brings its own defaults; parts before what is in
 * them. `steps` takes the place of `epochs`, and the other way round.
 *
 * @throws {UsageError} where that is no recipe
 */
export function recipeWith(base: Recipe, { settings, folder }: Combination): Recipe {
  const where = `--vary, ${folder}`;
  const tree: Record<string, unknown> = { ...structuredClone(base) };
  const has = (name: string) => settings.some((setting) => setting.name === name);
  if (has('steps') && !has('epochs')) tree.epochs = null;
  if (has('epochs') && !has('steps')) tree.steps = null;
  const depth = ({ name }: Setting) => pathOf(name).length;
  for (const setting of [...settings].sort((a, b) => depth(a) - depth(b))) apply(tree, setting, where);
  return asUsage(where, () => parseRecipe(tree, where));
}

/** Runs a check of a combination: what it refuses is wrong usage. */
export function asUsage<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DeepShopError) || error instanceof UsageError) throw error;
    throw new UsageError('a combination is no recipe that can be trained', {
      where,
      ...error.facts,
      cure: 'The base recipe can be used as it is: correct --vary.',
    });
  }
}

/** What a recipe says about a setting; undefined where it says nothing. */
export function valueIn(recipe: Recipe, name: string): unknown {
  if (name === 'optimizer') return recipe.optimizer.kind;
  let value: unknown = recipe;
  for (const key of pathOf(name)) value = isPart(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** As a person writes it on the command line. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function parseVariation(text: string): Variation {
  const where = `--vary ${text}`;
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(at, 0)).trim();
  const path = pathOf(key);
  const isKey = path.every((part) => /^[a-z][a-z0-9-]*$/i.test(part) && !(part in Object.prototype));
  if (at === -1 || !isKey) {
    throw new UsageError('this names no setting of a recipe', {
      where,
      expected: 'KEY=V1,V2 with a path into the recipe, like augmentation.flip=0,0.5, or lr, weight-decay, optimizer',
      got: at === -1 ? 'no "="' : `the key "${key}"`,
      cure: 'The keys are those of the recipe’s file; deepshop sweep --help has examples.',
    });
  }
  const pieces = splitValues(text.slice(at + 1)).map((piece) => piece.trim());
  const values = pieces.map(parseValue);
  const written = values.map((value) => JSON.stringify(value));
  const isTwice = new Set(written).size < written.length;
  if (isTwice || pieces.includes('')) {
    throw new UsageError('the values of a setting cannot be used', {
      where,
      expected: 'values with commas between them, each once',
      got: isTwice ? 'a value twice' : 'an empty value',
      cure: 'Write an empty text as "", in quotes.',
    });
  }
  return { name: shortNames.get(path.join('.')) ?? key, values };
}

function pathOf(name: string): string[] {
  return name === 'optimizer' ? [name] : (pathsByName.get(name) ?? name).split('.');
}

/** Commas within brackets, braces and quotes belong to a value. */
function splitValues(text: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^",[\]{}]+|./gs)) {
    if ('[{'.includes(token)) depth++;
    if (']}'.includes(token)) depth--;
    if (token === ',' && depth <= 0) pieces.push('');
    else pieces.push(`${pieces.pop()}${token}`);
  }
  return pieces;
}

/** JSON where it is JSON, else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function apply(tree: Record<string, unknown>, { name, value }: Setting, where: string): void {
  if (name === 'optimizer' && typeof value === 'string') {
    const { optimizer } = tree;
    if (!isPart(optimizer) || optimizer.kind !== value) tree.optimizer = { kind: value };
    return;
  }
  const path = pathOf(name);
  let part = tree;
  for (const key of path.slice(0, -1)) {
    // What is left out has defaults, and may be given in part.
    const next = (Object.hasOwn(part, key) ? part[key] : undefined) ?? undefined;
    if (part[key] === null || (next !== undefined && !isPart(next))) {
      throw new UsageError('there is nothing to set here', {
        where: `${where}: ${name}`,
        expected: `settings in ${key}`,
        got: formatValue(part[key]),
        cure: `Give ${key} as a whole, as JSON.`,
      });
    }
    const entered = next ?? {};
    part[key] = entered;
    part = entered;
  }
  part[path.at(-1)!] = value;
}

function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A name that every file system takes. Where it cannot tell the settings from all others (letters that are replaced or
 * differ in case alone, a text that reads like a number, a long name) a hash of them is added.
 */
function folderOf(settings: readonly Setting[]): string {
  const readable = settings.map(({ name, value }) => `${name}=${formatValue(value)}`).join(',');
  const safe = readable.replace(/[^A-Za-z0-9.,=+_-]/g, '_').slice(0, 150);
  const isPlain = ({ value }: Setting) =>
    typeof value !== 'string' || (/^[a-z0-9.+_-]+$/.test(value) && parseValue(value) === value);
  if (safe === readable && settings.every(isPlain) && !readable.endsWith('.')) return readable;
  const json = JSON.stringify(settings.map(({ name, value }) => [name, value]));
  const hash = [0, 1].map((seed) => (seedFrom(seed, json) >>> 0).toString(16).padStart(8, '0')).join('');
  return `${safe},${hash}`;
}
