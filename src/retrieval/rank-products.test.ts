import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ahead, shopOf, turned } from '../../tests/shop-rows.ts';
import { rankProducts } from './rank-products.ts';

const everything = { vector: ahead, classes: [], excluded: new Set<string>() };

test('one result a product by its nearest row, however many rows of it are near', async () => {
  const many = Array.from({ length: 50 }, (_, region) => turned('many', region / 10, { region }));
  const store = await shopOf([...many, turned('far', 30), turned('farther', 60)]);
  const ranked = await rankProducts(store, everything, { depth: 3, enough: 3 });
  expect(ranked.map(({ product, hit }) => [product, hit.row.region])).toEqual([
    ['many', 0],
    ['far', 0],
    ['farther', 0],
  ]);
  expect(ranked[1].hit.similarity).toBeCloseTo(Math.cos(Math.PI / 6), 6);
  expect(await rankProducts(store, everything, { depth: 1, enough: 1 })).toEqual(ranked.slice(0, 1));
});

test('likely classes come first, then the others; a product of both stands once', async () => {
  const store = await shopOf([
    turned('bag', 0, { label: 'bag' }),
    turned('tee', 50),
    turned('tank', 40, { label: 'tank' }),
    turned('both', 10, { label: 'bag' }),
    turned('both', 70, { region: 1 }),
    turned('whole', 5, { label: null }),
  ]);
  const ranked = await rankProducts(store, { ...everything, classes: ['tee', 'tank'] }, { depth: 9, enough: 9 });
  expect(ranked.map(({ product, isLikely }) => [product, isLikely])).toEqual([
    ['tank', true],
    ['tee', true],
    ['both', true],
    ['bag', false],
    ['whole', false],
  ]);
});

test('a longer list begins with the shorter one; excluded products are in none', async () => {
  const anyRow = fc.record({
    product: fc.constantFrom(...'abcdefgh'),
    degrees: fc.integer({ min: 0, max: 90 }),
    label: fc.constantFrom('tee', 'bag', null),
    region: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { maxLength: 30 }), fc.nat({ max: 8 }), async (rows, depth) => {
      const store = await shopOf(rows.map(({ product, degrees, ...others }) => turned(product, degrees, others)));
      const query = { ...everything, classes: ['tee'], excluded: new Set(['a']) };
      const all = await rankProducts(store, query, { depth: 100, enough: 100 });
      expect(await rankProducts(store, query, { depth, enough: depth })).toEqual(all.slice(0, depth));
      const products = all.map(({ product }) => product);
      expect(new Set(products).size).toBe(products.length);
      expect(new Set(products)).toEqual(new Set(rows.map(({ product }) => product).filter((name) => name !== 'a')));
    }),
    { seed: 1, numRuns: 200 },
  );
});
