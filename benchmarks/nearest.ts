/** @file Exact nearest neighbours over a flat array. */
import { Random } from '../src/random/random.ts';
import { largest, lengthOf, similarities } from '../src/retrieval/nearest.ts';
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
}
