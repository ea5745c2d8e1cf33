/**
 * @file How well a search answers: figures over ranked lists, by the textbook's formulas.
 *
 * A list is what a query was answered with, best first. A query that got none (its garment was not detected) has an empty
 * one and counts as a failure everywhere, so detector and vector are judged together.
 *
 * References: Manning, Raghavan and Schuetze, Introduction to Information Retrieval (2008), chapter 8; for nDCG Jaervelin
 * and Kekaelaeinen, Cumulated gain-based evaluation of IR techniques (2002), with gains of 0 and 1.
 */
import { assert } from '../errors/assert.ts';
import { Random } from '../random/random.ts';
import { type Interval, intervalOf } from './interval.ts';

/** One query's answer. */
export interface RankedAnswer {
  /** Of each answered item from the best on, whether it is one of those looked for. */
  readonly isRelevant: readonly boolean[];
  /** Of the same items, whether they are of the class of what was looked for; null where that class is not known. */
  readonly isSameClass: readonly boolean[] | null;
  /** How many items of the gallery are looked for, answered or not; at least 1. */
  readonly numRelevant: number;
}

/** Depths that figures are given at. */
export const recallDepths = [1, 5, 10] as const;
const classDepth = 3;
const rankDepth = 10;

/** Means over queries, each in `[0, 1]`; -1 where no query has what a figure needs. */
export interface RetrievalFigures {
  readonly 'recall@1': number;
  readonly 'recall@5': number;
  readonly 'recall@10': number;
  readonly 'classPrecision@3': number;
  readonly 'mAP@10': number;
  readonly 'nDCG@10': number;
}

export const retrievalFigureNames = [
  ...['recall@1', 'recall@5', 'recall@10', 'classPrecision@3', 'mAP@10', 'nDCG@10'],
] as readonly (keyof RetrievalFigures)[];

/** Share of what is looked for among the first k. */
export function recallAt({ isRelevant, numRelevant }: RankedAnswer, k: number): number {
  return countTrue(isRelevant, k) / numRelevant;
}

/** Share of the first k that have a property; a list that is shorter has failures where it ends. */
export function precisionAt(flags: readonly boolean[], k: number): number {
  return countTrue(flags, k) / k;
}

/** Mean of the precisions at the places of what is found among the first k, over the most that could be found there. */
export function averagePrecisionAt({ isRelevant, numRelevant }: RankedAnswer, k: number): number {
  let [found, sum] = [0, 0];
  for (let place = 0; place < Math.min(k, isRelevant.length); place++) {
    if (!isRelevant[place]) continue;
    found += 1;
    sum += found / (place + 1);
  }
  return sum / Math.min(k, numRelevant);
}

/** Gains discounted by the logarithm of their place, over those of the best list. */
export function normalisedGainAt({ isRelevant, numRelevant }: RankedAnswer, k: number): number {
  const discount = (place: number) => 1 / Math.log2(place + 2);
  let [gain, best] = [0, 0];
  for (let place = 0; place < k; place++) {
    if (isRelevant[place] === true) gain += discount(place);
    if (place < numRelevant) best += discount(place);
  }
  return gain / best;
}

/**
 * All figures. Where every query looks for one item, a recall is a count of queries over their number; that it is one is
 * asserted.
 */
export function retrievalFigures(answers: readonly RankedAnswer[]): RetrievalFigures {
  const figures = meansOf(figuresPerAnswer(answers));
  if (answers.every(({ numRelevant }) => numRelevant === 1)) {
    for (const k of recallDepths) assertCount(figures[`recall@${k}`], answers.length, `recall@${k}`);
  }
  return figures;
}

export interface RetrievalIntervals {
  readonly resamples: number;
  readonly seed: number;
  /** Of 95 %. */
  readonly figures: { readonly [Name in keyof RetrievalFigures]: Interval };
}

/** Percentile intervals by the bootstrap over queries; the gallery stays as it is. */
export function retrievalIntervals(
  answers: readonly RankedAnswer[],
  { resamples = 1000, seed = 0 }: { readonly resamples?: number; readonly seed?: number } = {},
): RetrievalIntervals {
  const rows = figuresPerAnswer(answers);
  const random = new Random(seed);
  const drawn = Array.from({ length: resamples }, () => meansOf(rows.map(() => random.pick(rows))));
  const figures = Object.fromEntries(
    retrievalFigureNames.map((name) => [
      name,
      intervalOf(
        drawn.map((figures) => figures[name]),
        0.95,
      ),
    ]),
  ) as RetrievalIntervals['figures'];
  return { resamples, seed, figures };
}

/** A mean of zeros and ones is a count over how many there are. @throws AssertionError where it is not */
export function assertCount(mean: number, count: number, what: string): void {
  const times = mean * count;
  assert(Math.abs(times - Math.round(times)) < 1e-6, `${what} is k / ${count} for a whole k, not ${mean}`);
}

function figuresPerAnswer(answers: readonly RankedAnswer[]): RetrievalFigures[] {
  return answers.map((answer) => ({
    'recall@1': recallAt(answer, 1),
    'recall@5': recallAt(answer, 5),
    'recall@10': recallAt(answer, 10),
    'classPrecision@3': answer.isSameClass === null ? -1 : precisionAt(answer.isSameClass, classDepth),
    'mAP@10': averagePrecisionAt(answer, rankDepth),
    'nDCG@10': normalisedGainAt(answer, rankDepth),
  }));
}

function meansOf(rows: readonly RetrievalFigures[]): RetrievalFigures {
  const mean = (name: keyof RetrievalFigures) => {
    const known = rows.filter((row) => row[name] !== -1);
    return known.length === 0 ? -1 : known.reduce((sum, row) => sum + row[name], 0) / known.length;
  };
  return {
    'recall@1': mean('recall@1'),
    'recall@5': mean('recall@5'),
    'recall@10': mean('recall@10'),
    'classPrecision@3': mean('classPrecision@3'),
    'mAP@10': mean('mAP@10'),
    'nDCG@10': mean('nDCG@10'),
  };
}

function countTrue(flags: readonly boolean[], k: number): number {
  let count = 0;
  for (let place = 0; place < Math.min(k, flags.length); place++) if (flags[place]) count += 1;
  return count;
}
