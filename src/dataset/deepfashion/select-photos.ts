/** @file Which photos of DeepFashion a data set keeps, and on which side of the split each is. All choices come from a seed. */
import { UsageError } from '../../errors/errors.ts';
import { Random, seedFrom } from '../../random/random.ts';
import { DatasetError } from '../dataset-error.ts';
import type { RelabelTarget } from '../relabel.ts';
import type { Category } from './lists.ts';
import { partitions } from './lists.ts';
import type { DeepFashionRecipe } from './recipes.ts';

/** What is chosen from. n photos. */
export interface LabelledRows {
  readonly categories: readonly Category[];
  /** `[n]`, 1..categories */
  readonly categoryOf: Uint8Array;
  /** `[n, 4]` */
  readonly boxes: Float32Array;
  /** `[n]` places in `partitions`, where the official split is taken. */
  readonly partition: Uint8Array | null;
}

export interface SelectionOptions {
  /** Photos at most of each class that the recipe caps; undefined for the recipe's own. */
  readonly cap?: number | undefined;
  /** Photos for validation; undefined for the paper's 7,500, or its share where the set is small. */
  readonly val?: number | undefined;
  readonly seed: number;
}

export type Side = 'train' | 'val' | null;

export interface Selection {
  /** Rows of the lists that are kept, ascending. */
  readonly rows: Int32Array;
  /** One for each kept row: `train`, `val`, or null for the official test part. */
  readonly sides: readonly Side[];
  /** What becomes of each category. */
  readonly targets: readonly (RelabelTarget | undefined)[];
  /** Photos of each category in the lists, and those kept. */
  readonly inLists: Int32Array;
  readonly kept: Int32Array;
  /** Photos left out because their box has no area. */
  readonly empty: number;
  readonly cap: number | null;
}

/** The paper's validation photos, and their share of its 83,475. */
const paperVal = 7500;
const paperValShare = 0.09;

/** Chooses photos: those of the recipe's categories, at most `cap` of a capped class, then `val` of them for validation. */
export function selectPhotos(rows: LabelledRows, recipe: DeepFashionRecipe, options: SelectionOptions): Selection {
  const { categories, categoryOf, boxes, partition } = rows;
  const targets = targetsOf(categories, recipe);
  const cap = options.cap ?? recipe.cap;
  const inLists = new Int32Array(categories.length);
  const candidates: number[] = [];
  let empty = 0;
  for (let row = 0; row < categoryOf.length; row++) {
    const category = categoryOf[row] - 1;
    inLists[category]++;
    if (targets[category] === undefined) continue;
    const hasArea = boxes[row * 4 + 2] > boxes[row * 4] && boxes[row * 4 + 3] > boxes[row * 4 + 1];
    if (hasArea) candidates.push(row);
    else empty++;
  }
  const classOf = (row: number) => targets[categoryOf[row] - 1];
  const surplus = new Set<number>();
  for (const name of cap === null ? [] : recipe.capped) {
    const ofClass = candidates.filter((row) => classOf(row) === name);
    if (ofClass.length <= cap!) continue;
    const order = new Random(seedFrom(options.seed, 'cap', name)).shuffle(ofClass);
    for (const row of order.slice(cap!)) surplus.add(row);
  }
  const chosen = Int32Array.from(surplus.size === 0 ? candidates : candidates.filter((row) => !surplus.has(row)));
  if (chosen.length === 0) {
    throw new DatasetError('dataset-empty', 'the lists hold no photo of the recipe', {
      expected: `photos of ${[...recipe.targets.keys()].join(', ')}`,
      got: `photos of ${
        categories
          .filter((_, index) => inLists[index] > 0)
          .map(({ name }) => name)
          .join(', ') || 'nothing'
      }`,
      cure: 'Choose another --recipe.',
    });
  }
  const kept = new Int32Array(categories.length);
  for (const row of chosen) kept[categoryOf[row] - 1]++;
  const sides = partition === null ? splitBySeed(chosen.length, options) : officialSides(chosen, partition);
  return { rows: chosen, sides, targets, inLists, kept, empty, cap };
}

/** Every category that the recipe names must be in the list: another spelling would be dropped without a word. */
function targetsOf(categories: readonly Category[], { targets }: DeepFashionRecipe): (RelabelTarget | undefined)[] {
  const names = new Set(categories.map(({ name }) => name));
  const absent = [...targets.keys()].filter((name) => !names.has(name));
  if (absent.length > 0) {
    throw new DatasetError('dataset-unknown-category', 'the list of categories lacks some that the recipe names', {
      where: 'list_category_cloth.txt',
      expected: [...targets.keys()].join(', '),
      got: `no ${absent.join(', ')}`,
      cure: "Is it DeepFashion's own list?",
    });
  }
  return categories.map(({ name }) => targets.get(name) ?? undefined);
}

function splitBySeed(count: number, { val, seed }: SelectionOptions): Side[] {
  const numVal = val ?? Math.min(paperVal, Math.round(count * paperValShare));
  if (numVal >= count) {
    throw new UsageError('validation would take every photo', {
      where: `--val ${numVal}`,
      expected: `fewer than the ${count} photos that are kept`,
      got: String(numVal),
    });
  }
  const sides: Side[] = Array.from({ length: count }, () => 'train');
  const order = Array.from({ length: count }, (_, index) => index);
  for (const index of new Random(seedFrom(seed, 'val')).shuffle(order).slice(0, numVal)) sides[index] = 'val';
  return sides;
}

function officialSides(rows: Int32Array, partition: Uint8Array): Side[] {
  return Array.from(rows, (row) => {
    const part = partitions[partition[row]];
    return part === 'test' ? null : part;
  });
}
