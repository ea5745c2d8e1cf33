/** @file What is LanceDB's own: its index, and what is left of a table after kills, power cuts and clean-ups. */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { anyFilter, anyFilterRow, filterSchema } from '../../tests/any-filter.ts';
import { allRows, anyRow, expectSameHits, queryOf, spread, wanted } from '../../tests/store-rows.ts';
import { Random } from '../random/random.ts';
import { compileFilter } from './filter.ts';
import { loadLance } from './lance-library-node.ts';
import { keepVersionsMs } from './lance-maintenance-node.ts';
import { openLanceStore, openLanceStoreForWriting } from './lance-open-node.ts';
import type { LanceStore } from './lance-store-node.ts';
import { MemoryStore } from './memory-store.ts';
import { readManifest } from './store-manifest-node.ts';

let folder: string;
let directory: string;
const opened: LanceStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-lance-'));
  directory = join(folder, 'shop');
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function writer(options: Parameters<typeof openLanceStoreForWriting>[2] = {}, want = wanted()) {
  const store = await openLanceStoreForWriting(directory, want, options);
  opened.push(store);
  return store;
}

async function writeRows(...products: string[]): Promise<void> {
  const store = await openLanceStoreForWriting(directory, wanted());
  await store.upsert(products.map((product, index) => anyRow(product, spread(index))));
  await store.commit();
  await store.close();
}

const productsOf = async (store: LanceStore) => (await allRows(store)).map(({ product }) => product);
const versions = () => join(directory, 'tables', 'rows-1.lance', '_versions');
/** Newest first. */
const manifests = async () => (await readdir(versions())).filter((name) => name.endsWith('.manifest')).sort();

describe('the index', () => {
  const dimension = 32;
  const space = { ...wanted().space, dimension };
  const want = wanted({ space, schema: filterSchema });
  /** Ten around each of many middles. */
  const clustered = (count: number, from = 0) =>
    Array.from({ length: count }, (_, offset) => {
      const middle = new Random((from + offset) % 60);
      const random = new Random(1000 + from + offset);
      const vector = Array.from({ length: dimension }, () => middle.normal() + 0.4 * random.normal());
      return anyRow(`${from + offset}`, vector, {
        attributes: { price: random.below(50), inStock: random.below(2) > 0 },
      });
    });

  test('answers from as many rows as it is told, its recall measured and kept; new rows and deleted ones count', async () => {
    const store = await writer({ indexFrom: 1000, pendingRows: 250 }, want);
    const oracle = new MemoryStore({ dimension, metric: 'cosine', schema: filterSchema });
    const change = async (change: (each: LanceStore | MemoryStore) => Promise<unknown>) => {
      await change(store);
      await change(oracle);
    };
    await change((each) => each.upsert(clustered(900)));
    await store.commit();
    expect(await readManifest(directory)).toMatchObject({ index: null });
    await change((each) => each.upsert(clustered(600, 900)));
    await store.commit();
    const { index } = store.manifest;
    expect(index).toMatchObject({ rows: 1500, queries: 64 });
    expect(index!.alone.recall).toBeGreaterThanOrEqual(0.98);
    expect(index!.filtered.recall).toBeGreaterThanOrEqual(0.98);
    expect(await readManifest(directory)).toMatchObject({ index });
    const table = await (await (await loadLance()).lancedb.connect(join(directory, 'tables'))).openTable('rows-1');
    expect((await table.listIndices()).map(({ indexType }) => indexType)).toEqual(
      expect.arrayContaining(['IvfRq', 'BTree', 'Bitmap']),
    );

    await change((each) => each.upsert(clustered(200, 1500)));
    await change((each) => each.delete(clustered(100, 50)));
    await change((each) =>
      each.upsert(clustered(20, 200).map((row) => ({ ...row, vector: clustered(1, 7)[0].vector }))),
    );
    const filter = { kind: 'equals', field: 'price', value: 7 } as const;
    for (let round = 0; round < 2; round++) {
      let found = 0;
      for (const { vector } of clustered(40, 5000)) {
        for (const asked of [undefined, filter]) {
          const expected = await oracle.query({ vector, k: 10, filter: asked });
          expectSameHits(await store.query({ vector, k: 10, filter: asked, exact: true }), expected);
          const keys = new Set(expected.map((hit) => hit.row.product));
          const hits = await store.query({ vector, k: 10, filter: asked });
          found += hits.filter((hit) => keys.has(hit.row.product)).length / expected.length;
        }
      }
      expect(found / 80).toBeGreaterThanOrEqual(0.98);
      // No room is made for what there is not: the engine would abort the process.
      const all = await oracle.query({ vector: clustered(1)[0].vector, k: 2e8 });
      expectSameHits(await store.query({ vector: clustered(1)[0].vector, k: 2e8 }), all);
      await store.commit();
    }
    await change((each) => each.delete(clustered(1300, 200)));
    await store.commit();
    expect(await readManifest(directory)).toMatchObject({ index: null });
    expect(await store.stats()).toEqual(await oracle.stats());
  });

  test('filters mean with indexes what they mean without, whatever they say', async () => {
    const [facts] = fc.sample(fc.array(anyFilterRow, { minLength: 300, maxLength: 300 }), { seed: 3, numRuns: 1 });
    const store = await writer({ indexFrom: 200 }, want);
    const [first] = clustered(1);
    const rows = facts!.map((each, index) => ({ ...clustered(1, index)[0], ...each, image: `${index}` }));
    await store.upsert(rows.slice(0, 280));
    await store.commit();
    expect(store.manifest.index).not.toBeNull();
    await store.upsert(rows.slice(270));
    const all = await store.query({ vector: first!.vector, k: 400, exact: true });
    expect(all).toHaveLength(300);
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        const passed = all.filter((hit) => compileFilter(filter)(hit.row));
        expectSameHits(await store.query({ vector: first!.vector, k: 400, filter, exact: true }), passed);
        // An index that answers with everything that passes leaves nothing to be near.
        const hits = await store.query({ vector: first!.vector, k: 400, filter });
        expectSameHits(
          hits,
          passed.filter((hit) => hits.some(({ row }) => row.image === hit.row.image)),
        );
        expect(hits.length).toBeGreaterThanOrEqual(0.9 * passed.length);
      }),
      { seed: 6, numRuns: 150 },
    );
  });
});

