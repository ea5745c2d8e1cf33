import { describe, expect, it, test } from 'vitest';
import { didYouMean, nearName, slipDistance } from './near-name.ts';

const fields = [
  'product',
  'variant',
  'image',
  'label',
  'title',
  'category',
  'brand',
  'colour',
  'price',
  'inStock',
  'url',
];

test.each<[string, string | undefined]>([
  ['in_stock', 'inStock'],
  ['prise', 'price'],
  ['colr', 'colour'],
  ['color', 'colour'],
  ['Brand', 'brand'],
  ['lable', 'label'],
  ['catgeory', 'category'],
  ['size', undefined],
  ['ul', 'url'],
  ['x', undefined],
  ['', undefined],
  ['__proto__', undefined],
  ['price'.repeat(20), undefined],
])('by %j is meant %s', (mistyped, name) => {
  expect(nearName(mistyped, fields)).toBe(name);
  expect(didYouMean(mistyped, fields)).toBe(name === undefined ? undefined : `Did you mean ${name}?`);
});

describe('slips', () => {
  it.each([
    ['cardigan', 'cardigan', 0],
    ['cardigan', 'cardgian', 1],
    ['cardigan', 'cardigen', 1],
    ['cardigan', 'cardign', 1],
    ['cardigan', 'cardigann', 1],
    ['cardigan', 'cadrigann', 2],
    ['', 'abc', 3],
  ])('from %s to %s are %d, and back', (a, b, distance) => {
    expect(slipDistance(a, b)).toBe(distance);
    expect(slipDistance(b, a)).toBe(distance);
  });
});
