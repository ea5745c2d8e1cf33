/** @file The main job: a photo's garments, or items of a store, and for each the most similar items of a catalogue. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import type { Photo } from '../image/photo.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import {
  type AnswerOptions,
  type GarmentList,
  type ItemsPage,
  listProducts,
  readPage,
  withoutRepeats,
} from './answer-garment.ts';
import {
  type ExampleItem,
  findItem,
  type GarmentQuery,
  garmentIn,
  garmentLike,
  garmentsOf,
  steerGarment,
} from './garment-query.ts';

export interface GarmentAnswer extends ItemsPage {
  /** Pixels of the photo, or of the picture of the first item that is liked. */
  readonly box: BoxTuple;
  /** Null where it has no class. */
  readonly label: string | null;
  /** Of the detection; null for what was not detected. */
  readonly score: number | null;
  /** No garment was found: the items are similar to the photo as a whole. */
  readonly wholePicture: boolean;
}

export interface Examples {
  /** Ids of products or variants to be like. */
  readonly like?: readonly string[] | undefined;
  /** Ids of those to be unlike. */
  readonly not?: readonly string[] | undefined;
}

/**
 * Answers by descending detection score; a drawn box is answered alone. The store's space must be the engine's for this
 * descriptor.
 *
 * @throws StoreError `store-item` for an example that the store lacks
 */
export async function recommendForPhoto(
  photo: Photo,
  options: {
    readonly engine: GarmentEngine;
    readonly store: VectorStore;
    readonly descriptor: DescriptorName;
    readonly minScore?: number | undefined;
    /** Pixels of the photo: only this is answered. */
    readonly box?: BoxTuple | undefined;
    /** Shop the look: no product in two of the answers. */
    readonly look?: boolean | undefined;
  } & AnswerOptions &
    Examples,
): Promise<GarmentAnswer[]> {
  const { engine, store, descriptor, box, look = false } = options;
  const examples = await findExamples(store, options);
  const found = box === undefined ? await garmentsOf(photo, options) : [await garmentIn(photo, box, options)];
  const calibration = options.calibration ?? engine.space(descriptor).calibration;
  const { metric } = store.config;
  const queries = found.map((query) => steerGarment(query, examples, metric));
  const lists: GarmentList[] = [];
  for (const query of queries) lists.push(await listProducts(store, query, options, examples.products));
  return readAnswers(store, look ? withoutRepeats(lists) : lists, { ...options, calibration });
}

/**
 * More like some items, and less like others.
 *
 * @throws StoreError `store-item` for an id that the store lacks, `store-query` when nothing is to be liked
 */
export async function recommendLikeItems(
  store: VectorStore,
  options: Examples & AnswerOptions,
): Promise<GarmentAnswer> {
  const examples = await findExamples(store, options);
  const query = garmentLike(examples.liked, examples.disliked, store.config.metric);
  const list = await listProducts(store, query, options, examples.products);
  return (await readAnswers(store, [list], options))[0];
}

interface FoundExamples {
  readonly liked: readonly ExampleItem[];
  readonly disliked: readonly ExampleItem[];
  /** Of all of them: nobody asks for what they showed. */
  readonly products: ReadonlySet<string>;
}

async function findExamples(store: VectorStore, { like = [], not = [] }: Examples): Promise<FoundExamples> {
  const liked = await Promise.all(like.map((id) => findItem(store, id)));
  const disliked = await Promise.all(not.map((id) => findItem(store, id)));
  const rows = [...liked, ...disliked].flatMap((example) => example.rows);
  return { liked, disliked, products: new Set(rows.map(({ product }) => product)) };
}

async function readAnswers(
  store: VectorStore,
  lists: readonly GarmentList[],
  options: AnswerOptions,
): Promise<GarmentAnswer[]> {
  const answers: GarmentAnswer[] = [];
  for (const list of lists) answers.push({ ...asFound(list.query), ...(await readPage(store, list, options)) });
  return answers;
}

function asFound({ box, label, score, source }: GarmentQuery) {
  return { box, label, score, wholePicture: source === 'whole' };
}
