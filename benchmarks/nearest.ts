/** @file Exact nearest neighbours over a flat array, and through the exact store with a filter. */
import { Random } from '../src/random/random.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import { largest, lengthOf, similarities } from '../src/stores/nearest.ts';
import { parseFilter } from '../src/stores/parse-filter.ts';
import { describeTiming, time } from './stopwatch.ts';

const [ROWS, DIMENSION, TOP] = [100_000, 256, 10];

export async function run(): Promise<void> {
  const random = new Random(1);
  const vectors = Float32Array.from({ length: ROWS * DIMENSION }, () => random.uniform() - 0.5);
  const lengths = Float32Array.from({ length: ROWS }, (_, row) =>
    lengthOf(vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION)),
  );
  const query = vectors.slice(0, DIMENSION);
  const rule = { accepts: () => true, before: (a: number, b: number) => a < b };
  const search = await time(20, () =>
    largest(similarities(query, { vectors, lengths, numRows: ROWS, metric: 'cosine' }), TOP, rule),
  );
  console.log(`  top ${TOP} of ${ROWS} x ${DIMENSION}, exact: ${describeTiming(search)}`);

  const store = new MemoryStore({
    dimension: DIMENSION,
    metric: 'cosine',
    schema: { price: 'number', brand: 'string' },
  });
  const facts = {
    variant: '',
    image: '',
    region: 0,
    box: [0, 0, 1, 1],
    label: 'tee',
    score: 1,
    contentHash: '',
  } as const;
  await store.upsert(
    Array.from({ length: ROWS }, (_, row) => ({
      ...facts,
      product: String(row),
      attributes: { price: random.below(100), brand: `brand ${random.below(500)}` },
      vector: vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION),
    })),
  );
  const filters = {
    'without a filter': undefined,
    '1 % by price': 'price = 7',
    '1 % by price and brand': 'price < 10 and brand in ("brand 1", "brand 2") or price = 99 and not brand = null',
    '50 % by price': 'price < 50',
  };
  for (const [name, text] of Object.entries(filters)) {
    const filter = text === undefined ? undefined : parseFilter(text, store.config.schema);
    const ask = await time(20, () => store.query({ vector: query, k: TOP, filter }));
    console.log(`  the store, ${name}: ${describeTiming(ask)}`);
  }
}
