/** @file The main job: a photo's garments, or items of a store, and for each the most similar items of a catalogue. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { MatchCalibration } from '../detector/match-calibration.ts';
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
  type SearchedStore,
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

/** How a photo is answered; `examples` move its garments of their classes. */
export interface PhotoOptions extends AnswerOptions {
  readonly examples?: Examples | undefined;
}

/**
 * Each garment of a photo, by descending detection score; the whole picture where none is found.
 *
 * @throws StoreError `store-item` for an example that the store lacks
 */
export async function recommendForPhoto(
  photo: Photo,
  searched: SearchedStore,
  options: PhotoOptions,
): Promise<GarmentAnswer[]> {
  const lists = await listEach(() => garmentsOf(photo, searched), searched, options);
  return readAnswers(searched.store, lists, options, calibrationOf(searched));
}

/** Shop the look: as {@link recommendForPhoto}, with no product in two of the answers. */
export async function recommendLook(
  photo: Photo,
  searched: SearchedStore,
  options: PhotoOptions,
): Promise<GarmentAnswer[]> {
  const lists = await listEach(() => garmentsOf(photo, searched), searched, options);
  return readAnswers(searched.store, withoutRepeats(lists), options, calibrationOf(searched));
}

/**
 * What is in a box that someone drew, alone.
 *
 * @param box pixels of the photo
 * @throws DeepShopError `box-outside` when nothing of the box is in the photo; StoreError as {@link recommendForPhoto}
 */
export async function recommendForBox(
  photo: Photo,
  box: BoxTuple,
  searched: SearchedStore,
  options: PhotoOptions,
): Promise<GarmentAnswer> {
  const lists = await listEach(async () => [await garmentIn(photo, box, searched)], searched, options);
  return (await readAnswers(searched.store, lists, options, calibrationOf(searched)))[0];
}

/**
 * More like some items, and less like others.
 *
 * @param calibration of the store's space; without it items have no match
 * @throws StoreError `store-item` for an id that the store lacks, `store-query` when nothing is to be liked
 */
export async function recommendLikeItems(
  store: VectorStore,
  examples: Examples,
  { calibration, ...options }: AnswerOptions & { readonly calibration?: MatchCalibration | undefined },
): Promise<GarmentAnswer> {
  const { liked, disliked, products } = await findExamples(store, examples);
  const query = garmentLike(liked, disliked, store.config.metric);
  const list = await listProducts(store, query, options, products);
  return (await readAnswers(store, [list], options, calibration))[0];
}

/** The products for each garment that is found, once the examples have moved it. */
async function listEach(
  findGarments: () => Promise<readonly GarmentQuery[]>,
  { store }: SearchedStore,
  { examples = {}, ...options }: PhotoOptions,
): Promise<GarmentList[]> {
  // An id that the store lacks costs no run of the network.
  const found = await findExamples(store, examples);
  const lists: GarmentList[] = [];
  for (const garment of await findGarments()) {
    const query = steerGarment(garment, found, store.config.metric);
    lists.push(await listProducts(store, query, options, found.products));
  }
  return lists;
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

function calibrationOf({ engine, descriptor }: SearchedStore): MatchCalibration | undefined {
  return engine.space(descriptor).calibration;
}

async function readAnswers(
  store: VectorStore,
  lists: readonly GarmentList[],
  options: AnswerOptions,
  calibration: MatchCalibration | undefined,
): Promise<GarmentAnswer[]> {
  const answers: GarmentAnswer[] = [];
  for (const list of lists) {
    answers.push({ ...asFound(list.query), ...(await readPage(store, list, options, calibration)) });
  }
  return answers;
}

function asFound({ box, label, score, source }: GarmentQuery) {
  return { box, label, score, wholePicture: source === 'whole' };
}
