/** @file Different products with one photo (a reseller's, the same item under a second id) stand in a list once. */
import type { Metric } from '../embedding/descriptor.ts';
import type { RankedProduct } from './rank-products.ts';
import { VectorTable } from './vector-table.ts';

export interface FoldedProduct extends RankedProduct {
  /** Products behind it in the list whose photo is the same, in their order. */
  readonly duplicates: readonly string[];
}

/**
 * Vectors from here on are of one photo, saved twice. Near is not same: `benchmarks/retrieval/duplicates.ts` measures how
 * near different garments come, and how many photos stay together when they are saved again.
 */
export const sameVector = 0.988;
/** For files with the same bytes: their boxes are the same garment. */
const sameBytes = 0.98;

/**
 * Folds each product into the first ahead of it whose photo shows the same garment: of the same class, and either near
 * to it by {@link sameVector}, or the same file and near by {@link sameBytes}. No product is lost: it is named by the
 * one that stands for it. A prefix of the list folds the same whatever follows.
 */
export function foldDuplicates(list: readonly RankedProduct[], metric: Metric): FoldedProduct[] {
  const compare = new VectorTable(list, metric);
  const folded: (RankedProduct & { duplicates: string[] })[] = [];
  const positions: number[] = [];
  for (const [position, ranked] of list.entries()) {
    const { row } = ranked.hit;
    const isOfClass = Uint8Array.from(list, ({ hit }) => (hit.row.label === row.label ? 1 : 0));
    const similarities = compare.similaritiesTo(position, { accepted: isOfClass, numRows: position });
    const first = positions.findIndex((other) => {
      if (isOfClass[other] === 0) return false;
      const hasSameBytes = list[other].hit.row.contentHash === row.contentHash;
      return similarities[other] >= (hasSameBytes ? sameBytes : sameVector);
    });
    if (first >= 0) {
      folded[first].duplicates.push(ranked.product);
    } else {
      folded.push({ ...ranked, duplicates: [] });
      positions.push(position);
    }
  }
  return folded;
}
