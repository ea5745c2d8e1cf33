import { expect, test } from 'vitest';
import { Random } from '../random/random.ts';
import { largest, lengthOf, similarities } from './nearest.ts';

const always = { accepts: () => true, before: (a: number, b: number) => a < b };

test('cosine and distance of vectors that a person can check', () => {
  const vectors = Float32Array.of(3, 4, 0, 5, -3, -4);
  const lengths = Float32Array.of(5, 5, 5);
  const query = Float32Array.of(6, 8);
  expect([...similarities(query, { vectors, lengths, numRows: 3, metric: 'cosine' })]).toEqual([
    1,
    Math.fround(0.8),
    -1,
  ]);
  const [same, , opposite] = similarities(Float32Array.of(3, 4), { vectors, lengths, numRows: 3, metric: 'euclidean' });
  expect(same).toBe(1);
  expect(opposite).toBeCloseTo(1 / 11);
});

test('lengths that are not multiples of four lose no numbers', () => {
  const random = new Random(3);
  for (const dimension of [1, 2, 3, 5, 7, 64]) {
    const vectors = Float32Array.from({ length: 10 * dimension }, () => random.normal());
    const query = Float32Array.from({ length: dimension }, () => random.normal());
    const rows = Array.from({ length: 10 }, (_, row) => vectors.subarray(row * dimension, (row + 1) * dimension));
    const lengths = Float32Array.from(rows, lengthOf);
    const cosines = similarities(query, { vectors, lengths, numRows: 10, metric: 'cosine' });
    const distances = similarities(query, { vectors, lengths, numRows: 10, metric: 'euclidean' });
    rows.forEach((row, index) => {
      const dot = row.reduce((sum, value, i) => sum + value * query[i], 0);
      expect(cosines[index]).toBeCloseTo(dot / lengths[index] / lengthOf(query), 5);
      const distance = lengthOf(row.map((value, i) => value - query[i]));
      expect(distances[index]).toBeCloseTo(1 / (1 + distance), 5);
    });
  }
});

test('the largest are those that sorting finds, ties and refusals included', () => {
  const random = new Random(5);
  const scores = Float32Array.from({ length: 500 }, () => random.below(20));
  const accepts = (row: number) => row % 3 !== 0;
  const sorted = [...scores.keys()].filter(accepts).sort((a, b) => scores[b] - scores[a] || a - b);
  for (const k of [0, 1, 7, 400]) {
    expect(largest(scores, k, { ...always, accepts })).toEqual(sorted.slice(0, k));
  }
});
