/**
 * @file Asks a gallery for garments whose answer is known, under several descriptors at once, with and without the detector.
 *
 * Small galleries are compared exactly; an index's own losses are `stores/measure-index-node.ts`'s.
 *
 * Shapes: G items of the gallery, D numbers a vector.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { pairwiseIou } from '../boxes/iou.ts';
import type { GarmentEngine, Metric } from '../embedding/descriptor.ts';
import type { RankedAnswer } from '../evaluation/retrieval-metrics.ts';
import type { Photo } from '../image/photo.ts';
import { chooseGarment, scoreToChooseFrom, shownOrSurest } from './choose-garment.ts';
import { likelyClasses } from './likely-classes.ts';

/**
 * Which box a vector is of. `given`: the labelled one, on both sides. `detected`: for a query the detection that
 * overlaps the garment most, by half at least, of those that `deepshop recommend` answers, else the query has failed; for an item what `deepshop index` takes, its
 * class being the shop's category. `listed`: the same, items of the query's likely classes first, as `deepshop recommend`
 * lists them. `whole`: the whole photo, on both sides.
 */
export const boxModes = ['given', 'detected', 'listed', 'whole'] as const;
export type BoxMode = (typeof boxModes)[number];

/** A garment in a photo. */
export interface ShownGarment {
  readonly photo: Photo;
  /** Labelled, pixels of the photo. */
  readonly box: BoxTuple;
}

export interface GalleryItem {
  readonly id: string;
  readonly label: string;
  readonly load: () => Promise<ShownGarment>;
}

export interface TestQuery {
  readonly label: string;
  /** Ids of the items that are right. */
  readonly relevant: readonly string[];
  readonly load: () => Promise<ShownGarment>;
}

/** What turns boxes into vectors. */
export interface Describer {
  readonly name: string;
  readonly metric: Metric;
  readonly modes: readonly BoxMode[];
  /** @returns one `[D]` float32 vector a box, in order */
  describe(photo: Photo, boxes: readonly BoxTuple[]): Promise<readonly Float32Array[]>;
}

/** A query's nearest items under one describer and mode. */
export interface TestAnswer extends RankedAnswer {
  /** Of the same items, as stores give them: cosines, or 1 / (1 + distance). */
  readonly similarities: readonly number[];
  /** False where the detector did not find the garment. */
  readonly isDetected: boolean;
}

export interface TestResult {
  readonly describer: string;
  readonly mode: BoxMode;
  readonly dimension: number;
  /** In the order of the queries. */
  readonly answers: readonly TestAnswer[];
}

export interface RetrievalTest {
  readonly gallery: readonly GalleryItem[];
  readonly queries: readonly TestQuery[];
  /** Finds the boxes of the mode `detected`. */
  readonly engine: GarmentEngine;
  readonly describers: readonly Describer[];
  /** How many items an answer has. */
  readonly depth?: number;
  /** Detections of queries are shown from this score on; left out: the engine's own. */
  readonly minScore?: number | undefined;
  readonly onPhoto?: (done: number) => void;
}

/** Overlap from which a shopper would take a detection for the garment. */
const shownIou = 0.5;

/** One result for each describer and mode, in their order. */
export async function runRetrievalTest(test: RetrievalTest): Promise<TestResult[]> {
  const { gallery, queries, engine, describers, depth = 10, minScore, onPhoto } = test;
  const runs = describers.flatMap((describer) =>
    describer.modes.map((mode) => ({ describer, mode, items: [] as Float32Array[], answers: [] as TestAnswer[] })),
  );
  const labels: (string | null)[] = [];
  let done = 0;
  for (const item of gallery) {
    const shown = await item.load();
    const { boxes, label } = await itemBoxes(shown, item.label, engine);
    const vectors = await describeBoxes(shown.photo, boxes, describers);
    labels.push(label);
    for (const run of runs) run.items.push(vectors.get(run.describer)!.get(run.mode)!);
    onPhoto?.(++done);
  }
  for (const query of queries) {
    const shown = await query.load();
    const { boxes, likely } = await queryBoxes(shown, engine, minScore);
    const vectors = await describeBoxes(shown.photo, boxes, describers);
    const comesFirst = labels.map((label) => label !== null && likely.includes(label));
    for (const { describer, mode, items, answers } of runs) {
      const vector = vectors.get(describer)!.get(mode);
      const nearest =
        vector === undefined
          ? []
          : nearestItems(vector, items, describer.metric)
              .sort((a, b) => (mode === 'listed' ? Number(comesFirst[b.index]) - Number(comesFirst[a.index]) : 0))
              .slice(0, depth);
      answers.push(answerOf(nearest, query, gallery, vector !== undefined));
    }
    onPhoto?.(++done);
  }
  return runs.map(({ describer: { name }, mode, items, answers }) => ({
    describer: name,
    mode,
    dimension: items[0]?.length ?? 0,
    answers,
  }));
}

