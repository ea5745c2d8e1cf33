/** @file For tests of stores: clustered rows, more than a store cares to compare, and how many of the nearest it finds. */
import { expect } from 'vitest';
import { askAll, clustered, clusteredStore, recall } from '../benchmarks/clustered-rows.ts';
import { compileFilter, type Filter } from '../src/stores/filter.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import type { Hit, VectorStore } from '../src/stores/vector-store.ts';

/** For stores that compare every row of few: from how many on an approximate index is asked. */
export interface IndexBound {
  readonly indexFrom?: number;
}

/** Asks, and says whether there was an approximate index to answer. */
export type AskIndex = (store: VectorStore, ask: () => Promise<void>) => Promise<boolean>;

const size = 1500;
/** What everyone, one row in fifty and half of them pass. */
const filters: readonly (Filter | undefined)[] = [
  undefined,
  { kind: 'order', field: 'price', operator: '<', value: 2 },
  { kind: 'equals', field: 'inStock', value: true },
];

/**
 * Fills a store and asks it for the ten nearest of rows that lie around the same middles: recall is at least 0.98, and 1
 * where there is no index.
 *
 * @param store empty, made like `clusteredStore`
 */
export async function testNearest(
  store: VectorStore,
  reopen: () => Promise<VectorStore>,
  isIndexAsked: AskIndex | undefined,
): Promise<void> {
  const { space, schema } = clusteredStore;
  const oracle = new MemoryStore({ dimension: space.dimension, metric: space.metric, schema });
  const rows = clustered(size, size, 1);
  await store.upsert(rows);
  await oracle.upsert(rows);
  await store.commit();
  const queries = clustered(size, 25, 2).map(({ vector }) => vector);
  for (const each of [store, await reopen()]) {
    for (const filter of filters) {
      const expected = (await askAll(oracle, queries, filter)).hits;
      let found: readonly Hit[][] = [];
      const ask = async () => {
        found = (await askAll(each, queries, filter)).hits;
      };
      if (isIndexAsked === undefined) await ask();
      else expect(await isIndexAsked(each, ask)).toBe(true);
      expect(recall(found, expected)).toBeGreaterThanOrEqual(isIndexAsked === undefined ? 1 : 0.98);
      if (filter !== undefined) expect(found.flat().filter(({ row }) => !compileFilter(filter)(row))).toEqual([]);
    }
  }
}
