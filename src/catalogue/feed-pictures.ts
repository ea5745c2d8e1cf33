/** @file From a row that was checked to its pictures: one entry an image. */
import type { FeedPicture } from './catalogue.ts';
import type { FeedRow } from './feed-row.ts';

/** The row's images in order, each once; `id` is the product. */
export function picturesOf(row: FeedRow, source: string): FeedPicture[] {
  const { id, variant, image: images, additionalImages, title, price, currency, ...others } = row;
  return [...new Set([...images, ...additionalImages])].map((image) => ({
    kind: 'picture',
    source,
    product: id,
    variant: variant ?? '',
    image,
    title: title ?? id,
    price: price?.amount ?? null,
    currency: currency ?? price?.currency ?? null,
    ...others,
  }));
}
