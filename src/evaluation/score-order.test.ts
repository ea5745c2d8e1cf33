import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketRows, rowsInOrder, sortByScore } from './score-order.ts';

test('scores descend, equal ones keep their order, and 0 equals -0', () => {
  const scores = Float64Array.of(0.5, -1, 0, 0.5, -0, 7e300, -0.25, 5e-324);
  expect([...sortByScore(rowsInOrder(8), scores)]).toEqual([5, 0, 3, 7, 2, 4, 6, 1]);
});

test('sorts as a stable comparison sort does', () => {
  const score = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(fc.array(score), (values) => {
      const scores = Float64Array.from(values);
      const expected = [...values.keys()].sort((a, b) => (values[a] === values[b] ? 0 : values[b] - values[a]));
      expect([...sortByScore(rowsInOrder(values.length), scores)]).toEqual(expected);
    }),
    { seed: 1 },
  );
});

test('buckets hold their rows in the given order', () => {
  const { rows, starts } = bucketRows(Int32Array.of(4, 3, 2, 1, 0), Int32Array.of(1, 0, 1, 3, 1), 4);
  expect([...rows]).toEqual([1, 4, 2, 0, 3]);
  expect([...starts]).toEqual([0, 1, 4, 4, 5]);
});
