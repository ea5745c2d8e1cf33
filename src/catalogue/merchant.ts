/**
 * @file Rows of a Google Merchant feed: an item each, items of a group are variants of a product, and a sale price counts
 * while it is valid.
 *
 * Reference: https://support.google.com/merchants/answer/7052112
 */
import { z } from 'zod';
import type { AttributeSchema } from './attributes.ts';
import type { CatalogueProblem, FeedPicture } from './catalogue.ts';
import type { FeedColumns } from './feed-columns.ts';
import { picturesOf, type RowPlace } from './feed-pictures.ts';
import { feedColumnNames, itemShape, keyIn, optionalKey, optionalPrice, optionalText, parseRow } from './feed-row.ts';
import type { Price } from './price.ts';

export const merchantColumnNames = {
  ...feedColumnNames,
  group: ['itemgroupid'],
  googleCategory: ['googleproductcategory'],
  salePrice: ['saleprice'],
  salePriceDates: ['salepriceeffectivedate'],
} as const;

const merchantRowSchema = z.object({
  ...itemShape,
  group: optionalKey,
  googleCategory: optionalText,
  salePrice: optionalPrice,
  salePriceDates: optionalText,
});

/**
 * The pictures of one item. In a group the product is the group's id and the variant the item's; an item of no group is
 * a product without variants.
 *
 * @param now milliseconds, for sale prices that are valid for a while
 */
export function parseMerchantRow(
  record: unknown,
  place: RowPlace,
  {
    columns,
    attributes,
    now,
  }: { readonly columns: FeedColumns; readonly attributes: AttributeSchema; readonly now: number },
): readonly FeedPicture[] | CatalogueProblem {
  const row = parseRow(record, merchantRowSchema, columns, attributes);
  if ('problem' in row) {
    const product = keyIn(row, 'group') ?? keyIn(row, 'id');
    return { kind: 'problem', source: place.source, reason: row.problem, product };
  }
  const { group, googleCategory, salePrice, salePriceDates, ...item } = row;
  return picturesOf(
    {
      ...item,
      id: group ?? item.id,
      variant: group === null ? null : item.id,
      title: item.title ?? item.id,
      category: item.category ?? googleCategory,
      price: isValidSale(salePrice, item.price, salePriceDates, now) ? salePrice : item.price,
    },
    place,
  );
}

/** A sale without dates is on; one in another currency, or with dates that cannot be read, is not believed. */
function isValidSale(sale: Price | null, price: Price | null, dates: string | null, now: number): boolean {
  if (sale === null) return false;
  if (price !== null && price.currency !== sale.currency) return false;
  if (price !== null && sale.amount >= price.amount) return false;
  if (dates === null) return true;
  const [from = Number.NaN, until = Number.NaN] = dates.split('/').map((date) => Date.parse(readableDate(date)));
  return from <= now && now < until;
}

/** Google writes zones without a colon and may leave seconds out: `2026-02-24T11:07+0100`. */
function readableDate(date: string): string {
  return date.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}