/** The box of each mode that there is one for. */
type Boxes = ReadonlyMap<BoxMode, BoxTuple>;

/** The boxes of an item, and the class that it is indexed under. */
async function itemBoxes(
  { photo, box }: ShownGarment,
  category: string,
  engine: GarmentEngine,
): Promise<{ readonly boxes: Boxes; readonly label: string | null }> {
  const found = await engine.detect(photo, { minScore: scoreToChooseFrom(engine) });
  const whole: BoxTuple = [0, 0, photo.width, photo.height];
  const sold = chooseGarment(found, { ...engine, category });
  const detected = sold?.box ?? whole;
  const boxes = new Map<BoxMode, BoxTuple>([
    ['given', box],
    ['detected', detected],
    ['listed', detected],
    ['whole', whole],
  ]);
  return { boxes, label: sold?.label ?? null };
}

/** The boxes of a query, and the classes that it is looked for among first. */
async function queryBoxes(
  { photo, box }: ShownGarment,
  engine: GarmentEngine,
  minScore: number | undefined,
): Promise<{ readonly boxes: Boxes; readonly likely: readonly string[] }> {
  let likely: readonly string[] = [];
  const boxes = new Map<BoxMode, BoxTuple>([
    ['given', box],
    ['whole', [0, 0, photo.width, photo.height]],
  ]);
  let highest = shownIou;
  const find = (lowest: number | undefined) => engine.detect(photo, { minScore: lowest });
  for (const detection of await shownOrSurest(await find(minScore), minScore, find)) {
    const [overlap] = pairwiseIou(Float32Array.from(detection.box), Float32Array.from(box));
    if (overlap < highest) continue;
    highest = overlap;
    boxes.set('detected', detection.box).set('listed', detection.box);
    likely = likelyClasses(detection);
  }
  return { boxes, likely };
}

async function describeBoxes(
  photo: Photo,
  boxes: Boxes,
  describers: readonly Describer[],
): Promise<ReadonlyMap<Describer, ReadonlyMap<BoxMode, Float32Array>>> {
  const described = new Map<Describer, ReadonlyMap<BoxMode, Float32Array>>();
  for (const describer of describers) {
    const modes = describer.modes.filter((mode) => boxes.has(mode));
    const vectors = await describer.describe(
      photo,
      modes.map((mode) => boxes.get(mode)!),
    );
    described.set(describer, new Map(modes.map((mode, index) => [mode, vectors[index]])));
  }
  return described;
}

interface Neighbour {
  readonly index: number;
  readonly similarity: number;
}

/** All, nearest first; equal similarities in the order of the gallery. */
function nearestItems(vector: Float32Array, items: readonly Float32Array[], metric: Metric): Neighbour[] {
  const similarityOf = metric === 'cosine' ? dot : (a: Float32Array, b: Float32Array) => 1 / (1 + distance(a, b));
  return items
    .map((item, index) => ({ index, similarity: similarityOf(vector, item) }))
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index);
}

function answerOf(
  nearest: readonly Neighbour[],
  { relevant, label }: TestQuery,
  gallery: readonly GalleryItem[],
  isDetected: boolean,
): TestAnswer {
  const items = nearest.map(({ index }) => gallery[index]);
  return {
    isRelevant: items.map(({ id }) => relevant.includes(id)),
    isSameClass: items.map((item) => item.label === label),
    numRelevant: relevant.length,
    similarities: nearest.map(({ similarity }) => similarity),
    isDetected,
  };
}

/** Of vectors of unit length: their cosine. */
function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