test('fragments of many small commits are put together, and old versions stay an hour for their readers', async () => {
  const store = await writer();
  const openNow = () => openLanceStore(directory);
  const commitMany = async (from: number, to: number) => {
    for (let count = from; count < to; count++) {
      await store.upsert([anyRow(`${count}`, spread(count))]);
      await store.commit();
    }
  };
  await commitMany(0, 1);
  const early = await openNow();
  await commitMany(1, 20);
  const fragments = async () => (await readdir(join(directory, 'tables', 'rows-1.lance', 'data'))).length;
  expect(await fragments()).toBe(21);
  expect((await early.stats()).rows).toBe(1);
  expect((await (await openNow()).stats()).rows).toBe(20);

  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 2 * keepVersionsMs);
  await commitMany(20, 38);
  clock.mockRestore();
  expect(await fragments()).toBeLessThan(17);
  // Its files are gone: it has the newest commit now.
  expect(await early.query(queryOf(100))).toHaveLength(38);
});

describe('what a power cut or a kill leaves', () => {
  test('a torn manifest of a version that was never committed is set aside, by readers and writers', async () => {
    for (const open of [() => openLanceStore(directory), () => writer()]) {
      await rm(directory, { recursive: true, force: true });
      await writeRows('a', 'b');
      const [newest] = await manifests();
      const next = `${BigInt(newest!.split('.')[0]) - 1n}`.padStart(20, '0');
      await writeFile(join(versions(), `${next}.manifest`), '');
      await truncate(join(versions(), 'latest_version_hint.json'));
      expect(await productsOf(await open())).toEqual(['a', 'b']);
      expect((await readdir(versions())).filter((name) => name.endsWith('.torn'))).toHaveLength(1);
      for (const store of opened.splice(0)) await store.close();
      await writeRows('c');
      expect(await productsOf(await openLanceStore(directory))).toEqual(['a', 'b', 'c']);
    }
  });

  test('versions after the commit are undone by the next writer', async () => {
    await writeRows('a');
    const { lancedb } = await loadLance();
    const table = await (await lancedb.connect(join(directory, 'tables'))).openTable('rows-1');
    await table.delete("product = 'a'");
    expect(await productsOf(await openLanceStore(directory))).toEqual(['a']);
    const store = await writer();
    expect(await productsOf(store)).toEqual(['a']);
    await store.upsert([anyRow('b', spread(1))]);
    await store.commit();
    expect(await productsOf(await openLanceStore(directory))).toEqual(['a', 'b']);
  });

  test('a committed version that is damaged is an error with a cure', async () => {
    await writeRows('a');
    const [newest] = await manifests();
    await truncate(join(versions(), newest!), 100);
    const error = await openLanceStore(directory).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'store-corrupt' });
    expect(error.message).toMatch(/snapshot/);
    await rm(join(directory, 'tables'), { recursive: true });
    await expect(openLanceStore(directory)).rejects.toMatchObject({ code: 'store-corrupt' });
  });

  test('files that are gone under an open store: what cannot be read is not told as what cannot be written', async () => {
    await writeRows('a');
    const reader = await openLanceStore(directory);
    const own = await writer();
    await rm(join(directory, 'tables', 'rows-1.lance', 'data'), { recursive: true });
    const failureOf = (job: Promise<unknown>): Promise<unknown> =>
      job.then(
        () => 'none',
        (error) => error,
      );
    for (const store of [reader, own]) {
      for (const read of [() => store.query(queryOf(3)), () => store.rowsOf('a'), () => allRows(store)]) {
        const error = await failureOf(read());
        expect(error).toMatchObject({
          code: 'store-read',
          facts: { where: directory },
          message: expect.stringMatching(/could not be read.*Try again.*snapshot/),
        });
      }
    }
    await own.upsert([anyRow('a', spread(1))]);
    // Its change has to be written before it can answer.
    expect(await failureOf(own.query(queryOf(3)))).toMatchObject({ code: 'store-write' });
  });

  test('a store without a commit leaves nothing behind, and what a kill left of one is no obstacle', async () => {
    const store = await openLanceStoreForWriting(directory, wanted(), { pendingRows: 1 });
    await store.upsert([anyRow('a', spread(0))]);
    expect(await readdir(directory)).toContain('tables');
    await store.close();
    expect(await readdir(folder)).toEqual([]);

    const killed = await writer({ pendingRows: 1 });
    await killed.upsert([anyRow('a', spread(0))]);
    await rm(join(directory, 'lock'));
    await writeRows('b');
    expect(await productsOf(await openLanceStore(directory))).toEqual(['b']);
    expect(JSON.parse(await readFile(join(directory, 'store.json'), 'utf8'))).toMatchObject({
      kind: 'lancedb',
      commit: 1,
    });
    opened.splice(0);
  });
});
