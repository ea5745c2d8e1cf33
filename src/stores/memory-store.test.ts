import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { anyFilter, anyFilterRow, filterSchema } from '../../tests/any-filter.ts';
import { compileFilter } from './filter.ts';
import { MemoryStore } from './memory-store.ts';
import type { Row } from './row.ts';
import type { StoreError } from './store-error.ts';

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore({ dimension: 2, metric: 'cosine', schema: { title: 'string', price: 'number' } });
});

function row(product: string, vector: readonly number[], others: Partial<Row> = {}): Row {
  return {
    product,
    variant: '',
    image: `${product}.jpg`,
    region: 0,
    box: [0, 0, 10, 10],
    label: 'tee',
    score: 0.9,
    contentHash: 'h',
    attributes: { title: product },
    vector: Float32Array.from(vector),
    ...others,
  };
}

const products = async (x: number, y: number, k = 10) =>
  (await store.query({ vector: Float32Array.of(x, y), k })).map((hit) => hit.row.product);

test('the nearest come first, whatever their lengths', async () => {
  await store.upsert([row('a', [1, 0]), row('b', [0, 5]), row('c', [9, 9])]);
  expect(await products(1, 0)).toEqual(['a', 'c', 'b']);
  expect(await products(0, 1, 1)).toEqual(['b']);
});

test('equal similarities are ordered by key, not by the order of insertion', async () => {
  await store.upsert([row('b', [1, 0]), row('c', [2, 0]), row('a', [3, 0])]);
  expect(await products(1, 0, 2)).toEqual(['a', 'b']);
});

test('a row with a known key replaces the old one', async () => {
  await store.upsert([row('a', [1, 0]), row('b', [0, 1])]);
  await store.upsert([row('a', [0, 1], { label: 'dress' })]);
  expect((await store.stats()).rows).toBe(2);
  const [hit] = await store.query({ vector: Float32Array.of(0, 1), k: 1 });
  expect(hit).toMatchObject({ similarity: 1, row: { product: 'a', label: 'dress' } });
});

test('variants, images and regions of one product are rows of their own', async () => {
  await store.upsert([
    row('a', [1, 0]),
    row('a', [1, 0], { variant: 'red' }),
    row('a', [1, 0], { image: '2.jpg' }),
    row('a', [1, 0], { region: 1 }),
  ]);
  expect(await store.stats()).toEqual({ rows: 4, products: 1, wholePictures: 0 });
  expect(await store.rowsOf('a')).toHaveLength(4);
});

test('deleted rows are gone and the others keep their vectors', async () => {
  await store.upsert([row('a', [1, 0]), row('b', [0, 1]), row('c', [1, 1])]);
  expect(await store.delete([row('a', [0, 0]), row('x', [0, 0])])).toBe(1);
  expect(await products(0, 1)).toEqual(['b', 'c']);
  expect(await store.rowsOf('a')).toEqual([]);
  expect(await store.delete([row('b', [0, 0]), row('c', [0, 0])])).toBe(2);
  expect(await store.stats()).toEqual({ rows: 0, products: 0, wholePictures: 0 });
});

test('filters on fields and attributes leave the other rows out', async () => {
  await store.upsert([
    row('a', [1, 0]),
    row('b', [1, 0.1], { label: 'dress' }),
    row('c', [1, 0.2], { label: null, attributes: { price: 5 } }),
  ]);
  const ask = async (filter: Parameters<MemoryStore['query']>[0]['filter']) =>
    (await store.query({ vector: Float32Array.of(1, 0), k: 9, filter })).map((hit) => hit.row.product);
  expect(await ask({ kind: 'equals', field: 'label', value: 'dress' })).toEqual(['b']);
  expect(await ask({ kind: 'equals', field: 'label', value: null })).toEqual(['c']);
  expect(await ask({ kind: 'equals', field: 'price', value: 5 })).toEqual(['c']);
  expect(await ask({ kind: 'not', of: { kind: 'equals', field: 'price', value: null } })).toEqual(['c']);
  const both = [
    { kind: 'equals', field: 'label', value: 'tee' } as const,
    { kind: 'equals', field: 'title', value: 'b' } as const,
  ];
  expect(await ask({ kind: 'and', of: both })).toEqual([]);
});

test.each([
  ['a vector of another length', row('a', [1, 2, 3]), 'store-row', '2 numbers'],
  ['a vector of zeros', row('a', [0, 0]), 'store-row', 'direction'],
  ['a number that is not finite', row('a', [Number.NaN, 0]), 'store-row', 'finite'],
  ['an unknown attribute', row('a', [1, 0], { attributes: { size: 'XL' } }), 'store-row', 'title, price'],
  ['a name of every object', row('a', [1, 0], { attributes: { constructor: 'XL' } }), 'store-row', 'title, price'],
  ['an attribute of another type', row('a', [1, 0], { attributes: { price: '5' } }), 'store-row', 'number'],
])('%s refuses the whole batch', async (_, bad, code, words) => {
  const error = await store.upsert([row('good', [1, 0]), bad]).catch((thrown: StoreError) => thrown);
  expect(error).toMatchObject({ code });
  expect((error as StoreError).message).toContain(words);
  expect((await store.stats()).rows).toBe(0);
});

test('a filter on a field that is not there is an error, not an empty answer', async () => {
  const filter = { kind: 'equals', field: 'colour', value: 'red' } as const;
  await expect(store.query({ vector: Float32Array.of(1, 0), k: 1, filter })).rejects.toMatchObject({
    code: 'store-field',
  });
});

test('a filtered query answers with the rows that pass, in the order that all of them have', async () => {
  await fc.assert(
    fc.asyncProperty(anyFilter, fc.array(anyFilterRow, { minLength: 1, maxLength: 30 }), async (filter, facts) => {
      for (const metric of ['cosine', 'euclidean'] as const) {
        const filtered = new MemoryStore({ dimension: 2, metric, schema: filterSchema });
        await filtered.upsert(
          facts.map((each, index) =>
            row(`${index}`, [Math.cos(index), Math.sin(index)], { ...each, image: `${index}` }),
          ),
        );
        const vector = Float32Array.of(1, 0);
        const all = await filtered.query({ vector, k: 100 });
        const passed = all.filter((hit) => compileFilter(filter)(hit.row));
        expect(await filtered.query({ vector, k: 100, filter })).toEqual(passed);
        expect(await filtered.query({ vector, k: 3, filter })).toEqual(passed.slice(0, 3));
      }
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('a filter sees rows that were changed after the last one', async () => {
  const ask = async () =>
    (
      await store.query({
        vector: Float32Array.of(1, 0),
        k: 9,
        filter: { kind: 'order', field: 'price', operator: '<', value: 10 },
      })
    ).map((hit) => hit.row.product);
  await store.upsert([row('a', [1, 0], { attributes: { price: 5 } }), row('b', [1, 1], { attributes: { price: 50 } })]);
  expect(await ask()).toEqual(['a']);
  await store.upsert([row('b', [1, 1], { attributes: { price: 6 } })]);
  expect(await ask()).toEqual(['a', 'b']);
  await store.delete([row('a', [1, 0])]);
  expect(await ask()).toEqual(['b']);
});
