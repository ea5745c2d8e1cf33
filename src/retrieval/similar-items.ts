/** @file Items as a view of rows: the nearest products to a vector, one result each. */
import type { Filter } from './filter.ts';
import type { Row } from './row.ts';
import type { Hit, VectorStore } from './vector-store.ts';

export interface SimilarItem {
  /** The product's id. */
  readonly id: string;
  readonly title: string;
  /** Class of the garment; null when the item was indexed by its whole picture. */
  readonly label: string | null;
  /** See {@link Hit}. */
  readonly similarity: number;
  /** As the source gave it. */
  readonly image: string;
  /** The nearest row of the product. */
  readonly row: Row;
}

/** At most k products by their nearest row. Asks for more rows until there are k products or no more rows. */
export async function findSimilarItems(
  store: VectorStore,
  { vector, k, filter }: { readonly vector: Float32Array; readonly k: number; readonly filter?: Filter },
): Promise<SimilarItem[]> {
  for (let numRows = 2 * k; ; numRows *= 4) {
    const hits = await store.query({ vector, k: numRows, filter });
    const nearest = firstOfEachProduct(hits);
    if (nearest.length >= k || hits.length < numRows) return nearest.slice(0, k).map(asItem);
  }
}

function firstOfEachProduct(hits: readonly Hit[]): Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ row }) => !seen.has(row.product) && seen.add(row.product));
}

function asItem({ row, similarity }: Hit): SimilarItem {
  const { title } = row.attributes;
  return {
    id: row.product,
    title: typeof title === 'string' ? title : row.product,
    label: row.label,
    similarity,
    image: row.image,
    row,
  };
}
