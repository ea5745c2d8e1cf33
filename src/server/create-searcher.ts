/** @file The searcher itself, as a function of the model, the store and how pictures are read. Knows neither HTTP nor threads. */
import type { DetectAnswer, RememberedPhoto } from '../api/photo.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { describeCheck, type EngineCheck } from '../embedding/engine-check.ts';
import type { PhotoWithin } from '../image/decode-node.ts';
import {
  type AnswerOptions,
  type GarmentList,
  listProducts,
  readPage,
  withoutRepeats,
} from '../retrieval/answer-garment.ts';
import {
  type ExampleItem,
  findItem,
  type GarmentQuery,
  garmentLike,
  steerGarment,
} from '../retrieval/garment-query.ts';
import type { OpenedStore } from '../stores/vector-store.ts';
import { describeStore } from './describe-store.ts';
import { garmentInBox, garmentsInPhoto, garmentsOfDevice, scaleOf } from './find-garments.ts';
import { edges, itemBody, rounded, similarItemBody } from './item-body.ts';
import type { Stage } from './metrics.ts';
import type { KnownPhoto, PhotoMemory } from './photo-memory.ts';
import { ProductList } from './product-list.ts';
import { answerOptions } from './public-fields.ts';
import type { FoundGarment, Searcher, SearchJob, SearchOutcome, WriteOperation, WriteOutcome } from './searcher.ts';

/** The store as it is now, and a way to change it. */
export interface StoreAccess {
  /** The last commit. */
  current(): Promise<OpenedStore>;
  /** Changes the store and commits; what {@link current} gives afterwards has the changes. */
  write<T>(change: (store: OpenedStore) => Promise<T>): Promise<T>;
  /** Looks for the last commit now. */
  refresh(): Promise<void>;
  /** Milliseconds since 1970; null where it is not known. */
  committedAt(): Promise<number | null>;
  /** How the store is kept: `lancedb`, `exact`... */
  readonly kind: string;
  close(): Promise<void>;
}

export interface SearcherParts {
  readonly engine: GarmentEngine;
  readonly stores: StoreAccess;
  readonly photos: PhotoMemory;
  /** Decodes a picture file; a large photo comes out smaller. */
  readonly decode: (bytes: Uint8Array) => Promise<PhotoWithin>;
  /** Carries out changes of a store that is open for writing. */
  readonly writeItems: (store: OpenedStore, operations: readonly WriteOperation[]) => Promise<readonly WriteOutcome[]>;
  /** Told how long each stage took. */
  readonly onStage?: ((stage: Stage, elapsedMs: number) => void) | undefined;
}

