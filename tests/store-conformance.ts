/**
 * @file What every vector store does with rows, queries and filters, as tests: call {@link testStoreRows} in a test file
 * with a way to make one. The oracle is `MemoryStore`, and `compileFilter` for filters. Commits: `store-durability.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusteredStore } from '../benchmarks/clustered-rows.ts';
import { compileFilter, type Filter, rowFields } from '../src/stores/filter.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import type { Row } from '../src/stores/row.ts';
import type { WantedStore } from '../src/stores/store-directory-node.ts';
import type { VectorStore } from '../src/stores/vector-store.ts';
import { anyFilter, anyFilterRow } from './any-filter.ts';
import { type AskIndex, type IndexBound, testNearest } from './store-nearest.ts';
import {
  allRows,
  anyRow,
  byKey,
  comparable,
  dimension,
  expectSameHits,
  hostileTexts,
  queryOf,
  schema,
  spread,
  wanted,
} from './store-rows.ts';

/** How a store is made, and opened again where it outlives its process. */
export interface RowsFactory {
  readonly make: (
    place: string,
    want: WantedStore,
    bound: IndexBound,
  ) => Promise<VectorStore & { close?(): Promise<void> }>;
  readonly reopen?: (place: string, bound: IndexBound) => Promise<VectorStore>;
  /** None for stores that always compare every row. */
  readonly isIndexAsked?: AskIndex;
  /** Random cases of each property. */
  readonly numRuns: number;
}

