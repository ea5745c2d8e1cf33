import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lengthOf, similarityOf } from '../stores/nearest.ts';
import { meanVector, steerQuery } from './steer-query.ts';

const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];

test('a photo, moved toward what is liked and away from what is not', () => {
  const length = Math.hypot(1, 0.75);
  const toward = steerQuery({ photo: x, liked: [y], disliked: [] }, 'cosine');
  expect(toward[0]).toBeCloseTo(1 / length, 6);
  expect(toward[1]).toBeCloseTo(0.75 / length, 6);
  const away = steerQuery({ photo: x, liked: [], disliked: [y] }, 'cosine');
  expect(away[1] / away[0]).toBeCloseTo(-0.25, 6);
});

test('lengths of vectors do not matter for cosine, and the result has length 1', () => {
  const part = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }).map((each) => {
    const vector = Float32Array.from(each);
    vector[0] += 6;
    return vector;
  });
  fc.assert(
    fc.property(part, fc.array(part, { maxLength: 3 }), fc.array(part, { maxLength: 3 }), (photo, liked, disliked) => {
      const steered = steerQuery({ photo, liked, disliked }, 'cosine');
      expect(lengthOf(steered)).toBeCloseTo(1, 5);
      const scaled = steerQuery({ photo: photo.map((each) => each * 8), liked, disliked }, 'cosine');
      expect(similarityOf(steered, scaled, 'cosine')).toBeCloseTo(1, 5);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('in a Euclidean space one item is itself, and several are their mean', () => {
  const far = Float32Array.of(10, 4);
  expect([...meanVector([far], 'euclidean')]).toEqual([10, 4]);
  expect([...meanVector([far, x], 'euclidean')]).toEqual([5.5, 2]);
  expect([...steerQuery({ liked: [far], disliked: [far] }, 'euclidean')]).toEqual([10, 4]);
});

test('nothing to be like, or all of it taken away, is refused', () => {
  expect(() => steerQuery({ liked: [], disliked: [x] }, 'cosine')).toThrow(/nothing to be similar to.*Name a photo/);
  expect(() => meanVector([x, Float32Array.of(-1, 0)], 'cosine')).toThrow(/nothing is left/);
});
