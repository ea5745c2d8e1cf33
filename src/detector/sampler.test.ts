import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleBalanced } from './sampler.ts';

const rule = { batchSize: 4, positiveFraction: 0.5 };

test('the largest keys are chosen, as many positives as the fraction allows', () => {
  const labels = Int32Array.of(1, 3, 0, 2, 0, -1, 0, 0);
  const keys = Float32Array.of(0.5, 0.2, 0.1, 0.9, 0.7, 1, 0.6, 0.3);
  const { positives, negatives } = sampleBalanced(labels, keys, rule);
  expect([...positives]).toEqual([0, 3]);
  expect([...negatives]).toEqual([4, 6]);
});

test('negatives fill what positives leave, and equal keys go by index', () => {
  const labels = Int32Array.of(0, 0, 1, 0, 0, 0);
  const { positives, negatives } = sampleBalanced(labels, new Float32Array(6), rule);
  expect([...positives]).toEqual([2]);
  expect([...negatives]).toEqual([0, 1, 3]);
});

test('too few negatives are not made up for by positives', () => {
  const { positives, negatives } = sampleBalanced(Int32Array.of(1, 1, 1, 0), new Float32Array(4), rule);
  expect([...positives]).toEqual([0, 1]);
  expect([...negatives]).toEqual([3]);
});

test('the fraction of the batch is rounded down', () => {
  const labels = new Int32Array(9).fill(1);
  expect(sampleBalanced(labels, new Float32Array(9), { batchSize: 7, positiveFraction: 0.25 }).positives).toHaveLength(
    1,
  );
});

test('counts meet the definition, no key left out is larger than one chosen, and indices ascend', () => {
  const entry = fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (entries, batchSize) => {
      const labels = Int32Array.from(entries, ([label]) => label);
      const keys = Float32Array.from(entries, ([, key]) => key / 6);
      const { positives, negatives } = sampleBalanced(labels, keys, { batchSize, positiveFraction: 0.5 });
      const isPositive = labels.map((label) => (label >= 1 ? 1 : 0));
      const isNegative = labels.map((label) => (label === 0 ? 1 : 0));
      const sum = (flags: Int32Array) => flags.reduce((a, b) => a + b, 0);
      expect(positives).toHaveLength(Math.min(Math.floor(batchSize / 2), sum(isPositive)));
      expect(negatives).toHaveLength(Math.min(batchSize - positives.length, sum(isNegative)));
      for (const [chosen, flags] of [
        [positives, isPositive],
        [negatives, isNegative],
      ]) {
        const lowest = Math.min(...Array.from(chosen, (index) => keys[index]));
        for (const [index, flag] of flags.entries()) {
          if (flag === 1 && !chosen.includes(index) && chosen.length > 0)
            expect(keys[index]).toBeLessThanOrEqual(lowest);
        }
        expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
        for (const index of chosen) expect(flags[index]).toBe(1);
      }
    }),
    { seed: 9 },
  );
});
