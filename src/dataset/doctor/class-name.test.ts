import { describe, expect, it } from 'vitest';
import { plainName, slipDistance } from './class-name.ts';

describe('names of classes', () => {
  it.each([
    ['T-Shirt', 't shirts'],
    ['dress', 'Dresses'],
    ['blouse', 'blouses'],
    ['tie', 'ties'],
    ['hoody', 'hoodies'],
    ['accessory', 'accessories'],
    ['watch', 'watches'],
    ['short_sleeve', 'short sleeve'],
    ['ｔｅｅ', 'tees'],
  ])('%s and %s are the same', (a, b) => {
    expect(plainName(a)).toBe(plainName(b));
  });

  it.each([
    ['cap', 'cape'],
    ['skirt', 'shirt'],
    ['dress', 'dresser'],
    ['top', 'tops and tees'],
  ])('%s and %s are not', (a, b) => {
    expect(plainName(a)).not.toBe(plainName(b));
  });

  it.each([
    ['cardigan', 'cardigan', 0],
    ['cardigan', 'cardgian', 1],
    ['cardigan', 'cardigen', 1],
    ['cardigan', 'cardign', 1],
    ['cardigan', 'cardigann', 1],
    ['cardigan', 'cadrigann', 2],
    ['', 'abc', 3],
  ])('from %s to %s it is %d letters, and back', (a, b, distance) => {
    expect(slipDistance(a, b)).toBe(distance);
    expect(slipDistance(b, a)).toBe(distance);
  });
});
