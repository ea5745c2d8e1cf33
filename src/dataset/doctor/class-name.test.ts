import { describe, expect, it } from 'vitest';
import { plainName } from './class-name.ts';

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
});
