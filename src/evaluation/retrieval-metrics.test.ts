import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  assertCount,
  averagePrecisionAt,
  normalisedGainAt,
  precisionAt,
  type RankedAnswer,
  recallAt,
  retrievalFigures,
  retrievalIntervals,
} from './retrieval-metrics.ts';

const [yes, no] = [true, false];
const answer = (isRelevant: boolean[], numRelevant = 1, isSameClass: boolean[] | null = isRelevant): RankedAnswer => ({
  isRelevant,
  isSameClass,
  numRelevant,
});

test('figures of a list by hand: two of three found, at the first and the third place', () => {
  const list = answer([yes, no, yes, no], 3);
  expect(recallAt(list, 1)).toBeCloseTo(1 / 3);
  expect(recallAt(list, 10)).toBeCloseTo(2 / 3);
  expect(precisionAt(list.isRelevant, 3)).toBeCloseTo(2 / 3);
  expect(averagePrecisionAt(list, 10)).toBeCloseTo((1 + 2 / 3) / 3);
  // 1 + 1 / log2(4), over 1 + 1 / log2(3) + 1 / log2(4).
  expect(normalisedGainAt(list, 10)).toBeCloseTo(1.5 / 2.1309, 4);
});

test('a query without an answer fails everywhere', () => {
  const figures = retrievalFigures([answer([yes, no, no]), answer([])]);
  expect(figures).toEqual({
    'recall@1': 0.5,
    'recall@5': 0.5,
    'recall@10': 0.5,
    'classPrecision@3': expect.closeTo(1 / 6),
    'mAP@10': 0.5,
    'nDCG@10': 0.5,
  });
});

test('queries whose class nobody knows do not count for its precision', () => {
  const figures = retrievalFigures([answer([yes], 1, null), answer([no], 1, [yes, yes, yes])]);
  expect(figures['classPrecision@3']).toBe(1);
  expect(retrievalFigures([answer([yes], 1, null)])['classPrecision@3']).toBe(-1);
});

test('a recall that is no count of queries is refused', () => {
  expect(() => assertCount(1 / 3, 3, 'recall@1')).not.toThrow();
  expect(() => assertCount(0.5, 3, 'recall@1')).toThrow(/recall@1 is k \/ 3 for a whole k, not 0.5/);
});

test('intervals hold the figure, and the same seed gives the same ones', () => {
  const answers = Array.from({ length: 40 }, (_, index) => answer(index % 4 === 0 ? [no, yes] : [yes, no]));
  const first = retrievalIntervals(answers, { resamples: 200, seed: 3 });
  const [low, high] = first.figures['recall@1']!;
  expect(low).toBeLessThan(0.75);
  expect(high).toBeGreaterThan(0.75);
  expect(first.figures['recall@5']).toEqual([1, 1]);
  expect(retrievalIntervals(answers, { resamples: 200, seed: 3 })).toEqual(first);
  expect(retrievalIntervals(answers, { resamples: 200, seed: 4 })).not.toEqual(first);
});

test('with one item to find, a better place is never worse, and nDCG lies between recall@1 and recall@10', () => {
  const places = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(places, places, (a, b) => {
      const [better, worse] = [Math.min(a, b), Math.max(a, b)].map((place) =>
        answer(Array.from({ length: 13 }, (_, index) => index === place)),
      );
      for (const figure of [averagePrecisionAt, normalisedGainAt, recallAt]) {
        expect(figure(better, 10)).toBeGreaterThanOrEqual(figure(worse, 10));
      }
      const gain = normalisedGainAt(better, 10);
      expect(gain).toBeGreaterThanOrEqual(recallAt(better, 1));
      expect(gain).toBeLessThanOrEqual(recallAt(better, 10));
    }),
    { seed: 1 },
  );
});
