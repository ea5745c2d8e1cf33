/** @file Different products with one photo (a reseller's, the same item under a second id) stand in a list once. */
import type { Metric } from '../embedding/descriptor.ts';
import { similarityOf } from './nearest.ts';
import type { RankedProduct } from './rank-products.ts';
import type { Row } from './row.ts';

export interface FoldedProduct extends RankedProduct {
  /** Products behind it in the list whose photo is the same, in their order. */
  readonly duplicates: readonly string[];
}

/**
 * Vectors from here on are of one photo, saved twice. Near is not same: of 156 drawn garments the two nearest different
 * ones have 0.977, and half of the photos keep 0.992 when they are saved again as JPEG of quality 75 (bundled model,
 * `garment`).
 */
const sameVector = 0.99;
/** For files with the same bytes: their boxes are the same garment. */
const sameBytes = 0.98;

/**
 * Folds each product into the first ahead of it whose photo shows the same garment: of the same class, and either near
 * to it by {@link sameVector}, or the same file and near by {@link sameBytes}. No product is lost: it is named by the
 * one that stands for it. A prefix of the list folds the same whatever follows.
 */
export function foldDuplicates(list: readonly RankedProduct[], metric: Metric): FoldedProduct[] {
  const folded: (RankedProduct & { duplicates: string[] })[] = [];
  for (const ranked of list) {
    const first = folded.find((other) => showTheSame(other.hit.row, ranked.hit.row, metric));
    if (first === undefined) folded.push({ ...ranked, duplicates: [] });
    else first.duplicates.push(ranked.product);
  }
  return folded;
}

function showTheSame(one: Row, other: Row, metric: Metric): boolean {
  if (one.label !== other.label) return false;
  const similarity = similarityOf(one.vector, other.vector, metric);
  return similarity >= (one.contentHash === other.contentHash ? sameBytes : sameVector);
}
