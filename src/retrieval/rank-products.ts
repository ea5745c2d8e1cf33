/**
 * @file The list behind an answer: a store's products in one order, each by its nearest row.
 *
 * Products of the garment's likely classes come first, by descending similarity, then, where they are few, the others.
 * Pages, facets and folding all read this list, so that they agree; it does not depend on which page is asked for.
 */
import { allOf, type Filter } from '../stores/filter.ts';
import type { Hit, VectorStore } from '../stores/vector-store.ts';

export interface RankedProduct {
  readonly product: string;
  /** The nearest of its rows that pass the filter. */
  readonly hit: Hit;
  /** Whether that row is of a likely class; true for all where none is known. */
  readonly isLikely: boolean;
}

/** What is asked of a store. */
export interface ProductQuery {
  /** `[dimension]` float32, in the store's space. */
  readonly vector: Float32Array;
  readonly filter?: Filter | undefined;
  /** Products of these classes come first; empty for one order over all. */
  readonly classes: readonly string[];
  /** Products that are never answered. */
  readonly excluded: ReadonlySet<string>;
  readonly exact?: boolean | undefined;
}

/**
 * At most `depth` products. Others than those of likely classes join where the likely ones are fewer than `enough`: a
 * list of trousers does not end in hats.
 */
export async function rankProducts(
  store: VectorStore,
  query: ProductQuery,
  { depth, enough }: { readonly depth: number; readonly enough: number },
): Promise<RankedProduct[]> {
  const ranked: RankedProduct[] = [];
  for (const { isLikely, filter } of tiers(query)) {
    const known = new Set(ranked.map(({ product }) => product));
    const wanted = (ranked.length === 0 ? depth : enough) - ranked.length;
    if (wanted < 1) break;
    const isNew = ({ row }: Hit) => !known.has(row.product);
    const hits = await nearestProducts(store, { ...query, filter, wanted, isNew });
    ranked.push(...hits.map((hit) => ({ product: hit.row.product, hit, isLikely })));
  }
  return ranked;
}

/** Whether the first stands ahead of the other; neither does where only keys tell them apart. */
export function isAhead(
  one: Pick<RankedProduct, 'isLikely' | 'hit'>,
  other: Pick<RankedProduct, 'isLikely' | 'hit'>,
): boolean {
  if (one.isLikely !== other.isLikely) return one.isLikely;
  return one.hit.similarity > other.hit.similarity;
}

/** The filters of the parts of the list, one after the other. */
export function tiers({ classes, excluded, filter }: Pick<ProductQuery, 'classes' | 'excluded' | 'filter'>): {
  readonly isLikely: boolean;
  readonly filter: Filter | undefined;
}[] {
  const others: Filter | undefined =
    excluded.size === 0 ? undefined : { kind: 'not', of: { kind: 'in', field: 'product', values: [...excluded] } };
  if (classes.length === 0) return [{ isLikely: true, filter: allOf(filter, others) }];
  const ofClasses: Filter = { kind: 'in', field: 'label', values: classes };
  return [
    { isLikely: true, filter: allOf(filter, others, ofClasses) },
    { isLikely: false, filter: allOf(filter, others, { kind: 'not', of: ofClasses }) },
  ];
}

/** The nearest row of each product. Asks for more rows until there are enough products or no more rows. */
async function nearestProducts(
  store: VectorStore,
  {
    vector,
    filter,
    exact,
    wanted,
    isNew,
  }: Pick<ProductQuery, 'vector' | 'filter' | 'exact'> & {
    readonly wanted: number;
    readonly isNew: (hit: Hit) => boolean;
  },
): Promise<Hit[]> {
  for (let k = 2 * wanted; ; k *= 4) {
    const hits = await store.query({ vector, k, filter, exact });
    const nearest = firstOfEachProduct(hits.filter(isNew));
    if (nearest.length >= wanted || hits.length < k) return nearest.slice(0, wanted);
  }
}

/** Of hits by descending similarity. */
export function firstOfEachProduct(hits: readonly Hit[]): Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ row }) => !seen.has(row.product) && seen.add(row.product));
}
