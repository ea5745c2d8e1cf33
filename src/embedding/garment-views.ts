/** @file Which pictures show the same garment: what a garment vector is learned from. */
import { type DatasetRecord, isMaskedGarment } from '../dataset/dataset.ts';

/** One view of a garment, of photos in a list. */
export interface ViewRequest {
  /** Index of the photo's record. */
  readonly record: number;
  /** Index of a box of the record. */
  readonly box: number;
  /** 0: the photo itself; other numbers: other pictures of its one garment, which a mask cuts out. */
  readonly again: number;
}

/** A garment and two views of it or more. */
export interface GarmentViews {
  /** 1 is the first class. */
  readonly label: number;
  readonly views: readonly ViewRequest[];
}

/**
 * Garments whose photo has a mask, each photographed again, and items that the data set itself shows more than once.
 *
 * @param sets records of each data set; items of two sets are never the same
 * @param numAgain new pictures of each garment that has a mask
 */
export function garmentViews(sets: readonly (readonly DatasetRecord[])[], numAgain: number): GarmentViews[] {
  const garments: GarmentViews[] = [];
  let first = 0;
  for (const records of sets) {
    const seen = new Map<string, { readonly label: number; readonly views: ViewRequest[] }>();
    for (const [index, record] of records.entries()) {
      const at = first + index;
      if (isMaskedGarment(record)) {
        const views = Array.from({ length: numAgain + 1 }, (_, again) => ({ record: at, box: 0, again }));
        garments.push({ label: record.labels[0], views });
      }
      for (const [box, item] of record.items.entries()) {
        if (item === null) continue;
        const garment = seen.get(item) ?? { label: record.labels[box], views: [] };
        seen.set(item, garment);
        garment.views.push({ record: at, box, again: 0 });
      }
    }
    garments.push(...[...seen.values()].filter(({ views }) => views.length > 1));
    first += records.length;
  }
  return garments;
}
