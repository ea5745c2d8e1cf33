/** @file For tests: rows and a space of three numbers, and a store made of them. */
import { openStoreForWriting } from '../src/stores/exact-store-node.ts';
import type { Row } from '../src/stores/row.ts';

export const tinySpace = { descriptor: 'garment', spaceId: 'test/1', dimension: 3, metric: 'cosine' } as const;
export const tinyStore = { space: tinySpace, modelId: 'model-a', schema: { title: 'string' } } as const;

export function tinyRow(product: string, vector: readonly number[]): Row {
  return {
    product,
    variant: '',
    image: 'é/“a”.jpg',
    region: 0,
    box: [0.5, 1, 2.25, 3],
    label: null,
    score: null,
    contentHash: 'abc',
    attributes: { title: `Größe\n${product}` },
    vector: Float32Array.from(vector),
  };
}

/** Adds rows to the store in a directory, which is made where there is none. */
export async function writeTinyStore(directory: string, ...rows: Row[]): Promise<void> {
  const store = await openStoreForWriting(directory, tinyStore);
  await store.upsert(rows);
  await store.commit();
  await store.close();
}