export function testStoreRows(name: string, factory: RowsFactory): void {
  describe(`${name}: rows, queries and filters`, () => {
    let folder: string;
    let place: string;
    let closing: (() => Promise<void>)[];
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deepshop-conformance-'));
      place = join(folder, 'shop');
      closing = [];
    });
    afterEach(async () => {
      for (const close of closing) await close();
      await rm(folder, { recursive: true, force: true });
    });

    async function made(others: Partial<WantedStore> = {}, bound: IndexBound = {}): Promise<VectorStore> {
      const store = await factory.make(place, wanted(others), bound);
      closing.push(async () => store.close?.());
      return store;
    }
    /** What another process sees; the store itself where there is no such thing. */
    const reopened = async (store: VectorStore, bound: IndexBound = {}) =>
      (await factory.reopen?.(place, bound)) ?? store;

    test('an empty store answers with nothing, committed or not', async () => {
      const store = await made();
      const ask = async (each: VectorStore) => [
        await each.query(queryOf(5)),
        await each.rowsOf('a'),
        await each.stats(),
        await allRows(each),
      ];
      const nothing = [[], [], { rows: 0, products: 0, wholePictures: 0 }, []];
      expect(await ask(store)).toEqual(nothing);
      await store.commit();
      expect(await ask(store)).toEqual(nothing);
      expect(await ask(await reopened(store))).toEqual(nothing);
    });

    test('rows come back as they were, replaced and deleted ones too', async () => {
      const store = await made();
      const rows = Array.from({ length: 30 }, (_, index) => anyRow(`p${index % 10}`, spread(index), { region: index }));
      await store.upsert(rows.slice(0, 20));
      await store.commit();
      const changed = anyRow('p3', spread(77), { region: 3, label: null, score: null, attributes: { brand: 'Acme' } });
      await store.upsert([...rows.slice(20), changed]);
      expect(await store.delete([rows[5], rows[25], anyRow('none', [1, 0, 0, 0])])).toBe(2);
      expect(await store.delete([rows[5]])).toBe(0);
      const expected = rows.filter((_, index) => ![3, 5, 25].includes(index)).concat(changed);
      const check = async (each: VectorStore) => {
        expect((await allRows(each)).map(comparable)).toEqual(expected.sort(byKey).map(comparable));
        expect(await each.stats()).toEqual({ rows: 28, products: 10, wholePictures: 1 });
        const ofProduct = expected.filter(({ product }) => product === 'p3');
        expect((await each.rowsOf('p3')).sort(byKey).map(comparable)).toEqual(ofProduct.map(comparable));
      };
      await check(store);
      await store.commit();
      await check(store);
      await check(await reopened(store));
    });

    test('a row that breaks the schema refuses its batch', async () => {
      const store = await made();
      const good = anyRow('good', [1, 0, 0, 0]);
      const bad: readonly Partial<Row>[] = [
        { vector: Float32Array.of(1, 2) },
        { vector: Float32Array.of(0, 0, 0, 0) },
        { vector: Float32Array.of(Number.NaN, 0, 0, 1) },
        { vector: Float32Array.of(Number.POSITIVE_INFINITY, 0, 0, 1) },
        { attributes: { unknown: 'x' } },
        { attributes: { constructor: 'x' } },
        { attributes: { price: '5' } },
        { attributes: { price: Number.NaN } },
        { attributes: { price: Number.NEGATIVE_INFINITY } },
      ];
      for (const each of bad)
        await expect(store.upsert([good, anyRow('bad', [1, 0, 0, 0], each)])).rejects.toMatchObject({
          code: 'store-row',
        });
      expect((await store.stats()).rows).toBe(0);
      await expect(store.query({ vector: Float32Array.of(1), k: 1 })).rejects.toMatchObject({ code: 'store-row' });
    });

    test.each(['cosine', 'euclidean'] as const)('answers are those of the oracle: %s', async (metric) => {
      const space = { ...wanted().space, metric };
      const store = await made({ space });
      const oracle = new MemoryStore({ dimension, metric, schema });
      // Thirty rows a vector, of several lengths: equal similarities are ordered by key, wherever the list is cut.
      const rows = Array.from({ length: 300 }, (_, index) =>
        anyRow(
          `${index}`,
          spread(index % 10).map((each) => each * (metric === 'cosine' ? 2 ** (index % 3) : 1)),
        ),
      );
      await store.upsert(rows);
      await oracle.upsert(rows);
      await store.commit();
      for (const each of [store, await reopened(store)]) {
        for (const k of [0, 1, 7, 31, 299, 300, 1000]) {
          expectSameHits(await each.query(queryOf(k, { exact: true })), await oracle.query(queryOf(k)));
          expectSameHits(await each.query(queryOf(k)), await oracle.query(queryOf(k)));
        }
        expectSameHits(
          await each.query({ vector: rows[3].vector, k: 40 }),
          await oracle.query({ vector: rows[3].vector, k: 40 }),
        );
      }
    });

    test('of many rows, nearly all of the nearest ten are found, alone and under filters that few or many pass', async () => {
      const bound = { indexFrom: 1000 };
      const store = await made(clusteredStore, bound);
      await testNearest(store, () => reopened(store, bound), factory.isIndexAsked);
    });

    test('a filter lets through what it says, whatever it says', async () => {
      const store = await made();
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyFilter, { minLength: 1, maxLength: 8 }),
          fc.array(anyFilterRow, { minLength: 1, maxLength: 30 }),
          async (filters, facts) => {
            await store.delete(await allRows(store));
            const rows = facts.map((each, index) => anyRow('', spread(index), { ...each, image: `${index}` }));
            await store.upsert(rows);
            const all = await store.query(queryOf(100));
            expect(all).toHaveLength(rows.length);
            for (const filter of filters) {
              const passed = all.filter((hit) => compileFilter(filter)(hit.row));
              expectSameHits(await store.query(queryOf(100, { filter })), passed);
              expectSameHits(await store.query(queryOf(3, { filter, exact: true })), passed.slice(0, 3));
            }
          },
        ),
        { seed: 5, numRuns: factory.numRuns },
      );
    });

    test('no text of a filter or a row is read as anything else, in any field', async () => {
      const store = await made();
      const rows = hostileTexts.map((text, index) => {
        const texts = Object.entries(schema).filter(([, type]) => type === 'string');
        const attributes = Object.fromEntries(texts.map(([field]) => [field, text]));
        return anyRow(`p${text}`, spread(index), {
          variant: text,
          image: text,
          label: text,
          contentHash: text,
          attributes,
        });
      });
      await store.upsert(rows);
      await store.commit();
      const again = await reopened(store);
      expect((await allRows(again)).map(comparable)).toEqual([...rows].sort(byKey).map(comparable));
      const fields = [...rowFields, ...Object.keys(schema).filter((field) => schema[field] === 'string')];
      for (const [index, text] of hostileTexts.entries()) {
        expect((await again.rowsOf(`p${text}`)).map(comparable)).toEqual([comparable(rows[index])]);
        for (const field of fields) {
          const value = field === 'product' ? `p${text}` : text;
          const only: Filter = { kind: 'equals', field, value };
          const products = async (filter: Filter) =>
            (await again.query(queryOf(100, { filter }))).map((hit) => hit.row.product).sort();
          expect(await products(only)).toEqual([`p${text}`]);
          if (field === 'variant') expect(await products({ kind: 'not', of: only })).toHaveLength(rows.length - 1);
          else if (rowFields.some((name) => name === field))
            expect(await products({ kind: 'in', field, values: [value, 'none', null] })).toEqual([`p${text}`]);
        }
      }
      for (const field of ["' OR 1=1 --", 'a0', 'content_hash', 'constructor', '__proto__', 'nul'])
        await expect(again.query(queryOf(1, { filter: { kind: 'equals', field, value: 'x' } }))).rejects.toMatchObject({
          code: 'store-field',
        });
      expect(await store.delete(rows)).toBe(rows.length);
      expect((await store.stats()).rows).toBe(0);
    });

    test('numbers at the edges are kept and compared as they are', async () => {
      const numbers = [
        0,
        -0,
        5e-324,
        -5e-324,
        0.1,
        1 / 3,
        2 ** 53,
        2 ** 53 + 2,
        1e21,
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        7,
      ];
      const store = await made();
      const rows = numbers.map((price, index) => anyRow(`${index}`, spread(index), { attributes: { price } }));
      await store.upsert([...rows, anyRow('none', spread(50))]);
      expect((await allRows(store)).map(comparable)).toEqual(
        [...rows, anyRow('none', spread(50))].sort(byKey).map(comparable),
      );
      const all = await store.query(queryOf(100));
      for (const value of numbers) {
        const filters: Filter[] = [
          { kind: 'equals', field: 'price', value },
          { kind: 'in', field: 'price', values: [value, 0.1, null] },
          ...(['<', '<=', '>', '>='] as const).map(
            (operator): Filter => ({ kind: 'order', field: 'price', operator, value }),
          ),
        ];
        for (const filter of [...filters, ...filters.map((of): Filter => ({ kind: 'not', of }))])
          expectSameHits(
            await store.query(queryOf(100, { filter })),
            all.filter((hit) => compileFilter(filter)(hit.row)),
          );
      }
      const endless: Filter = { kind: 'order', field: 'price', operator: '<', value: Number.POSITIVE_INFINITY };
      await expect(store.query(queryOf(1, { filter: endless }))).rejects.toMatchObject({ code: 'store-field' });
    });

    test('filters that are long or deep are understood', async () => {
      const store = await made();
      const rows = Array.from({ length: 40 }, (_, index) =>
        anyRow(`${index}`, spread(index), { attributes: { price: index } }),
      );
      await store.upsert(rows);
      const equals = (value: number): Filter => ({ kind: 'equals', field: 'price', value });
      const many = Array.from({ length: 3000 }, (_, index) => equals(3 * index));
      let deep: Filter = equals(1);
      for (let level = 0; level < 60; level++)
        deep = {
          kind: level % 2 === 0 ? 'or' : 'and',
          of: [{ kind: 'order', field: 'price', operator: '>', value: level }, deep],
        };
      let negated: Filter = equals(1);
      for (let level = 0; level < 401; level++) negated = { kind: 'not', of: negated };
      const filters: Filter[] = [
        { kind: 'or', of: many },
        { kind: 'and', of: many.map((of): Filter => ({ kind: 'not', of })) },
        { kind: 'in', field: 'price', values: Array.from({ length: 20_000 }, (_, index) => 2 * index) },
        deep,
        { kind: 'not', of: deep },
        negated,
        { kind: 'and', of: [] },
        { kind: 'or', of: [] },
      ];
      const all = await store.query(queryOf(100));
      for (const filter of filters)
        expectSameHits(
          await store.query(queryOf(100, { filter })),
          all.filter((hit) => compileFilter(filter)(hit.row)),
        );
    });
  });
}
