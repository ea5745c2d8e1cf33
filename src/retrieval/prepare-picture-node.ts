/**
 * @file What a picture of a catalogue needs: nothing, because the store knows its bytes, or to be described. A few are under
 * way at once.
 */
import { createHash } from 'node:crypto';
import type { CatalogueEntry, CataloguePicture, CatalogueProblem } from '../catalogue/catalogue.ts';
import { mapAhead } from '../concurrency/map-ahead.ts';
import { DeepShopError, describeError } from '../errors/errors.ts';
import { readPictureFile } from '../image/decode-node.ts';
import type { AttributeSchema, Row } from '../stores/row.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import { factsSchema } from './garment-facts.ts';
import type { PictureDescriber } from './picture-describer-node.ts';
import type { SoldGarment } from './sold-garment.ts';

export interface PreparedPicture {
  readonly kind: 'prepared';
  readonly picture: CataloguePicture;
  readonly file: string;
  /** The row that this picture has already, under its own key. */
  readonly own: Row | undefined;
  /** Whether its bytes and category are those that its row was made from. */
  readonly isOwnValid: boolean;
  /** Rows of the same bytes under another name, which the picture may have had before. */
  readonly renamed: readonly Row[];
  /** What its row is to hold; attributes are the facts of how it looks, as far as the store keeps them. */
  readonly content: Pick<Row, 'box' | 'label' | 'score' | 'vector' | 'contentHash' | 'attributes'>;
}

export type Prepared = CatalogueProblem | PreparedPicture;

export interface PrepareOptions {
  readonly store: VectorStore;
  readonly describer: PictureDescriber;
  /** Describe pictures again that are known. */
  readonly refresh: boolean;
  /** Told of each picture before its row is looked for. */
  readonly onPicture: (picture: CataloguePicture) => void;
}

/** Entries in the same order, a few of them under way at once. None is begun between two that are asked for. */
export function preparePictures(
  entries: AsyncIterable<CatalogueEntry>,
  options: PrepareOptions,
): AsyncGenerator<Prepared> {
  const shared = new SharedWork<SoldGarment>();
  return mapAhead(entries, options.describer.width, (entry) => begin(entry, options, shared));
}

/** Never rejects. */
async function begin(
  entry: CatalogueEntry,
  options: PrepareOptions,
  shared: SharedWork<SoldGarment>,
): Promise<Prepared> {
  if (entry.kind === 'problem') return entry;
  options.onPicture(entry);
  try {
    return await prepare(entry, options, shared);
  } catch (error) {
    const { source, product } = entry;
    return { kind: 'problem', source, reason: describeError(error).message, product };
  }
}

async function prepare(
  picture: CataloguePicture,
  { store, describer, refresh }: PrepareOptions,
  shared: SharedWork<SoldGarment>,
): Promise<PreparedPicture> {
  const { product, variant, image, category } = picture;
  const file = fileOf(picture);
  const bytes = await readPictureFile(file);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const rows = await store.rowsOf(product);
  const own = rows.find((row) => row.variant === variant && row.image === image);
  const sameBytes = rows.filter((row) => row.contentHash === contentHash);
  const renamed = own === undefined ? sameBytes.filter((row) => row.variant === variant) : [];
  // In another category a picture may sell another garment.
  const usable = refresh ? [] : sameBytes.filter(({ attributes }) => (attributes.category ?? null) === category);
  const known = usable.find((row) => row === own) ?? usable[0];
  const found = {
    kind: 'prepared',
    picture,
    file,
    own,
    isOwnValid: known !== undefined && known === own,
    renamed,
  } as const;
  if (known !== undefined) return { ...found, content: { ...known, attributes: factsIn(known.attributes, store) } };
  // Variants that share a picture come close together, before the first of them has a row.
  const work = JSON.stringify([product, contentHash, category]);
  const { facts, ...garment } = await shared.once(work, () => describer.describe({ bytes, file, category }));
  return { ...found, content: { ...garment, contentHash, attributes: factsIn(facts, store) } };
}

/** The facts among some attributes that the store keeps; what is not known is left out. */
function factsIn(attributes: Row['attributes'], { config }: { readonly config: { readonly schema: AttributeSchema } }) {
  const names = Object.keys(factsSchema).filter((name) => Object.hasOwn(config.schema, name));
  return Object.fromEntries(names.flatMap((name) => (attributes[name] == null ? [] : [[name, attributes[name]]])));
}

function fileOf({ place }: CataloguePicture): string {
  if (place.kind === 'file') return place.file;
  const facts = { where: place.url, expected: 'a file', cure: 'Fetch the pictures of the catalogue first.' };
  throw new DeepShopError('picture-not-fetched', 'the picture is at an address', facts);
}

/** Results of the last pieces of work, done or under way: more of them than pictures are under way at once. */
class SharedWork<T> {
  static readonly #kept = 256;
  readonly #results = new Map<string, Promise<T>>();

  once(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const result = work();
    this.#results.set(key, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > SharedWork.#kept && oldest !== undefined) this.#results.delete(oldest);
    return result;
  }
}
