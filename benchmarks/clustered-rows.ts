/** @file For benches of stores: clustered random rows, questions about them, and what answers are worth. */
import { Random } from '../src/random/random.ts';
import type { Filter } from '../src/stores/filter.ts';
import type { Row } from '../src/stores/row.ts';
import type { Hit, VectorStore } from '../src/stores/vector-store.ts';

export const [dimension, top] = [256, 10];
/** As many garments alike as a shop's catalogue has; how far they are from their middle, beside how far middles are. */
const [ROWS_A_CLUSTER, SPREAD] = [100, 0.5];

export const clusteredStore = {
  space: { descriptor: 'garment', spaceId: 'bench/1', dimension, metric: 'cosine' },
  modelId: 'bench',
  schema: { price: 'number', brand: 'string', inStock: 'boolean' },
} as const;
const onePercent: Filter = { kind: 'equals', field: 'price', value: 7 };
export const askedFilters = { alone: undefined, '1 % filter': onePercent };

export async function askAll(store: VectorStore, queries: readonly Float32Array[], filter: Filter | undefined) {
  const times: number[] = [];
  const hits: Hit[][] = [];
  for (const vector of [...queries.slice(0, 3), ...queries]) {
    const started = performance.now();
    hits.push(await store.query({ vector, k: top, filter }));
    times.push(performance.now() - started);
  }
  return { hits: hits.slice(3), times: times.slice(3) };
}

/** Of the rows that the exact store answers with, the share that is among those found. */
export function recall(found: readonly Hit[][], expected: readonly Hit[][]): number {
  let common = 0;
  for (const [index, hits] of expected.entries()) {
    const products = new Set(found[index].map((hit) => hit.row.product));
    common += hits.filter((hit) => products.has(hit.row.product)).length;
  }
  return common / expected.flat().length;
}

export function describe(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

/** Rows `from` and on of a catalogue; `seed` draws rows of their own around the same middles. */
export function clustered(size: number, count: number, seed: number, from = 0): Row[] {
  return Array.from({ length: count }, (_, offset) => {
    const row = from + offset;
    const random = new Random(1e9 * seed + row);
    const middle = new Random(row % Math.ceil(size / ROWS_A_CLUSTER));
    const vector = Float32Array.from({ length: dimension }, () => middle.normal() + SPREAD * random.normal());
    const attributes = {
      price: random.below(100),
      brand: `brand ${random.below(500)}`,
      inStock: random.below(2) === 1,
    };
    const facts = { variant: '', image: '', region: 0, box: [0, 0, 1, 1], label: 'tee', score: 1 } as const;
    return { ...facts, product: String(row), contentHash: '', attributes, vector };
  });
}
