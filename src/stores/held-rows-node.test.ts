import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { anyRow, expectSameHits, queryOf, spread, wanted } from '../../tests/store-rows.ts';
import type { Filter } from './filter.ts';
import { openLanceStore, openLanceStoreForWriting } from './lance-open-node.ts';
import type { LanceStore } from './lance-store-node.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-held-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const numRows = 1500;
const cheap: Filter = { kind: 'order', field: 'price', operator: '<', value: 40 };

async function writeRows(): Promise<void> {
  const store = await openLanceStoreForWriting(join(folder, 'shop'), wanted());
  await store.upsert(
    Array.from({ length: numRows }, (_, index) =>
      anyRow(`p${index}`, spread(index), { attributes: { price: index % 100 } }),
    ),
  );
  await store.commit();
  await store.close();
}

const answersOf = async (store: LanceStore) => [
  await store.query(queryOf(3)),
  await store.query({ ...queryOf(7), filter: cheap }),
  await store.query({ ...queryOf(9), k: numRows + 1 }),
];

test('a reader that is asked again and again answers the same from memory, when the table is gone too', async () => {
  await writeRows();
  const store = await openLanceStore(join(folder, 'shop'));
  const before = await answersOf(store);
  expect(before.map(({ length }) => length)).toEqual([queryOf(3).k, queryOf(7).k, numRows]);
  for (let count = 0; count < 20; count++) await store.rowsOf('p5');
  await vi.waitFor(async () => {
    const started = performance.now();
    await store.rowsOf('p5');
    expect(performance.now() - started).toBeLessThan(0.5);
  }, 20_000);
  await rm(join(folder, 'shop', 'tables'), { recursive: true });
  for (const [index, hits] of (await answersOf(store)).entries()) expectSameHits(hits, before[index]);
  expect(await store.rowsOf('p5')).toMatchObject([{ product: 'p5' }]);
});

test('a reader that is asked once or twice reads the table', async () => {
  await writeRows();
  const store = await openLanceStore(join(folder, 'shop'));
  await store.query(queryOf(3));
  await rm(join(folder, 'shop', 'tables'), { recursive: true });
  await expect(store.query(queryOf(4))).rejects.toMatchObject({ code: 'store-corrupt' });
});
