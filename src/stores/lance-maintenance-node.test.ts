/** @file What becomes of a LanceDB table between commits: an index that finds too little, rows that are deleted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clustered, clusteredStore } from '../../benchmarks/clustered-rows.ts';
import { expectSameHits } from '../../tests/store-rows.ts';
import { loadLance } from './lance-library-node.ts';
import { openLanceStore, openLanceStoreForWriting } from './lance-open-node.ts';
import type { LanceOptions, LanceStore } from './lance-store-node.ts';
import { readManifest } from './store-manifest-node.ts';

let folder: string;
let directory: string;
let store: LanceStore | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-maintenance-'));
  directory = join(folder, 'shop');
});

afterEach(async () => {
  await store?.close();
  store = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function reopened(options: Partial<LanceOptions>): Promise<LanceStore> {
  await store?.close();
  store = await openLanceStoreForWriting(directory, clusteredStore, options);
  return store;
}

/** Of one catalogue, in its order. */
const rows = (count: number, from = 0) => clustered(900, count, 1, from);
const [asked] = clustered(900, 1, 2).map(({ vector }) => ({ vector, k: 10 }));

/** The table as the engine has it now, whatever was committed. */
async function openTable() {
  return (await (await loadLance()).lancedb.connect(join(directory, 'tables'))).openTable('rows-1');
}
const indexedColumns = async () => (await (await openTable()).listIndices()).map(({ columns }) => columns.join());
const numRowsOfTable = async () => (await openTable()).countRows();

test('an index that finds too little is not asked, and none is tried again until the table is another one', async () => {
  // No index reaches it.
  const failing = { indexFrom: 300, wantedRecall: 1.01 };
  const writer = await reopened(failing);
  await writer.upsert(rows(400));
  await writer.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null, indexFailedAt: 400 });
  expect(await indexedColumns()).toContain('product');
  expect(await indexedColumns()).not.toContain('vector');
  expectSameHits(await writer.query(asked!), await writer.query({ ...asked!, exact: true }));
  await writer.upsert(rows(400, 400));
  await writer.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null, indexFailedAt: 400 });
  await writer.upsert(rows(1, 800));
  await writer.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null, indexFailedAt: 801 });

  // Who is content with less still waits, until the rows have halved.
  const content = await reopened({ ...failing, wantedRecall: 0.5 });
  await content.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null, indexFailedAt: 801 });
  await content.delete(rows(401));
  await content.commit();
  expect(await readManifest(directory)).toMatchObject({ index: { rows: 400 } });
  expect(await readManifest(directory)).not.toHaveProperty('indexFailedAt');
  expect(await indexedColumns()).toContain('vector');
});

test('an index that new rows made worse is built anew before it is given up, and a small table needs none', async () => {
  const writer = await reopened({ indexFrom: 300, wantedRecall: 0.9 });
  await writer.upsert(rows(400));
  await writer.commit();
  expect(await readManifest(directory)).toMatchObject({ index: { rows: 400 } });
  const failing = await reopened({ indexFrom: 300, wantedRecall: 1.01 });
  await failing.upsert(rows(100, 400));
  await failing.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null, indexFailedAt: 500 });
  await failing.delete(rows(250));
  await failing.commit();
  expect(await readManifest(directory)).toMatchObject({ index: null });
  expect(await readManifest(directory)).not.toHaveProperty('indexFailedAt');
});

test('rows that are deleted do not wait in memory for the commit, and are there still where it does not come', async () => {
  const writer = await reopened({ pendingRows: 10 });
  await writer.upsert(rows(50));
  await writer.commit();
  expect(await writer.delete(rows(9))).toBe(9);
  expect(await numRowsOfTable()).toBe(50);
  expect(await writer.delete(rows(15, 5))).toBe(11);
  expect(await numRowsOfTable()).toBe(30);
  expect((await writer.stats()).rows).toBe(30);
  expect(await (await openLanceStore(directory)).stats()).toMatchObject({ rows: 50, products: 50 });
});
