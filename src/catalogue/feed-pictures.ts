/** @file From a row that was checked to its pictures: one entry an image. */
import type { FeedPicture } from './catalogue.ts';
import type { FeedRow } from './feed-row.ts';

/** Where a row stands: its number from 1, and both feed and number for reports. */
export interface RowPlace {
  readonly row: number;
  readonly source: string;
}

/** The row's images in order, each once; `id` is the product. */
export function picturesOf(item: FeedRow, { row, source }: RowPlace): FeedPicture[] {
  const { id, variant, image: images, additionalImages, title, price, currency, ...others } = item;
  return [...new Set([...images, ...additionalImages])].map((image) => ({
    kind: 'picture',
    source,
    row,
    product: id,
    variant: variant ?? '',
    image,
    title: title ?? id,
    price: price?.amount ?? null,
    currency: currency ?? price?.currency ?? null,
    ...others,
  }));
}
