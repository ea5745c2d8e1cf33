import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankByScore } from './rank.ts';

test('highest first, equal scores by index', () => {
  expect([...rankByScore(Float32Array.of(1, -2, 3, 1, -0, 0, 3))]).toEqual([2, 6, 0, 3, 4, 5, 1]);
  expect([...rankByScore(Float32Array.of(1, -2, 3, 1), 2)]).toEqual([2, 0]);
  expect(rankByScore(new Float32Array(0))).toHaveLength(0);
});

test('it is the stable sort, for views into larger arrays and infinities too', () => {
  const score = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1));
  fc.assert(
    fc.property(fc.array(score, { maxLength: 40 }), fc.nat(50), (list, limit) => {
      const scores = Float32Array.from([7, ...list]).subarray(1);
      const stable = [...scores.keys()].sort((a, b) =>
        scores[a] === scores[b] ? a - b : scores[a] < scores[b] ? 1 : -1,
      );
      expect([...rankByScore(scores, limit)]).toEqual(stable.slice(0, limit));
    }),
    { seed: 6 },
  );
});
