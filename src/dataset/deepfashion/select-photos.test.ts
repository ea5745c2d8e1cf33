import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFashionCategories } from './categories.ts';
import { recipes } from './recipes.ts';
import { type LabelledRows, type SelectionOptions, selectPhotos } from './select-photos.ts';

const label = (name: string) => deepFashionCategories.findIndex((category) => category.name === name) + 1;

/** Photos of the given labels, each with a box of 10 x 10. */
function rowsOf(labels: readonly number[], change: Partial<LabelledRows> = {}): LabelledRows {
  return {
    categories: deepFashionCategories,
    categoryOf: Uint8Array.from(labels),
    boxes: Float32Array.from(labels.flatMap(() => [1, 1, 11, 11])),
    partition: null,
    ...change,
  };
}
const many = (name: string, count: number) => Array.from({ length: count }, () => label(name));
const mixed = [...many('Tee', 40), ...many('Blouse', 30), ...many('Cardigan', 30), ...many('Dress', 25)];
const select = (options: Partial<SelectionOptions> = {}, rows = rowsOf(mixed)) =>
  selectPhotos(rows, recipes.table1, { seed: 1, ...options });

describe('choosing photos', () => {
  it('leaves out what Table 1 does, and cuts down blouse and tee alone', () => {
    const { rows, kept, inLists } = select({ cap: 12 });
    const count = (counts: Int32Array, name: string) => counts[label(name) - 1];
    expect(['Tee', 'Blouse', 'Cardigan', 'Dress'].map((name) => count(kept, name))).toEqual([12, 12, 30, 0]);
    expect(['Tee', 'Blouse', 'Cardigan', 'Dress'].map((name) => count(inLists, name))).toEqual([40, 30, 30, 25]);
    expect(rows).toEqual(rows.slice().sort());
    expect(select({ cap: 12, seed: 2 }).rows).not.toEqual(rows);
    expect(select({ cap: 12 }).rows).toEqual(rows);
  });

  it('takes 9 % for validation, as the paper does, and 7,500 of many', () => {
    expect(select().sides.filter((side) => side === 'val')).toHaveLength(9);
    const large = select({}, rowsOf(many('Cardigan', 83475)));
    expect(large.sides.filter((side) => side === 'val')).toHaveLength(7500);
    expect(select({ val: 20 }).sides.filter((side) => side === 'val')).toHaveLength(20);
    expect(select({ val: 20, seed: 2 }).sides).not.toEqual(select({ val: 20 }).sides);
  });

  it('is a part of the lists whatever the seed, caps and validation', () => {
    const option = fc.record({
      cap: fc.integer({ min: 1, max: 50 }),
      val: fc.integer({ min: 1, max: 31 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(option, (options) => {
        const { rows, kept, sides } = select(options);
        expect(new Set(rows).size).toBe(rows.length);
        expect(kept[label('Tee') - 1]).toBe(Math.min(40, options.cap));
        expect(kept[label('Cardigan') - 1]).toBe(30);
        expect(sides.filter((side) => side === 'val')).toHaveLength(options.val);
        expect(sides).toHaveLength(rows.length);
      }),
      { seed: 1 },
    );
  });

  it('follows the official partition where it is given', () => {
    const partition = Uint8Array.from(mixed, (_, row) => row % 3);
    const { rows, sides } = select({}, rowsOf(mixed, { partition }));
    expect(sides).toEqual(Array.from(rows, (row) => ['train', 'val', null][row % 3]));
  });

  it('leaves out a photo whose box has no area', () => {
    const boxes = Float32Array.from([1, 1, 1, 11, 1, 1, 11, 11, 5, 5, 9, 5, 0, 0, 4, 4]);
    const { rows, empty } = select({ val: 1 }, rowsOf(many('Tee', 4), { boxes }));
    expect([...rows]).toEqual([1, 3]);
    expect(empty).toBe(2);
  });

  it('caps every class of street13 where a cap is given, and none otherwise', () => {
    const street = (cap?: number) => selectPhotos(rowsOf(mixed), recipes.street13, { seed: 1, cap }).rows.length;
    expect(street()).toBe(125);
    expect(street(10)).toBe(40);
  });
});

describe('is refused', () => {
  it('when validation would take every photo', () => {
    expect(() => select({ val: 100 })).toThrow(/validation would take every photo.*fewer than the 100.*got 100/);
  });

  it('when the lists hold no photo of the recipe', () => {
    expect(() => select({}, rowsOf(many('Dress', 3)))).toThrow(/no photo of the recipe.*got photos of Dress/);
  });

  it('when the list of categories spells them otherwise', () => {
    const categories = deepFashionCategories.map(({ name, type }) => ({ name: name.toLowerCase(), type }));
    expect(() => select({}, rowsOf(mixed, { categories }))).toThrow(/lacks some.*no Anorak, Bomber/);
  });
});
