/**
 * @file Exact nearest neighbours over one flat array: every row is compared.
 *
 * Shape shorthand: R rows, D numbers a vector, k neighbours.
 */
import type { Metric } from '../embedding/descriptor.ts';

/** Rows that are looked at: `[R]` uint8, 1 for each of them; undefined for all. */
type Accepted = Uint8Array | undefined;

/** `[D]` times `[R, D]` (flat): `out[r]` is the dot product with row r. Four sums, so that additions overlap. */
function dotProducts(query: Float32Array, vectors: Float32Array, accepted: Accepted, out: Float32Array): void {
  const numRows = out.length;
  const dimension = query.length;
  const whole = dimension - (dimension % 4);
  for (let row = 0, at = 0; row < numRows; row++, at += dimension) {
    if (accepted !== undefined && accepted[row] === 0) continue;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < whole; i += 4) {
      a += query[i] * vectors[at + i];
      b += query[i + 1] * vectors[at + i + 1];
      c += query[i + 2] * vectors[at + i + 2];
      d += query[i + 3] * vectors[at + i + 3];
    }
    for (let i = whole; i < dimension; i++) a += query[i] * vectors[at + i];
    out[row] = a + b + (c + d);
  }
}

/** Squared distances of `[D]` to each row of `[R, D]`, by differences: exact zero for equal vectors. */
function squaredDistances(query: Float32Array, vectors: Float32Array, accepted: Accepted, out: Float32Array): void {
  const numRows = out.length;
  const dimension = query.length;
  for (let row = 0, at = 0; row < numRows; row++, at += dimension) {
    if (accepted !== undefined && accepted[row] === 0) continue;
    let even = 0;
    let odd = 0;
    let i = 0;
    for (; i + 1 < dimension; i += 2) {
      const first = query[i] - vectors[at + i];
      const second = query[i + 1] - vectors[at + i + 1];
      even += first * first;
      odd += second * second;
    }
    if (i < dimension) even += (query[i] - vectors[at + i]) ** 2;
    out[row] = even + odd;
  }
}

/** Euclidean length of `[D]`. */
export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Similarity of a query to every row: cosine, or `1 / (1 + distance)`.
 *
 * @param query `[D]` float32
 * @param vectors `[R, D]` float32, flat; may be longer than `numRows` rows
 * @param lengths `[R]` float32, Euclidean length of each row (read for cosine only)
 * @param accepted `[R]` uint8: rows with 0 are passed over, and what stands for them means nothing
 * @returns `[R]` float32
 */
export function similarities(
  query: Float32Array,
  {
    vectors,
    lengths,
    numRows,
    metric,
    accepted,
  }: {
    vectors: Float32Array;
    lengths: Float32Array;
    numRows: number;
    metric: Metric;
    accepted?: Uint8Array | undefined;
  },
): Float32Array {
  const out = new Float32Array(numRows);
  if (metric === 'cosine') {
    dotProducts(query, vectors, accepted, out);
    const length = lengthOf(query);
    // Rounding may leave 1.0000001: a cosine stays within [-1, 1].
    for (let row = 0; row < numRows; row++) out[row] = Math.max(-1, Math.min(1, out[row] / (length * lengths[row])));
  } else {
    squaredDistances(query, vectors, accepted, out);
    for (let row = 0; row < numRows; row++) out[row] = 1 / (1 + Math.sqrt(out[row]));
  }
  return out;
}

/** Of two vectors `[D]`, as {@link similarities} has it. */
export function similarityOf(one: Float32Array, other: Float32Array, metric: Metric): number {
  const lengths = Float32Array.of(lengthOf(other));
  return similarities(one, { vectors: other, lengths, numRows: 1, metric })[0];
}

/**
 * The k rows with the largest scores, best first; `before(a, b)` settles equal scores.
 *
 * A sorted list with insertion: k is small beside R, so nearly every row fails the first comparison.
 */
export function largest(
  scores: Float32Array,
  k: number,
  { accepts, before }: { accepts: (row: number) => boolean; before: (a: number, b: number) => boolean },
): number[] {
  if (k < 1) return [];
  const best: number[] = [];
  const ahead = (a: number, b: number) => scores[a] > scores[b] || (scores[a] === scores[b] && before(a, b));
  for (let row = 0; row < scores.length; row++) {
    if (best.length === k && !ahead(row, best[k - 1])) continue;
    if (!accepts(row)) continue;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ahead(best[middle], row)) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, row);
    if (best.length > k) best.pop();
  }
  return best;
}
