/**
 * @file Fewer of the same: a list in which each next product is near to the query and unlike those before it.
 *
 * Reference: Carbonell and Goldstein, The use of MMR, diversity-based reranking, 1998.
 */
import type { Metric } from '../embedding/descriptor.ts';
import type { RankedProduct } from './rank-products.ts';
import { VectorTable } from './vector-table.ts';

/** Lambda: the weight of nearness to the query; the rest is that of unlikeness. The paper's for a search that is focused. */
const nearness = 0.7;
/**
 * So many products are put in another order, the others stay behind them: it does not depend on the page. A few pages
 * deep, as far as people look; the work grows with its square.
 */
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
  const table = new VectorTable(pool, metric);
  const left = Array.from(pool.keys(), (at) => ({ at, nearest: 0 }));
  const marginOf = ({ at, nearest }: { readonly at: number; readonly nearest: number }) =>
    nearness * pool[at].hit.similarity - (1 - nearness) * nearest;
  const chosen: R[] = [];
  while (left.length > 0) {
    let best = 0;
    for (const [place, candidate] of left.entries()) if (marginOf(candidate) > marginOf(left[best])) best = place;
    const [next] = left.splice(best, 1);
    chosen.push(pool[next!.at]);
    const similarities = table.similaritiesTo(next!.at);
    for (const candidate of left) candidate.nearest = Math.max(candidate.nearest, similarities[candidate.at]);
  }
  return chosen;
}
