import { expect, test } from 'vitest';
import { shopSchema, turned } from '../../tests/shop-rows.ts';
import type { Row } from '../stores/row.ts';
import { countFacets } from './facets.ts';

const rows = (...attributes: Row['attributes'][]) =>
  attributes.map((each, at) => turned(`p${at}`, at, { attributes: each }));

test('values by descending count, then in their order; what is not known counts nowhere', () => {
  const list = rows(
    { brand: 'B', inStock: true },
    { brand: 'A', inStock: false },
    { brand: 'C', inStock: true },
    { brand: 'C' },
    {},
  );
  expect(countFacets(list, shopSchema)).toEqual({
    brand: [
      { value: 'C', count: 2 },
      { value: 'A', count: 1 },
      { value: 'B', count: 1 },
    ],
    inStock: [
      { value: true, count: 2 },
      { value: false, count: 1 },
    ],
  });
});

test('prices in quarters that touch; every price is in one of them', () => {
  const prices = [10, 20, 30, 40, 50, 60, 70, 80, 90];
  const { price } = countFacets(rows(...prices.map((each) => ({ price: each, currency: 'EUR' }))), shopSchema);
  expect(price).toEqual([
    { from: 10, to: 30, currency: 'EUR', count: 2 },
    { from: 30, to: 50, currency: 'EUR', count: 2 },
    { from: 50, to: 70, currency: 'EUR', count: 2 },
    { from: 70, to: 90, currency: 'EUR', count: 3 },
  ]);
});

test('equal prices are not cut apart, one price is one range, other currencies are not counted', () => {
  const of = (...prices: [number, string | null][]) =>
    countFacets(rows(...prices.map(([price, currency]) => ({ price, currency }))), shopSchema).price;
  expect(of([5, null], [5, null])).toEqual([{ from: 5, to: 5, currency: null, count: 2 }]);
  expect(of([5, 'EUR'], [5, 'EUR'], [5, 'EUR'], [9, 'EUR'], [700, 'JPY'])).toEqual([
    { from: 5, to: 9, currency: 'EUR', count: 4 },
  ]);
});

test('any field may be asked for; one that rows do not have is refused, those of every object too', () => {
  const list = rows({ title: 'Tee' });
  expect(countFacets(list, shopSchema, ['title', 'label'])).toEqual({
    title: [{ value: 'Tee', count: 1 }],
    label: [{ value: 'tee', count: 1 }],
  });
  for (const field of ['colr', '__proto__', 'constructor'])
    expect(() => countFacets(list, shopSchema, [field])).toThrow(
      /facet of a field that rows do not have.*expected one of/,
    );
});
