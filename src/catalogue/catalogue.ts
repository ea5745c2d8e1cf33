/** @file What a catalogue is once it is read: pictures of products with their attributes, or the reason why a row is none. */
import type { AttributeSchema } from './attributes.ts';

/** Attributes that a catalogue's rows have in the store. `file` is where the picture lay when it was indexed. */
export const catalogueSchema = {
  title: 'string',
  category: 'string',
  brand: 'string',
  colour: 'string',
  pattern: 'string',
  price: 'number',
  currency: 'string',
  url: 'string',
  file: 'string',
} as const satisfies AttributeSchema;

export interface CataloguePicture {
  readonly kind: 'picture';
  /** Where it was read, for reports: `feed.csv row 3`, or the path in a folder. */
  readonly source: string;
  readonly product: string;
  readonly variant: string;
  /** As the source gave it. */
  readonly image: string;
  /** Where the picture is, links resolved. */
  readonly file: string;
  readonly title: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly colour: string | null;
  readonly pattern: string | null;
  readonly price: number | null;
  readonly currency: string | null;
  readonly url: string | null;
}

/** A row or picture that cannot be used; the others go on. */
export interface CatalogueProblem {
  readonly kind: 'problem';
  readonly source: string;
  readonly reason: string;
}

export type CatalogueEntry = CataloguePicture | CatalogueProblem;

/** The second and later entries of one product and variant become problems that name the first. */
export async function* reportDuplicates(entries: AsyncIterable<CatalogueEntry>): AsyncGenerator<CatalogueEntry> {
  const firstSource = new Map<string, string>();
  for await (const entry of entries) {
    if (entry.kind === 'picture') {
      const key = JSON.stringify([entry.product, entry.variant]);
      const first = firstSource.get(key);
      if (first !== undefined) {
        const reason = `duplicate id ${JSON.stringify(entry.product)}: the first is ${first}, and it is kept`;
        yield { kind: 'problem', source: entry.source, reason };
        continue;
      }
      firstSource.set(key, entry.source);
    }
    yield entry;
  }
}
