/** @file How many better products a filter took away: without it, nobody learns that a dearer twin was there. */
import { allOf, type Filter } from '../stores/filter.ts';
import type { Hit, VectorStore } from '../stores/vector-store.ts';
import { firstOfEachProduct, isAhead, type ProductQuery, type RankedProduct, tiers } from './rank-products.ts';

/** Rows without the filter that are looked at, of each tier: where more are hidden, so many are counted. */
const depth = 1000;
/** At first: seldom are more ahead of a page. */
const firstDepth = 60;

type Placed = Pick<RankedProduct, 'isLikely' | 'hit'>;

/**
 * For each product of a page, how many that stood ahead of it have no row that passes the filter; where nothing passes
 * one number, all those of its likely classes: what is far off would not have helped.
 *
 * @param page empty where the whole list is, not where a page lies beyond its end
 * @returns as many numbers as products, at least one
 */
export async function countHidden(
  store: VectorStore,
  { vector, filter, exact, ...query }: ProductQuery,
  page: readonly Placed[],
): Promise<number[]> {
  if (filter === undefined) return page.length === 0 ? [0] : page.map(() => 0);
  const hidden: Placed[] = [];
  for (const tier of tiers({ ...query, filter: { kind: 'not', of: filter } })) {
    const place = (hit: Hit): Placed => ({ hit, isLikely: tier.isLikely });
    const isAheadOfSome = (candidate: Placed) => page.length === 0 || page.some((shown) => isAhead(candidate, shown));
    if (!tier.isLikely && page.every((shown) => shown.isLikely)) continue;
    let hits: Hit[] = [];
    for (let k = firstDepth; ; k = Math.min(depth, 4 * k)) {
      hits = await store.query({ vector, k, filter: tier.filter, exact });
      if (k === depth || hits.length < k || !isAheadOfSome(place(hits.at(-1)!))) break;
    }
    const candidates = firstOfEachProduct(hits).map(place).filter(isAheadOfSome);
    const passing = await productsPassing(store, vector, filter, candidates);
    const counted = new Set(hidden.map(({ hit }) => hit.row.product));
    hidden.push(...candidates.filter(({ hit: { row } }) => !passing.has(row.product) && !counted.has(row.product)));
  }
  if (page.length === 0) return [hidden.length];
  return page.map((shown) => hidden.filter((candidate) => isAhead(candidate, shown)).length);
}

/** Those of them that have another row, which the filter lets through. */
async function productsPassing(
  store: VectorStore,
  vector: Float32Array,
  filter: Filter,
  candidates: readonly Placed[],
): Promise<ReadonlySet<string>> {
  const passing = new Set<string>();
  let left = candidates.map(({ hit }) => hit.row.product);
  while (left.length > 0) {
    const among: Filter = { kind: 'in', field: 'product', values: left };
    const hits = await store.query({ vector, k: depth, filter: allOf(filter, among), exact: true });
    for (const { row } of hits) passing.add(row.product);
    // A product with very many rows may have crowded out the others.
    if (hits.length < depth) break;
    left = left.filter((product) => !passing.has(product));
  }
  return passing;
}
