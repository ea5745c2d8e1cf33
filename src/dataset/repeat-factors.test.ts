import { expect, test } from 'vitest';
import { repeatFactors } from './repeat-factors.ts';

const photo = (...labels: number[]) => ({ labels: Int32Array.from(labels) });

test('a photo is as much oftener as its rarest class is rare; several garments of a class count once', () => {
  // Of 8 photos, 6 show class 1 and 2 class 2: a threshold of 0.5 makes class 2 sqrt(0.5 / 0.25) as frequent.
  const records = [photo(1), photo(1, 1), photo(1), photo(1), photo(1), photo(1, 2, 2), photo(2), photo()];
  expect(repeatFactors([{ records, weight: 1 }], 0.5)).toEqual([[1, 1, 1, 1, 1, Math.SQRT2, Math.SQRT2, 1]]);
});

test('a set counts as often as its weight says', () => {
  const [common, rare] = [
    { records: [photo(1)], weight: 3 },
    { records: [photo(2)], weight: 1 },
  ];
  expect(repeatFactors([common, rare], 0.5)).toEqual([[1], [Math.SQRT2]]);
  expect(repeatFactors([common, { ...rare, weight: 3 }], 0.5)).toEqual([[1], [1]]);
  expect(repeatFactors([common, { ...rare, weight: 0 }], 0.5)).toEqual([[1], [1]]);
});

test('a threshold of 0 leaves every photo as it is', () => {
  expect(repeatFactors([{ records: [photo(1), photo(2), photo()], weight: 0.5 }], 0)).toEqual([[1, 1, 1]]);
});
