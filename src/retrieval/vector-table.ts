/**
 * @file The vectors of a list's products side by side, to be compared with each other as fast as with a query.
 *
 * Shapes: R products, D numbers a vector.
 */
import type { Metric } from '../embedding/descriptor.ts';
import { lengthOf, similarities } from '../stores/nearest.ts';
import type { RankedProduct } from './rank-products.ts';

export class VectorTable {
  readonly #metric: Metric;
  readonly #dimension: number;
  /** `[R, D]` */
  readonly #vectors: Float32Array;
  /** `[R]` */
  readonly #lengths: Float32Array;

  constructor(list: readonly RankedProduct[], metric: Metric) {
    this.#metric = metric;
    this.#dimension = list[0]?.hit.row.vector.length ?? 0;
    this.#vectors = new Float32Array(list.length * this.#dimension);
    for (const [at, { hit }] of list.entries()) this.#vectors.set(hit.row.vector, at * this.#dimension);
    this.#lengths = Float32Array.from(list, ({ hit }) => lengthOf(hit.row.vector));
  }

  /**
   * `[numRows]` float32: of the product at one place to each at the first places; of those that are not accepted it
   * means nothing.
   */
  similaritiesTo(
    at: number,
    { accepted, numRows = this.#lengths.length }: { readonly accepted?: Uint8Array; readonly numRows?: number } = {},
  ): Float32Array {
    const vector = this.#vectors.subarray(at * this.#dimension, (at + 1) * this.#dimension);
    const table = { vectors: this.#vectors, lengths: this.#lengths, metric: this.#metric };
    return similarities(vector, { ...table, numRows, accepted });
  }
}
