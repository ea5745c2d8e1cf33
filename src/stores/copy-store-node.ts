/** @file A store's last commit into a new place: a snapshot, a restored one, a store of another kind. */
import { finishNewStore, openNewStore } from './open-store-node.ts';
import type { Row } from './row.ts';
import type { StoreKind } from './store-manifest-node.ts';
import type { OpenedStore } from './vector-store.ts';

/** Rows that are handed over at once. */
const rowsAtOnce = 1000;

/**
 * Copies every row. There must be no store yet; if anything fails there is none afterwards.
 *
 * @param from opened for reading: it keeps its commit while others write
 * @returns how many rows there were
 */
export async function copyStore(
  from: OpenedStore,
  to: { readonly place: string; readonly kind?: StoreKind | undefined },
  onRows: (count: number) => void = () => {},
): Promise<number> {
  const { manifest } = from;
  const want = { space: manifest, modelId: manifest.modelId, schema: manifest.attributes };
  const store = await openNewStore(to.place, want, { kind: to.kind });
  try {
    let count = 0;
    let rows: Row[] = [];
    const handOver = async () => {
      await store.upsert(rows);
      count += rows.length;
      rows = [];
      onRows(count);
    };
    for await (const row of from.rows()) if (rows.push(row) === rowsAtOnce) await handOver();
    await handOver();
    await store.commit();
    await finishNewStore(to.place);
    return count;
  } finally {
    await store.close();
  }
}
