/** @file One Shopify product to its pictures: those of variants, and those of the product as a whole. */
import type { AttributeValue } from './attributes.ts';
import type { FeedPicture } from './catalogue.ts';
import type { ShopifyRow } from './shopify.ts';

/** What shops call an option that is the colour or the pattern, in a few languages; compared in lower case. */
const colourOptions: ReadonlySet<string> = new Set(
  'color colour farbe couleur colore kleur cor kolor färg farve väri'.split(' '),
);
const patternOptions: ReadonlySet<string> = new Set(
  'pattern print muster motif motivo patroon mønster mönster'.split(' '),
);

interface Variant {
  readonly id: string;
  readonly row: ShopifyRow;
  readonly colour: string | null;
  readonly pattern: string | null;
  readonly price: number | null;
  readonly inStock: boolean | null;
}

/**
 * A variant's own image is a picture of that variant (of each that shares it); every other image belongs to the product
 * as a whole, with variant '', the lowest price, and in stock when one variant is. Ordered by position.
 *
 * @param rows of one handle, the first with what holds for all
 */
export function shopifyPictures(handle: string, rows: readonly ShopifyRow[]): FeedPicture[] {
  const first = rows[0];
  const variants = variantsOf(rows);
  const product = {
    kind: 'picture',
    product: handle,
    title: first.title ?? handle,
    category: first.category ?? first.productCategory,
    brand: first.brand,
    gender: first.gender,
    currency: first.currency ?? first.price?.currency ?? null,
    url: first.url,
  } as const;
  const ofVariants = variants.flatMap(({ id, row, colour, pattern, price, inStock }): FeedPicture[] =>
    row.variantImage === null
      ? []
      : [
          {
            ...product,
            source: row.source,
            row: row.row,
            variant: id,
            image: row.variantImage,
            colour: colour ?? first.colour,
            pattern: pattern ?? first.pattern,
            price,
            inStock,
            further: inherit(row.further, first.further),
          },
        ],
  );
  const claimed = new Set(ofVariants.map(({ image }) => image));
  const prices = variants.flatMap(({ price }) => (price === null ? [] : [price]));
  const whole = {
    variant: '',
    colour: shared(variants.map(({ colour }) => colour)) ?? first.colour,
    pattern: shared(variants.map(({ pattern }) => pattern)) ?? first.pattern,
    price: prices.length === 0 ? null : prices.reduce((least, price) => Math.min(least, price)),
    inStock: anyInStock(variants.map(({ inStock }) => inStock)),
    further: first.further,
  };
  const ofProduct = imagesOf(rows)
    .filter(({ image }) => !claimed.has(image))
    .map(({ image, source, row }): FeedPicture => ({ ...product, ...whole, source, row, image }));
  return [...ofProduct, ...ofVariants];
}

/** Each image once, by position. */
function imagesOf(rows: readonly ShopifyRow[]): { image: string; source: string; row: number }[] {
  const found = new Map<string, { image: string; source: string; row: number; position: number }>();
  for (const { image, imagePosition, source, row } of rows) {
    if (image === null || found.has(image)) continue;
    const position = Number(imagePosition ?? Number.NaN);
    found.set(image, { image, source, row, position: Number.isFinite(position) ? position : Number.MAX_SAFE_INTEGER });
  }
  return [...found.values()].sort((a, b) => a.position - b.position);
}

/** Rows that are more than a further picture. An id is the SKU, or the options where there is none or not one each. */
function variantsOf(rows: readonly ShopifyRow[]): Variant[] {
  const names = rows[0];
  const optionNames = [names.option1Name, names.option2Name, names.option3Name].map(
    (name) => name?.toLowerCase() ?? '',
  );
  const variantRows = rows.filter(
    (row, index) => index === 0 || row.option1Value !== null || row.sku !== null || row.price !== null,
  );
  const numOfSku = new Map<string | null, number>();
  for (const { sku } of variantRows) numOfSku.set(sku, (numOfSku.get(sku) ?? 0) + 1);
  return variantRows.map((row) => {
    const values = [row.option1Value, row.option2Value, row.option3Value];
    const optionOf = (wanted: ReadonlySet<string>) =>
      values.find((value, index) => value !== null && wanted.has(optionNames[index])) ?? null;
    const options = values.filter((value) => value !== null && value !== 'Default Title').join(' / ');
    return {
      id: row.sku !== null && numOfSku.get(row.sku) === 1 ? row.sku : options,
      row,
      colour: optionOf(colourOptions),
      pattern: optionOf(patternOptions),
      price: row.price?.amount ?? null,
      inStock: isInStock(row),
    };
  });
}

/** What nobody counts can always be bought, and so can what is sold on when it is out of stock. */
function isInStock({ policy, tracker, quantity }: ShopifyRow): boolean | null {
  if (policy !== null && /^(continue|true|yes)$/i.test(policy)) return true;
  if (quantity !== null) return tracker === null || Number(quantity) > 0;
  return null;
}

function anyInStock(values: readonly (boolean | null)[]): boolean | null {
  if (values.includes(true)) return true;
  return values.includes(null) ? null : false;
}

/** The one value that all have. */
function shared(values: readonly (string | null)[]): string | null {
  const [value = null] = values;
  return values.every((other) => other === value) ? value : null;
}

/** A variant's row leaves empty what holds for the whole product. */
function inherit(
  own: { readonly [name: string]: AttributeValue },
  ofProduct: { readonly [name: string]: AttributeValue },
): { readonly [name: string]: AttributeValue } {
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value ?? ofProduct[name] ?? null]));
}
