import { expect, test } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { findSimilarItems } from './similar-items.ts';

test('one result a product, however many rows of it are near', async () => {
  const store = new MemoryStore({ dimension: 2, metric: 'euclidean', schema: { title: 'string' } });
  const row = (product: string, region: number, x: number) => ({
    ...{ product, variant: '', image: '', region, box: [0, 0, 1, 1] as const, label: null, score: null },
    ...{ contentHash: '', attributes: {}, vector: Float32Array.of(x, 0) },
  });
  await store.upsert(Array.from({ length: 50 }, (_, region) => row('many', region, region / 100)));
  await store.upsert([row('far', 0, 3), row('farther', 0, 7)]);
  const items = await findSimilarItems(store, { vector: Float32Array.of(0, 0), k: 3 });
  expect(items.map(({ id, similarity, title }) => [id, similarity, title])).toEqual([
    ['many', 1, 'many'],
    ['far', 0.25, 'far'],
    ['farther', 0.125, 'farther'],
  ]);
  expect(await findSimilarItems(store, { vector: Float32Array.of(0, 0), k: 1 })).toHaveLength(1);
});
