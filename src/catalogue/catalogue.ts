/** @file What a catalogue is once it is read: pictures of products with their attributes, or the reason why a row is none. */
import type { AttributeSchema, AttributeValue } from './attributes.ts';
import { FirstSeen } from './first-seen.ts';

/** Attributes that every catalogue's rows have in the store. `file` is where the picture lay when it was indexed. */
export const catalogueSchema = {
  title: 'string',
  category: 'string',
  brand: 'string',
  colour: 'string',
  pattern: 'string',
  gender: 'string',
  price: 'number',
  currency: 'string',
  inStock: 'boolean',
  url: 'string',
  file: 'string',
} as const satisfies AttributeSchema;

/** What a shop says of an item; null where it says nothing. */
export interface ItemFacts {
  readonly title: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly colour: string | null;
  readonly pattern: string | null;
  readonly gender: string | null;
  readonly price: number | null;
  /** As the feed writes it; signs become the three letters of ISO 4217. */
  readonly currency: string | null;
  readonly inStock: boolean | null;
  /** http or https */
  readonly url: string | null;
  /** Further attributes of the feed that the user asked for. */
  readonly further: { readonly [name: string]: AttributeValue };
}

/** One picture as a feed names it; nobody has looked yet whether it is there. */
export interface FeedPicture extends ItemFacts {
  readonly kind: 'picture';
  /** Where it was read, for reports: `feed.csv row 3`, or the path in a folder. */
  readonly source: string;
  /** From 1: of the feed, or place in the folder. */
  readonly row: number;
  readonly product: string;
  /** '' for a picture that belongs to the product as a whole, and for products without variants. */
  readonly variant: string;
  /** As the source gave it. */
  readonly image: string;
}

/** Where the bytes are: a file with links resolved, or an http or https address that has yet to be fetched. */
export type PicturePlace =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'address'; readonly url: string };

/** One picture of a variant of a product. */
export interface CataloguePicture extends FeedPicture {
  readonly place: PicturePlace;
}

/** A row or picture that cannot be used; the others go on. */
export interface CatalogueProblem {
  readonly kind: 'problem';
  readonly source: string;
  readonly reason: string;
  /** Whose row or picture it is: what a store has of this product may still be for sale. Null where that cannot be read. */
  readonly product: string | null;
  /** The row, from 1, that shows the same and is kept: nothing is missing. */
  readonly duplicateOf?: number | undefined;
}

export type CatalogueEntry = CataloguePicture | CatalogueProblem;

/** A product that its shop does not show: no entry, and no problem either. */
export interface SkippedProduct {
  readonly source: string;
  readonly product: string;
  readonly reason: 'draft' | 'archived' | 'unlisted' | 'unpublished' | 'other';
}

/** What an item has nothing to say about. */
export const noFacts = {
  category: null,
  brand: null,
  colour: null,
  pattern: null,
  gender: null,
  price: null,
  currency: null,
  inStock: null,
  url: null,
  further: {},
} as const satisfies Omit<ItemFacts, 'title'>;

/** The attributes of a picture's rows in a store whose schema is {@link catalogueSchema} and the further ones. */
export function rowAttributes(item: ItemFacts, file: string): { [name: string]: AttributeValue } {
  const { title, category, brand, colour, pattern, gender, price, currency, inStock, url, further } = item;
  return { title, category, brand, colour, pattern, gender, price, currency, inStock, url, file, ...further };
}

/** The second and later entries of one image of a variant of a product become problems that name the first. */
export async function* reportDuplicates(entries: AsyncIterable<CatalogueEntry>): AsyncGenerator<CatalogueEntry> {
  const rows = new FirstSeen();
  for await (const entry of entries) {
    if (entry.kind === 'picture') {
      const { product, variant, image, row, source } = entry;
      // Keys have no zero bytes.
      const first = rows.add(`${product}\0${variant}\0${image}`, row);
      if (first !== null) {
        const of = variant === '' ? '' : `, variant ${JSON.stringify(variant)}`;
        const reason = `duplicate id ${JSON.stringify(product)}${of} with the same image: the first is row ${first}, and it is kept`;
        yield { kind: 'problem', source, reason, product, duplicateOf: first };
        continue;
      }
    }
    yield entry;
  }
}
