import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyFilter } from '../../tests/any-filter.ts';
import { shopOf, shopSchema, turned } from '../../tests/shop-rows.ts';
import { compileFilter } from '../stores/filter.ts';
import { parseFilter } from '../stores/parse-filter.ts';
import type { Row } from '../stores/row.ts';
import { recommendLikeItems } from './recommend.ts';

const ids = (answer: { readonly items: readonly { readonly id: string }[] }) => answer.items.map(({ id }) => id);
const filterOf = (expression: string) => parseFilter(expression, shopSchema);
const priced = (product: string, degrees: number, price: number, others: Partial<Row> = {}) =>
  turned(product, degrees, { attributes: { price }, ...others });

describe('a filter', () => {
  test('hides better ones, and says how many for each item and for the page', async () => {
    const store = await shopOf([
      turned('a', 0),
      priced('dear1', 10, 90),
      priced('cheap1', 20, 10),
      priced('dear2', 30, 90),
      priced('dear3', 40, 90),
      priced('cheap2', 50, 10),
      priced('dear4', 60, 90),
      // Another variant of it passes: it is shown, not hidden.
      priced('both', 15, 90, { variant: 'x' }),
      priced('both', 70, 10, { variant: 'y' }),
    ]);
    const ask = (expression: string, page: { top: number; offset?: number } = { top: 9 }) =>
      recommendLikeItems(store, { like: ['a'] }, { ...page, search: { filter: filterOf(expression) } });
    const answer = await ask('price <= 50');
    expect(ids(answer)).toEqual(['cheap1', 'cheap2', 'y']);
    expect(answer.items.map(({ why }) => why.hidden)).toEqual([1, 3, 4]);
    expect(answer.hidden).toBe(4);
    expect((await ask('price <= 50', { top: 1 })).hidden).toBe(1);
    expect((await ask('price > 0')).hidden).toBe(0);
    // An empty page is no empty list: before it are all items, and what the filter took away from before the last.
    expect(await ask('price <= 50', { top: 1, offset: 2 })).toMatchObject({ total: 3, hidden: 4 });
    expect(await ask('price <= 50', { top: 9, offset: 3 })).toMatchObject({ items: [], total: 3, hidden: 4 });
    expect(await ask('price > 0', { top: 9, offset: 100 })).toMatchObject({ items: [], hidden: 0 });
    expect(await ask('price > 1000')).toMatchObject({ items: [], total: 0, hidden: 7, facets: {} });
  });

  test('that nothing passes hides what is of the class that was asked for, not the rest of the shop', async () => {
    const bags = [priced('bag1', 5, 90, { label: 'bag' }), priced('bag2', 6, 90, { label: 'bag' })];
    const store = await shopOf([turned('a', 0), priced('tee', 10, 90), ...bags]);
    const ask = (expression: string, anyCategory: boolean) =>
      recommendLikeItems(store, { like: ['a'] }, { top: 9, search: { filter: filterOf(expression), anyCategory } });
    expect(await ask('price > 1000', false)).toMatchObject({ items: [], hidden: 1 });
    expect(await ask('price > 1000', true)).toMatchObject({ items: [], hidden: 3 });
  });

  test('that hides very many counts them up to a thousand of each part of the list', async () => {
    const of = async (numDear: number) => {
      const dear = Array.from({ length: numDear }, (_, at) => priced(`dear${at}`, 1 + at / numDear, 90));
      const store = await shopOf([turned('a', 0), ...dear, priced('cheap', 30, 10)]);
      const filter = filterOf('price <= 50');
      return (await recommendLikeItems(store, { like: ['a'] }, { top: 1, search: { filter } })).hidden;
    };
    expect(await of(59)).toBe(59);
    expect(await of(61)).toBe(61);
    expect(await of(300)).toBe(300);
    expect(await of(1100)).toBe(1000);
  });

  test('is kept by every item, and what it hides is what a list without it has ahead', async () => {
    const row = fc.record({
      product: fc.constantFrom(...'bcdefgh'),
      degrees: fc.integer({ min: 1, max: 60 }),
      label: fc.constantFrom('tee', 'bag'),
      region: fc.nat({ max: 2 }),
      price: fc.integer({ min: -3, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), anyFilter, async (drawn, filter) => {
        const rows = drawn.map(({ product, degrees, label, region, price }) =>
          turned(product, degrees, {
            label,
            region,
            contentHash: `${product}${degrees}`,
            attributes: { price, brand: 'Acme' },
          }),
        );
        const fields = { and: 'string', 'heel height-cm': 'number' } as const;
        const store = await shopOf([turned('a', 0), ...rows], 'cosine', { ...shopSchema, ...fields });
        const passes = compileFilter(filter);
        const { items } = await recommendLikeItems(store, { like: ['a'] }, { top: 50, search: { filter } });
        const stored = new Map<string, Row[]>();
        for (const name of 'bcdefgh') stored.set(name, await store.rowsOf(name));
        for (const { row: shown, why, similarity } of items) {
          expect(passes(shown)).toBe(true);
          const isAhead = ({ label, vector }: Row) =>
            label === shown.label ? vector[0] > similarity + 1e-6 : label === 'tee' && shown.label !== 'tee';
          const better = [...stored.values()].filter((each) => each.some(isAhead) && !each.some(passes));
          expect(why.hidden).toBe(better.length);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
