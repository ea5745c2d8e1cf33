import { expect, test } from 'vitest';
import { ahead, shopOf, turned } from '../../tests/shop-rows.ts';
import type { Row } from '../stores/row.ts';
import { diversify } from './diversify.ts';
import { foldDuplicates } from './fold-duplicates.ts';
import { rankProducts } from './rank-products.ts';

const listOf = async (rows: readonly Row[]) =>
  rankProducts(await shopOf(rows), { vector: ahead, classes: [], excluded: new Set() }, { depth: 99, enough: 99 });
const products = (list: readonly { product: string }[]) => list.map(({ product }) => product);

test('the same photo under other ids stands once, and names them', async () => {
  // 5 degrees are a cosine of 0.996, 9 of 0.988.
  const list = await listOf([turned('a', 20), turned('b', 25), turned('c', 29), turned('d', 60)]);
  expect(foldDuplicates(list, 'cosine').map(({ product, duplicates }) => [product, duplicates])).toEqual([
    ['a', ['b']],
    ['c', []],
    ['d', []],
  ]);
});

test('the same file may be a little farther; near is not the same for another class or another file', async () => {
  const contentHash = 'same';
  const list = await listOf([turned('a', 20, { contentHash }), turned('b', 30, { contentHash }), turned('c', 40)]);
  expect(foldDuplicates(list, 'cosine')).toMatchObject([{ product: 'a', duplicates: ['b'] }, { product: 'c' }]);
  const other = await listOf([turned('a', 20, { contentHash }), turned('b', 20, { contentHash, label: 'trousers' })]);
  expect(products(foldDuplicates(other, 'cosine'))).toEqual(['a', 'b']);
});

test('a prefix of the list folds the same', async () => {
  const list = await listOf(Array.from({ length: 30 }, (_, at) => turned(`p${at}`, 3 * at)));
  const names = products(foldDuplicates(list, 'cosine'));
  for (const length of [5, 11, 20]) {
    const short = products(foldDuplicates(list.slice(0, length), 'cosine'));
    expect(names.slice(0, short.length)).toEqual(short);
  }
});

test('diversity: the nearest first, then what is unlike it; nothing is lost, likely classes stay ahead', async () => {
  const side = (degrees: number) => ({
    vector: Float32Array.of(Math.cos(degrees / 57.3), 0, Math.sin(degrees / 57.3)),
  });
  const rows = [turned('a', 20), turned('b', 24), turned('c', 28), turned('z', 0, side(40))];
  const list = await listOf(rows);
  expect(products(list)).toEqual(['a', 'b', 'c', 'z']);
  // 0.7 x 0.766 - 0.3 x 0.720 = 0.320 for z, 0.7 x 0.914 - 0.3 x 0.998 = 0.340 for b, 0.321 for c.
  expect(products(diversify(list, 'cosine'))).toEqual(['a', 'b', 'z', 'c']);
  const [first, ...others] = list;
  const tiered = [first!, ...others.map((ranked) => ({ ...ranked, isLikely: false }))];
  expect(products(diversify(tiered, 'cosine'))[0]).toBe('a');
  const long = await listOf(Array.from({ length: 150 }, (_, at) => turned(`p${at}`, at / 2)));
  const spread = products(diversify(long, 'cosine'));
  expect(new Set(spread)).toEqual(new Set(products(long)));
  expect(spread.slice(100)).toEqual(products(long).slice(100));
});
