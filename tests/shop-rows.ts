/** @file For tests: rows with vectors made by hand, and a store in memory that holds them. */
import type { Metric } from '../src/embedding/descriptor.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import type { AttributeSchema, Row } from '../src/stores/row.ts';

export const shopSchema = {
  title: 'string',
  category: 'string',
  brand: 'string',
  colour: 'string',
  price: 'number',
  currency: 'string',
  url: 'string',
  inStock: 'boolean',
  colours: 'string',
  texture: 'string',
} as const satisfies AttributeSchema;

/** A tee whose vector is turned away from `[1, 0, 0]` by so many degrees, toward the second axis. */
export function turned(product: string, degrees: number, others: Partial<Row> = {}): Row {
  const angle = (degrees * Math.PI) / 180;
  return {
    product,
    variant: '',
    image: `${product}.jpg`,
    region: 0,
    box: [0, 0, 10, 20],
    label: 'tee',
    score: 0.9,
    contentHash: `${product}-${degrees}`,
    attributes: {},
    vector: Float32Array.of(Math.cos(angle), Math.sin(angle), 0),
    ...others,
  };
}

/** What {@link turned} is turned away from. */
export const ahead = Float32Array.of(1, 0, 0);

export async function shopOf(
  rows: readonly Row[],
  metric: Metric = 'cosine',
  schema: AttributeSchema = shopSchema,
): Promise<MemoryStore> {
  const store = new MemoryStore({ dimension: 3, metric, schema });
  await store.upsert(rows);
  return store;
}
