/** @file Changes of products, as the API takes them: each carried out whole or not at all. */
import { createHash } from 'node:crypto';
import type { PutItem } from '../api/item.ts';
import { catalogueSchema, noFacts, rowAttributes } from '../catalogue/catalogue.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { describeSoldGarment } from '../retrieval/sold-garment.ts';
import { keyText, type Row, schemaTypeOf } from '../stores/row.ts';
import type { OpenedStore, VectorStore } from '../stores/vector-store.ts';
import { ApiError } from './api-error.ts';
import { carried } from './carried-error.ts';
import { itemBody } from './item-body.ts';
import type { WriteOperation, WriteOutcome } from './searcher.ts';

/** A picture of an item: how its row calls it, and where its bytes are. */
export interface ItemPicture {
  readonly image: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Where pictures of items come from and go to. */
export interface PictureStock {
  /** @throws PictureFetchError; ApiError `url-queries-off` where nothing may be fetched */
  fetch(url: string): Promise<ItemPicture>;
  /** Keeps the bytes of an upload that was decoded once. */
  keep(bytes: Uint8Array): Promise<ItemPicture>;
}

export interface WriteContext {
  readonly engine: GarmentEngine;
  readonly stock: PictureStock;
  readonly maxPixels: number;
}

/** Nothing can be written, whatever it is. */
const faultsOfStore: ReadonlySet<string> = new Set(
  (['read', 'write', 'search', 'busy', 'unavailable'] as const).map((reason) => `store-${reason}`),
);

export async function writeItems(
  store: OpenedStore,
  operations: readonly WriteOperation[],
  context: WriteContext,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const operation of operations) {
    try {
      outcomes.push(
        operation.kind === 'put' ? await put(store, operation, context) : await remove(store, operation.id),
      );
    } catch (error) {
      // What the disk or the engine says is everyone's; what is wrong with an item is its own.
      if (!(error instanceof DeepShopError) || faultsOfStore.has(error.code)) throw error;
      outcomes.push({ kind: 'failed', error: carried(error) });
    }
  }
  return outcomes;
}

async function remove(store: VectorStore, id: string): Promise<WriteOutcome> {
  const rows = await store.rowsOf(id);
  if (rows.length === 0) {
    const facts = { expected: 'the id of a product', got: id, cure: 'GET /v1/items lists them.' };
    throw new ApiError('store-item', 'the store has no such product', facts);
  }
  return { kind: 'deleted', pictures: await store.delete(rows) };
}

async function put(
  store: OpenedStore,
  { id, facts, pictures: uploads }: Extract<WriteOperation, { kind: 'put' }>,
  { engine, stock, maxPixels }: WriteContext,
): Promise<WriteOutcome> {
  const before = await store.rowsOf(id);
  const changes = attributeChanges(facts, store);
  const pictures = [];
  for (const url of facts.images ?? []) pictures.push(await stock.fetch(url));
  for (const bytes of uploads) {
    // Nothing is kept that is no picture.
    await readPhoto(bytes, { maxPixels, where: 'picture' });
    pictures.push(await stock.keep(bytes));
  }
  if (pictures.length === 0 && before.length === 0) {
    throw new ApiError('item-invalid', 'a new product needs a picture', {
      where: id,
      expected: 'images, or a form with picture parts',
      got: 'neither',
      cure: 'Send a picture with it.',
    });
  }
  const rows =
    pictures.length === 0 ? before.map((row) => ({ ...row, attributes: { ...row.attributes, ...changes } })) : [];
  for (const picture of pictures) rows.push(await rowOf(id, picture, { before, changes, store, engine, maxPixels }));
  const keys = new Set(rows.map(keyText));
  const replaced = before.filter((row) => !keys.has(keyText(row)));
  const isSame = replaced.length === 0 && rows.every((row) => before.some((other) => areSame(row, other)));
  if (!isSame) {
    await store.upsert(rows);
    if (replaced.length > 0) await store.delete(replaced);
  }
  const result = isSame ? 'unchanged' : before.length > 0 ? 'updated' : 'added';
  return { kind: 'written', result, item: itemBody(rows) };
}

/** The row of a picture; one whose bytes and category are known is not described again. */
async function rowOf(
  product: string,
  { image, file, bytes }: ItemPicture,
  {
    before,
    changes,
    store,
    engine,
    maxPixels,
  }: {
    readonly before: readonly Row[];
    readonly changes: Row['attributes'];
    readonly store: OpenedStore;
    readonly engine: GarmentEngine;
    readonly maxPixels: number;
  },
): Promise<Row> {
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const kept = before[0]?.attributes ?? rowAttributes({ title: product, ...noFacts }, file);
  const attributes = withoutUnknown({ ...kept, ...changes, file }, store);
  const category = typeof attributes.category === 'string' ? attributes.category : null;
  const key = { product, variant: '', image, region: 0 };
  const known = before.find((row) => row.contentHash === contentHash && (row.attributes.category ?? null) === category);
  if (known !== undefined) {
    const facts = Object.fromEntries(Object.keys(factsSchema).map((name) => [name, known.attributes[name] ?? null]));
    return { ...known, ...key, attributes: withoutUnknown({ ...attributes, ...facts }, store) };
  }
  const descriptor: DescriptorName = store.manifest.descriptor;
  const photo = await readPhoto(bytes, { maxPixels, where: 'picture' });
  const { facts, ...garment } = await describeSoldGarment(photo, { engine, descriptor, category });
  return { ...key, ...garment, contentHash, attributes: withoutUnknown({ ...attributes, ...facts }, store) };
}

/**
 * What changes in every row of the product.
 *
 * @throws ApiError `store-attribute` for one that the store has no place for
 */
function attributeChanges(
  { images: _, attributes = {}, ...facts }: PutItem,
  { config }: VectorStore,
): Row['attributes'] {
  const given = Object.entries({ ...attributes, ...facts }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  for (const [name, value] of given) {
    const type = Object.hasOwn(factsSchema, name) || name === 'file' ? undefined : schemaTypeOf(config.schema, name);
    if (value === null && type !== undefined) continue;
    if (type === typeof value) continue;
    const own = Object.keys(config.schema).filter(
      (each) => !Object.hasOwn(catalogueSchema, each) && !Object.hasOwn(factsSchema, each),
    );
    throw new ApiError('store-attribute', 'an attribute that the store was not made with', {
      where: name,
      expected: type ?? (own.length === 0 ? 'none beside the usual ones' : `one of ${own.join(', ')}`),
      got: typeof value,
      cure: 'Index the catalogue again with --attribute NAME:TYPE to have it.',
    });
  }
  return Object.fromEntries(given);
}

/** A store that was made without an attribute does without it. */
function withoutUnknown(attributes: Row['attributes'], { config }: VectorStore): Row['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => schemaTypeOf(config.schema, name) !== undefined),
  );
}

function areSame(a: Row, b: Row): boolean {
  if (keyText(a) !== keyText(b) || a.contentHash !== b.contentHash) return false;
  const names = new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]);
  return [...names].every((name) => (a.attributes[name] ?? null) === (b.attributes[name] ?? null));
}
