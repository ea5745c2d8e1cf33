import { expect, test } from 'vitest';
import { plural, pointedAt } from './plural.ts';

test('what is counted agrees with its number', () => {
  expect([0, 1, 2].map((count) => plural(count, 'box', 'boxes'))).toEqual(['0 boxes', '1 box', '2 boxes']);
});

test.each([
  ['tee', 'this tee'],
  ['dress', 'this dress'],
  ['trousers', 'these trousers'],
  ['Denim shorts', 'these Denim shorts'],
  ['wide_trousers', 'these wide_trousers'],
  ['footwear', 'this footwear'],
  ['', 'this '],
])('%s that is pointed at is %s', (label, words) => {
  expect(pointedAt(label)).toBe(words);
});
