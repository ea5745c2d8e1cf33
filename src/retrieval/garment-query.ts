/** @file From photos, boxes and items to what a store is asked: a vector, likely classes, facts for the reasons. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { DescriptorName, GarmentEngine, Metric } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import type { Photo } from '../image/photo.ts';
import type { Row } from '../stores/row.ts';
import { StoreError } from '../stores/store-error.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import { analyseShown } from './choose-garment.ts';
import type { ExplainedQuery } from './explain-hit.ts';
import { factsOf, lookAtGarment } from './garment-facts.ts';
import { classesFirst } from './likely-classes.ts';
import { nearestDetection } from './nearest-detection.ts';
import { meanVector, steerQuery } from './steer-query.ts';

/** One garment that is looked for. */
export interface GarmentQuery extends ExplainedQuery {
  /** Of the detection; null for what was not detected. */
  readonly score: number | null;
  /** `[dimension]` float32, in the store's space. */
  readonly vector: Float32Array;
  /** The detector's top classes, the label first, which are looked among first; empty where none is known or matters. */
  readonly classes: readonly string[];
  /** Whether similarities are of the kind that calibrations are measured on: one garment against another. */
  readonly isPlain: boolean;
}

/** An item of the store as an example of what is liked or not. */
export interface ExampleItem {
  readonly id: string;
  readonly rows: readonly Row[];
  /** `[dimension]` float32: the mean of its rows. */
  readonly vector: Float32Array;
}

/** Pictures of a variant that stand for it as an example; no shop shows more. */
const mostPictures = 100;

/** A store, and what its vectors were made by: the store's space is the engine's for this descriptor. */
export interface SearchedStore {
  readonly engine: GarmentEngine;
  readonly descriptor: DescriptorName;
  /** Its rows say what is worth to look for in the photo. */
  readonly store: VectorStore;
  /** Detections of a lower score are none; the engine's own unless given. */
  readonly minScore?: number | undefined;
}

/** Every garment of a photo, by descending score; else the surest doubtful one; the whole picture where there is none. */
export async function garmentsOf(
  photo: Photo,
  { engine, descriptor, store, minScore }: SearchedStore,
): Promise<GarmentQuery[]> {
  const factsIn = (box: BoxTuple) => lookAtGarment(photo, box, store.config.schema);
  const { analysis, garments } = await analyseShown(engine, photo, { descriptor, minScore });
  const found = garments.map((detection): GarmentQuery => {
    const { box, label, score, vector } = detection;
    const classes = classesFirst(detection, descriptor);
    return { source: 'detected', box, label, score, vector, classes, facts: factsIn(box), isPlain: true };
  });
  if (found.length > 0) return found;
  const box = [0, 0, photo.width, photo.height] as const;
  const vector = await analysis.whole();
  const facts = factsIn(box);
  return [{ source: 'whole', box, label: null, score: null, vector, classes: [], facts, isPlain: false }];
}

/**
 * What is in a box that someone drew; its class is that of the detection which it covers.
 *
 * @throws DeepShopError `box-outside` when nothing of the box is in the photo
 */
export async function garmentIn(photo: Photo, drawn: BoxTuple, searched: SearchedStore): Promise<GarmentQuery> {
  const { engine, descriptor, store, minScore } = searched;
  const box = clip(drawn, photo);
  const [vector] = await engine.embedBoxes(photo, [box], descriptor);
  const known = nearestDetection(box, await engine.detect(photo, { minScore }));
  const label = known?.label ?? null;
  const classes = known === undefined ? [] : classesFirst(known, descriptor);
  const facts = lookAtGarment(photo, box, store.config.schema);
  return { source: 'drawn', box, label, score: null, vector: vector!, classes, facts, isPlain: true };
}

/** The example as a garment: more like this. */
export function garmentLike(
  liked: readonly ExampleItem[],
  disliked: readonly ExampleItem[],
  metric: Metric,
): GarmentQuery {
  const [first] = liked.flatMap(({ rows }) => rows);
  if (first === undefined)
    throw new StoreError('query', 'nothing to be similar to', { cure: 'Name an item to be like.' });
  const labels = new Set(liked.flatMap(({ rows }) => rows.map(({ label }) => label)));
  return {
    source: 'items',
    box: first.box,
    label: labels.size === 1 ? first.label : null,
    score: null,
    vector: steerQuery(
      { liked: liked.map(({ vector }) => vector), disliked: disliked.map(({ vector }) => vector) },
      metric,
    ),
    classes: [...labels].filter((label) => label !== null),
    facts: factsOf(first),
    isPlain: liked.length === 1 && disliked.length === 0,
  };
}

/** A garment moved by examples of its own class, and by those whose class, or its own, is not known. */
export function steerGarment(
  query: GarmentQuery,
  { liked, disliked }: { readonly liked: readonly ExampleItem[]; readonly disliked: readonly ExampleItem[] },
  metric: Metric,
): GarmentQuery {
  const concerns = ({ rows }: ExampleItem) =>
    query.label === null || rows.some(({ label }) => label === null || label === query.label);
  const wishes = {
    liked: liked.filter(concerns).map(({ vector }) => vector),
    disliked: disliked.filter(concerns).map(({ vector }) => vector),
  };
  if (wishes.liked.length + wishes.disliked.length === 0) return query;
  return { ...query, vector: steerQuery({ photo: query.vector, ...wishes }, metric), isPlain: false };
}

/**
 * An item by the id of its product, or of one of its variants.
 *
 * @throws StoreError `store-item` when the store has none
 */
export async function findItem(store: VectorStore, id: string): Promise<ExampleItem> {
  const { metric, dimension } = store.config;
  let rows = await store.rowsOf(id);
  if (rows.length === 0) {
    // Any direction does: every row of the variant passes.
    const vector = new Float32Array(dimension).fill(1);
    const hits = await store.query({
      vector,
      k: mostPictures,
      filter: { kind: 'equals', field: 'variant', value: id },
      exact: true,
    });
    rows = id === '' ? [] : hits.map(({ row }) => row);
  }
  if (rows.length === 0) {
    const facts = { expected: 'the id of a product or variant', got: id, cure: 'Answers of recommend name ids.' };
    throw new StoreError('item', 'the store has no such item', facts);
  }
  // Further regions of a picture are garments that it does not sell.
  const sold = rows.filter(({ region }) => region === 0);
  const seen = sold.length > 0 ? sold : rows;
  const vectors = seen.map(({ vector }) => vector);
  return { id, rows: seen, vector: meanVector(vectors, metric) };
}

function clip([x1, y1, x2, y2]: BoxTuple, { width, height }: Photo): BoxTuple {
  const box = [Math.max(0, x1), Math.max(0, y1), Math.min(width, x2), Math.min(height, y2)] as const;
  if (box[2] > box[0] && box[3] > box[1]) return box;
  throw new DeepShopError('box-outside', 'nothing of the box is in the photo', {
    expected: `x1,y1,x2,y2 within ${width} x ${height} pixels`,
    got: [x1, y1, x2, y2].join(','),
    cure: 'Boxes are in pixels of the upright photo, as detect prints them.',
  });
}
