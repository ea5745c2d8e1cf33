/**
 * @file Products of a Shopify product export: rows with one handle are a product, its variants and its pictures. Drafts,
 * archived and unpublished products are passed over.
 *
 * Reference: https://help.shopify.com/en/manual/products/import-export/using-csv
 */
import { z } from 'zod';
import type { AttributeSchema, AttributeValue } from './attributes.ts';
import type { CatalogueProblem, FeedPicture, SkippedProduct } from './catalogue.ts';
import type { FeedColumns } from './feed-columns.ts';
import type { FeedRecord } from './feed-records-node.ts';
import { keyIn, optionalAddress, optionalKey, optionalPrice, optionalText, parseRow } from './feed-row.ts';
import { shopifyPictures } from './shopify-pictures.ts';

/** Both the names of today and those until 2025. */
export const shopifyColumnNames = {
  handle: ['handle', 'urlhandle'],
  title: ['title'],
  brand: ['vendor'],
  category: ['type'],
  productCategory: ['productcategory'],
  gender: ['googleshopping/gender', 'targetgender(product.metafields.shopify.targetgender)'],
  colour: ['color(product.metafields.shopify.colorpattern)', 'googleshopping/color'],
  pattern: ['pattern(product.metafields.shopify.pattern)'],
  // Not in Shopify's own export: columns that shops and other exporters add.
  url: ['url', 'link', 'producturl', 'href', 'onlinestoreurl'],
  currency: ['currency', 'pricecurrency'],
  published: ['published', 'publishedononlinestore'],
  status: ['status'],
  sku: ['variantsku', 'sku'],
  price: ['variantprice', 'price'],
  tracker: ['variantinventorytracker', 'inventorytracker'],
  quantity: ['variantinventoryqty', 'inventoryquantity'],
  policy: ['variantinventorypolicy', 'continuesellingwhenoutofstock'],
  image: ['imagesrc', 'productimageurl'],
  imagePosition: ['imageposition'],
  variantImage: ['variantimage', 'variantimageurl'],
  option1Name: ['option1name'],
  option1Value: ['option1value'],
  option2Name: ['option2name'],
  option2Value: ['option2value'],
  option3Name: ['option3name'],
  option3Value: ['option3value'],
} as const;

const shopifyRowSchema = z.object({
  handle: optionalKey,
  title: optionalText,
  brand: optionalText,
  category: optionalText,
  productCategory: optionalText,
  gender: optionalText,
  colour: optionalText,
  pattern: optionalText,
  url: optionalAddress,
  currency: optionalText,
  published: optionalText,
  status: optionalText,
  sku: optionalKey,
  price: optionalPrice,
  tracker: optionalText,
  quantity: optionalText,
  policy: optionalText,
  image: optionalKey,
  imagePosition: optionalText,
  variantImage: optionalKey,
  option1Name: optionalText,
  option1Value: optionalKey,
  option2Name: optionalText,
  option2Value: optionalKey,
  option3Name: optionalText,
  option3Value: optionalKey,
});

export type ShopifyRow = z.infer<typeof shopifyRowSchema> & {
  readonly further: { readonly [name: string]: AttributeValue };
  readonly row: number;
  /** For reports. */
  readonly source: string;
};

/** Shopify allows 2,048 variants and 250 pictures a product. */
const maxRows = 5000;

export interface ShopifyOptions {
  readonly columns: FeedColumns;
  readonly attributes: AttributeSchema;
  /** The feed's name, for reports. */
  readonly name: string;
  readonly onSkip?: ((skipped: SkippedProduct) => void) | undefined;
}

/** The pictures of one product after another; only one product's rows are kept at a time. */
export async function* readShopifyPictures(
  records: AsyncIterable<FeedRecord | CatalogueProblem>,
  { columns, attributes, name, onSkip = () => {} }: ShopifyOptions,
): AsyncGenerator<FeedPicture | CatalogueProblem> {
  let handle: string | null = null;
  let rows: ShopifyRow[] = [];
  let isAfterProblem = false;
  /** Whether lines that follow may be the rest of a row whose quote is not closed. */
  let isBroken = false;
  for await (const found of records) {
    if (!('record' in found)) {
      isAfterProblem = true;
      isBroken = true;
      yield found;
      continue;
    }
    const source = `${name} row ${found.row}`;
    const { unread = [] } = found;
    // The lines of a description, whose quote was not closed, are no products of their own.
    isBroken &&= unread.length > 0;
    if (isBroken) {
      const reason = 'fewer fields than columns after a row that cannot be read: the rest of that row?';
      yield { kind: 'problem', source, reason, product: null };
      continue;
    }
    const row = parseRow(found.record, shopifyRowSchema, columns, attributes);
    if ('problem' in row) {
      const product = keyIn(row, 'handle') ?? (isAfterProblem ? null : handle);
      isAfterProblem = true;
      yield { kind: 'problem', source, reason: row.problem, product };
      continue;
    }
    // A row without a handle goes on with the product above it, if that is known.
    if (row.handle === null && (handle === null || isAfterProblem)) {
      yield { kind: 'problem', source, reason: 'handle is missing', product: null };
      continue;
    }
    const cut = row.handle !== null && row.handle !== handle ? cutBefore(unread, columns) : undefined;
    if (cut !== undefined) {
      const reason = `the row ends before its ${cut}: whether the shop shows the product cannot be told`;
      isAfterProblem = true;
      yield { kind: 'problem', source, reason, product: row.handle };
      continue;
    }
    isAfterProblem = false;
    if (row.handle !== null && row.handle !== handle) {
      if (handle !== null) yield* closeProduct(handle, rows, onSkip);
      ({ handle } = row);
      rows = [];
    }
    if (rows.length === maxRows) {
      const reason = `more than ${maxRows} rows of one handle`;
      yield { kind: 'problem', source, reason, product: handle };
    } else rows.push({ ...row, row: found.row, source });
  }
  if (handle !== null) yield* closeProduct(handle, rows, onSkip);
}

/** Of the columns that a product's first row ends before, one that says whether it is shown: none said so, not that it is. */
function cutBefore(unread: readonly string[], columns: FeedColumns): string | undefined {
  return unread.find((column) => columns.readsFor(['status', 'published'], column));
}

function* closeProduct(
  handle: string,
  rows: readonly ShopifyRow[],
  onSkip: (skipped: SkippedProduct) => void,
): Generator<FeedPicture | CatalogueProblem> {
  const [first] = rows;
  if (first === undefined) return;
  const { source } = first;
  // What the first row alone says (drafts!) would be missing.
  if (first.title === null) {
    const reason = `handle ${JSON.stringify(handle)} goes on where it did not begin (no title): sort the export by handle`;
    yield { kind: 'problem', source, reason, product: handle };
    return;
  }
  const hidden = hiddenBy(first);
  if (hidden !== null) {
    onSkip({ source, product: handle, reason: hidden });
    return;
  }
  const pictures = shopifyPictures(handle, rows);
  if (pictures.length === 0) {
    const reason = `handle ${JSON.stringify(handle)} has no image`;
    yield { kind: 'problem', source, reason, product: handle };
  }
  yield* pictures;
}

/** Why a product is not shown, by its first row. */
function hiddenBy({ status, published }: ShopifyRow): SkippedProduct['reason'] | null {
  switch (status?.toLowerCase() ?? 'active') {
    case 'active':
      return published !== null && /^(false|no|0)$/i.test(published) ? 'unpublished' : null;
    case 'draft':
      return 'draft';
    case 'archived':
      return 'archived';
    case 'unlisted':
      return 'unlisted';
    default:
      return 'other';
  }
}
