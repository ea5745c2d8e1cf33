/**
 * @file Fewer of the same: a list in which each next product is near to the query and unlike those before it.
 *
 * Reference: Carbonell and Goldstein, The use of MMR, diversity-based reranking, 1998.
 */
import type { Metric } from '../embedding/descriptor.ts';
import { similarityOf } from './nearest.ts';
import type { RankedProduct } from './rank-products.ts';

/** Lambda: the weight of nearness to the query; the rest is that of unlikeness. The paper's middle ground. */
const nearness = 0.7;
/** So many products are put in another order, the others stay behind them: it does not depend on the page. */
const poolSize = 100;

/**
 * Maximal marginal relevance: next comes the product with the largest
 * `lambda * similarity to the query - (1 - lambda) * largest similarity to those ahead of it`.
 * Likely classes stay ahead of the others. Equals keep their order.
 */
export function diversify<R extends RankedProduct>(list: readonly R[], metric: Metric): R[] {
  const pool = list.slice(0, poolSize);
  const [likely, others] = [true, false].map((isLikely) => pool.filter((ranked) => ranked.isLikely === isLikely));
  return [...spread(likely!, metric), ...spread(others!, metric), ...list.slice(poolSize)];
}

function spread<R extends RankedProduct>(pool: readonly R[], metric: Metric): R[] {
  const left = pool.map((ranked) => ({ ranked, nearest: 0 }));
  const chosen: R[] = [];
  while (left.length > 0) {
    let best = 0;
    for (const [at, candidate] of left.entries()) if (marginOf(candidate) > marginOf(left[best]!)) best = at;
    const [next] = left.splice(best, 1);
    chosen.push(next!.ranked);
    for (const candidate of left) {
      const similarity = similarityOf(next!.ranked.hit.row.vector, candidate.ranked.hit.row.vector, metric);
      candidate.nearest = Math.max(candidate.nearest, similarity);
    }
  }
  return chosen;
}

function marginOf({ ranked, nearest }: { readonly ranked: RankedProduct; readonly nearest: number }): number {
  return nearness * ranked.hit.similarity - (1 - nearness) * nearest;
}
