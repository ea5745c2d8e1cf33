/** @file Items as a view of rows: what a page of a list tells of each product. */
import type { Match } from '../embedding/match.ts';
import { compileFilter, type Filter } from '../stores/filter.ts';
import { similarityOf } from '../stores/nearest.ts';
import type { Row } from '../stores/row.ts';
import type { Hit, VectorStore } from '../stores/vector-store.ts';
import type { Why } from './explain-hit.ts';

/** Another variant of a product that is in an answer. */
export interface ItemVariant {
  readonly id: string;
  readonly image: string;
  readonly price: number | null;
  readonly url: string | null;
  readonly similarity: number;
}

export interface SimilarItem {
  /** The feed's own: the variant's, or the product's where it has no variants. */
  readonly id: string;
  readonly product: string;
  readonly title: string;
  /** Class of the garment; null when the item was indexed by its whole picture. */
  readonly label: string | null;
  /** See {@link Hit}. */
  readonly similarity: number;
  /** Null where the descriptor was not calibrated, or the query is of a kind that was not measured. */
  readonly match: Match | null;
  /** As the source gave it. */
  readonly image: string;
  readonly price: number | null;
  readonly currency: string | null;
  readonly url: string | null;
  /** Others of the product that pass the filter, nearest first. */
  readonly variants: readonly ItemVariant[];
  /** Products that were folded into this one: they show the same photo. */
  readonly duplicates: readonly string[];
  readonly why: Why;
  /** The nearest row of the product. */
  readonly row: Row;
}

/** A product in every size has many; the nearest are named. */
export const maxVariants = 10;

/** What a row says of the item that it belongs to. */
export function itemFacts({ row, similarity }: Hit) {
  const { title, currency } = row.attributes;
  return {
    ...variantFacts({ row, similarity }),
    product: row.product,
    title: typeof title === 'string' ? title : row.product,
    label: row.label,
    currency: typeof currency === 'string' ? currency : null,
    row,
  };
}

/** The other variants of a row's product, each by its row that is nearest to the query. */
export async function findVariants(
  store: VectorStore,
  row: Row,
  { vector, filter }: { readonly vector: Float32Array; readonly filter?: Filter | undefined },
): Promise<ItemVariant[]> {
  const passes = filter === undefined ? () => true : compileFilter(filter);
  // A picture of the product as a whole is of no variant.
  const isAnother = ({ variant }: Row) => variant !== '' && variant !== row.variant;
  const rows = (await store.rowsOf(row.product)).filter((other) => isAnother(other) && passes(other));
  const hits = rows.map((other) => ({
    row: other,
    similarity: similarityOf(vector, other.vector, store.config.metric),
  }));
  hits.sort((a, b) => b.similarity - a.similarity || (a.row.variant < b.row.variant ? -1 : 1));
  const seen = new Set<string>();
  const nearest = hits.filter((hit) => !seen.has(hit.row.variant) && seen.add(hit.row.variant));
  return nearest.slice(0, maxVariants).map(variantFacts);
}

function variantFacts({ row, similarity }: Hit): ItemVariant {
  const { price, url } = row.attributes;
  return {
    id: row.variant === '' ? row.product : row.variant,
    image: row.image,
    price: typeof price === 'number' ? price : null,
    url: typeof url === 'string' ? url : null,
    similarity,
  };
}