export function createSearcher(parts: SearcherParts): Searcher {
  const { engine, stores, photos, writeItems, onStage = () => {} } = parts;
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    onStage(stage, performance.now() - started);
    return result;
  };
  const decode = (bytes: Uint8Array) => timed('decode', () => parts.decode(bytes));
  const lookIn = (store: OpenedStore) => ({ engine, store, descriptor: store.manifest.descriptor });
  const products = new ProductList();
  let check: Promise<EngineCheck> | undefined;

  async function remember(bytes: Uint8Array): Promise<KnownPhoto> {
    const decoded = await decode(bytes);
    return photos.add(bytes, decoded);
  }

  async function decodedOf(known: KnownPhoto): Promise<PhotoWithin> {
    const kept = photos.decodedOf(known.id);
    if (kept !== undefined) return kept;
    const decoded = await decode(known.bytes);
    photos.keepDecoded(known.id, decoded);
    return decoded;
  }

  /** The garments that a job is about. */
  async function findQueries(
    { source, bytes, request }: SearchJob,
    store: OpenedStore,
    signal: AbortSignal,
  ): Promise<{ queries: readonly GarmentQuery[]; scale: number; known: KnownPhoto | null; excluded: Set<string> }> {
    const { item, box } = request;
    const examples = await findExamples(store, request.like ?? [], request.not ?? []);
    const excluded = examples.products;
    const { metric } = store.config;
    if (source === 'like') {
      const queries = [garmentLike(examples.liked, examples.disliked, metric)];
      return { queries, scale: 1, known: null, excluded };
    }
    if (source === 'item') {
      const own = await findExamples(store, [item ?? '', ...(request.like ?? [])], request.not ?? []);
      return { queries: [garmentLike(own.liked, own.disliked, metric)], scale: 1, known: null, excluded: own.products };
    }
    const steer = (query: GarmentQuery) => steerGarment(query, examples, metric);
    if (source === 'vector' || source === 'garments')
      return { queries: garmentsOfDevice(request, lookIn(store)).map(steer), scale: 1, known: null, excluded };
    const known = bytes === undefined ? photos.get(request.photoId ?? '') : await remember(bytes);
    signal.throwIfAborted();
    const decoded = await decodedOf(known);
    const looking = lookIn(store);
    const found =
      box === undefined
        ? await timed('garments', () => garmentsInPhoto(known, decoded, looking))
        : [await timed('box', () => garmentInBox(known, decoded, { ...looking, drawn: box }))];
    return { queries: found.map(steer), scale: scaleOf(decoded), known, excluded };
  }

  async function readGarments(
    lists: readonly GarmentList[],
    {
      store,
      options,
      scale,
      signal,
    }: { store: OpenedStore; options: AnswerOptions; scale: number; signal: AbortSignal },
  ): Promise<FoundGarment[]> {
    const found: FoundGarment[] = [];
    for (const list of lists) {
      signal.throwIfAborted();
      const { query } = list;
      const page = await timed('page', () =>
        readPage(store, list, options, calibrationOf(engine, store.manifest.descriptor)),
      );
      const items = [];
      for (const each of page.items) {
        const rows = each.variants.length === 0 ? [] : await store.rowsOf(each.product);
        items.push(similarItemBody(each, rows));
      }
      found.push({
        box: edges(query.box, scale),
        label: query.label,
        score: query.score === null ? null : rounded(query.score, 6),
        wholePicture: query.source === 'whole',
        items,
        total: page.total,
        ofKind: page.ofKind,
        facets: facetsOf(page.facets),
        hidden: page.hidden,
        nothingSimilar: page.nothingSimilar,
        vector: query.vector,
      });
    }
    return found;
  }

  return {
    async model() {
      const store = await stores.current();
      return { modelId: engine.modelId, classes: engine.classes, space: engine.space(store.manifest.descriptor) };
    },

    async check() {
      const { descriptor } = (await stores.current()).manifest;
      check ??= describeCheck(engine, descriptor);
      return check;
    },

    async detect(bytes, signal): Promise<DetectAnswer> {
      const store = await stores.current();
      const known = await remember(bytes);
      signal.throwIfAborted();
      const decoded = await decodedOf(known);
      const garments = await timed('garments', () => garmentsInPhoto(known, decoded, lookIn(store)));
      return {
        photo: rememberedPhoto(known),
        garments: garments.flatMap(({ source, box, label, score }) =>
          source !== 'detected' || label === null || score === null
            ? []
            : [{ box: edges(box, scaleOf(decoded)), label, score: rounded(score, 6) }],
        ),
      };
    },

    async search(job, signal): Promise<SearchOutcome> {
      const store = await stores.current();
      const { spaceId } = store.manifest;
      const options = answerOptions(job.request, store);
      const { queries, scale, known, excluded } = await findQueries(job, store, signal);
      const lists: GarmentList[] = [];
      for (const query of queries) {
        signal.throwIfAborted();
        lists.push(await timed('nearest', () => listProducts(store, query, options, excluded)));
      }
      const shown = job.request.look ? withoutRepeats(lists) : lists;
      const found = await readGarments(shown, { store, options, scale, signal });
      const hasBoxes = job.source !== 'vector' && job.source !== 'garments';
      const asked = job.request.vector === undefined ? job.request.garments : [job.request];
      const garments = hasBoxes ? found : found.map((each, at) => ({ ...each, box: asked?.[at]?.box ?? null }));
      return { photo: known === null ? null : rememberedPhoto(known), spaceId, garments };
    },

    async listItems({ after, limit }) {
      const store = await stores.current();
      const { names, total, isLast } = await products.page(store, after, limit);
      const items = [];
      for (const name of names) {
        const rows = await store.rowsOf(name);
        if (rows.length > 0) items.push(itemBody(rows));
      }
      return { items, total, last: isLast ? null : (names.at(-1) ?? null) };
    },

    async getItem(id) {
      const store = await stores.current();
      const { rows } = await findItem(store, id);
      return itemBody(await store.rowsOf(rows[0].product));
    },

    async findPicture(product, hash) {
      const store = await stores.current();
      const row = (await store.rowsOf(product)).find(({ contentHash }) => contentHash.startsWith(hash));
      const file = row?.attributes.file;
      return row === undefined || typeof file !== 'string' ? null : { file, contentHash: row.contentHash };
    },

    write: (operations) => stores.write((store) => writeItems(store, operations)),

    async summary() {
      const store = await stores.current();
      const committedAt = await stores.committedAt();
      return {
        ...(await describeStore(store, { kind: stores.kind, committedAt })),
        photos: { remembered: photos.numPhotos, bytes: photos.numBytes },
      };
    },

    async probe() {
      await (await stores.current()).probe?.();
    },

    async counts() {
      const { rows, products: numProducts } = await (await stores.current()).stats();
      return { rows, products: numProducts, photos: photos.numPhotos, photoBytes: photos.numBytes };
    },

    refresh: () => stores.refresh(),

    close: () => stores.close(),
  };
}

interface FoundExamples {
  readonly liked: readonly ExampleItem[];
  readonly disliked: readonly ExampleItem[];
  readonly products: Set<string>;
}

async function findExamples(
  store: OpenedStore,
  like: readonly string[],
  not: readonly string[],
): Promise<FoundExamples> {
  const liked = await Promise.all(like.map((id) => findItem(store, id)));
  const disliked = await Promise.all(not.map((id) => findItem(store, id)));
  const products = new Set([...liked, ...disliked].flatMap(({ rows }) => rows.map(({ product }) => product)));
  return { liked, disliked, products };
}

function rememberedPhoto({ id, upright, expiresAt }: KnownPhoto): RememberedPhoto {
  return { id, width: upright.width, height: upright.height, expiresAt: new Date(expiresAt).toISOString() };
}

function calibrationOf(engine: GarmentEngine, descriptor: DescriptorName) {
  return engine.space(descriptor).calibration;
}

function facetsOf(facets: { readonly [field: string]: readonly object[] }): FoundGarment['facets'] {
  return Object.fromEntries(
    Object.entries(facets).map(([field, counts]) => [field, [...counts] as FoundGarment['facets'][string]]),
  );
}
