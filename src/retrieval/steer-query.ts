/**
 * @file "This, not that": a query vector moved toward items and away from others.
 *
 * Reference: Rocchio, Relevance feedback in information retrieval, 1971; weights of Salton and Buckley, 1990.
 */
import type { Metric } from '../embedding/descriptor.ts';
import { lengthOf } from '../stores/nearest.ts';
import { StoreError } from '../stores/store-error.ts';

const weights = { photo: 1, liked: 0.75, disliked: 0.25 } as const;

export interface Wishes {
  /** `[D]` of a garment in a photo, where there is one. */
  readonly photo?: Float32Array | undefined;
  /** `[D]` each, one an item. */
  readonly liked: readonly Float32Array[];
  readonly disliked: readonly Float32Array[];
}

/**
 * `photo + 0.75 * mean(liked) - 0.25 * mean(disliked)`, where any part may be missing.
 *
 * For cosine, each vector counts with unit length and the result has unit length again. For a Euclidean space the
 * result is divided by the sum of the weights: a point between those that are liked, pushed off the disliked ones.
 *
 * @throws StoreError `store-query` when nothing is liked, or what is disliked takes all away
 */
export function steerQuery({ photo, liked, disliked }: Wishes, metric: Metric): Float32Array {
  const cure = 'Name a photo or an item to be like.';
  if (photo === undefined && liked.length === 0)
    throw new StoreError('query', 'nothing to be similar to', { expected: 'a photo or an item that is liked', cure });
  const parts = [
    { vectors: photo === undefined ? [] : [photo], weight: weights.photo },
    { vectors: liked, weight: weights.liked },
    { vectors: disliked, weight: -weights.disliked },
  ].filter(({ vectors }) => vectors.length > 0);
  const sum = new Float32Array((photo ?? liked[0]).length);
  for (const { vectors, weight } of parts) {
    for (const vector of vectors) {
      const share = weight / vectors.length / (metric === 'cosine' ? lengthOf(vector) : 1);
      for (let at = 0; at < sum.length; at++) sum[at] += share * vector[at];
    }
  }
  const size = metric === 'cosine' ? lengthOf(sum) : parts.reduce((total, { weight }) => total + weight, 0);
  // The cosine of what is left of opposites is noise.
  if (size < 1e-6) {
    const got = 'items that are liked and disliked alike';
    throw new StoreError('query', 'nothing is left to be similar to', { expected: 'items that differ', got, cure });
  }
  return sum.map((value) => value / size);
}

/** One vector of several rows of an item: their mean, each of unit length for cosine. */
export function meanVector(vectors: readonly Float32Array[], metric: Metric): Float32Array {
  return steerQuery({ liked: vectors, disliked: [] }, metric);
}
