/**
 * @file A model as what finds garments and describes them: one forward pass gives boxes and vectors. What compiles its
 * graphs is given by the caller: `model-engine-node.ts` in Node, `web/device/` in a browser.
 */
import { type BoxTuple, boxAt } from '../boxes/boxes.ts';
import { pairwiseIou } from '../boxes/iou.ts';
import { descriptorDimension, type ModelDescriptors, mapsOf } from '../detector/descriptors.ts';
import {
  type Compile,
  type DetectedGarments,
  Detector,
  type DetectorAnswer,
  toTensorBoxes,
} from '../detector/detector.ts';
import { type Model, ModelError, minScoreOf } from '../detector/model-directory.ts';
import { withoutNested } from '../detector/nested.ts';
import type { Photo } from '../image/photo.ts';
import type { Session } from '../onnx/session.ts';
import type { ClassScore, DescriptorName, GarmentDetection, GarmentEngine, VectorSpace } from './descriptor.ts';
import { pictureGraph, squashedPhoto } from './picture-graph.ts';
import { regionGraph } from './region-graph.ts';

/** A model that is known by an id. */
export interface IdentifiedModel extends Model {
  /** Hash of `model.json` and the weights: 32 hexadecimal digits. */
  readonly modelId: string;
  /** Where it lies; undefined for what came over the network. */
  readonly directory?: string | undefined;
}

/** An engine that holds sessions. */
export interface OpenedEngine extends GarmentEngine {
  /** Frees them; the engine cannot be used after it. */
  release(): Promise<void>;
}

/** Embeds boxes of a photo, `[N, 4]` in its pixels, in one space. */
type Embed = (photo: Photo, boxes: Float32Array, answer: DetectorAnswer | null) => Promise<Float32Array[]>;

/**
 * For what runs right after the detector. The threads of a second pool go on spinning for a while after a run, and keep the cores from the
 * detector's: both graphs in turn take 12.7 ms so, 18 to 25 ms with two pools (two cores; docs/experiments.md).
 */
const withoutPool = { threads: 1 } as const;

/** The engine of a model that was read. */
export async function createModelEngine(model: IdentifiedModel, compile: Compile): Promise<OpenedEngine> {
  const { config, descriptors, minScore, modelId } = model;
  const features = descriptors.garment === undefined ? [] : mapsOf(descriptors.garment);
  const detector = await Detector.create(model, compile, { features });
  const regions = descriptors.garment && (await compile(regionGraph(descriptors.garment, model), withoutPool));
  // Few ask for it, and it is a network of its own.
  let picture: Promise<Session> | undefined;
  const inTurn = createQueue();
  const run = (photo: Photo) => inTurn(() => detector.detect(photo));

  const embedRegions: Embed = async (photo, boxes, answer) => {
    if (boxes.length === 0) return [];
    const { features: maps, prepared } = answer ?? (await run(photo));
    const feeds = {
      ...maps,
      boxes: { dtype: 'float32', shape: [boxes.length / 4, 4], data: toTensorBoxes(boxes, prepared) },
    } as const;
    const { vectors } = await inTurn(() => regions!.run(feeds));
    return rowsOf(vectors!.data as Float32Array, boxes.length / 4);
  };
  // The paper describes whole pictures: every box has the vector of its photo.
  const embedPicture: Embed = async (photo, boxes) => {
    if (boxes.length === 0) return [];
    const definition = descriptors.paper!;
    picture ??= compile(pictureGraph(definition, model), withoutPool);
    const session = await picture;
    const pixels = squashedPhoto(photo, definition.side, model.preprocessing);
    const { vectors } = await inTurn(() => session.run({ pixels }));
    return Array.from({ length: boxes.length / 4 }, () => vectors!.data as Float32Array);
  };
  const embedders: { readonly [D in OwnDescriptor]: Embed } = { garment: embedRegions, paper: embedPicture };

  /** Where they are known, with the detections that are shown. */
  const select = (answer: DetectorAnswer, lowest: number | undefined) =>
    selectShown(answer.detections, config.classes, (label) => lowest ?? minScoreOf(minScore, label));

  return {
    modelId,
    directory: model.directory,
    classes: config.classes,
    minScoreOf: (label) => minScoreOf(minScore, label),
    space: (descriptor) => spaceOf(model, requireOwn(descriptor, model)),
    async detect(photo, { minScore: lowest } = {}) {
      return select(await run(photo), lowest);
    },
    async analyse(photo, { descriptor: asked, minScore: lowest }) {
      const descriptor = requireOwn(asked, model);
      const answer = await run(photo);
      const found = select(answer, lowest);
      const embed = (boxes: readonly BoxTuple[]) => embedders[descriptor](photo, flatten(boxes), answer);
      const vectors = await embed(found.map(({ box }) => box));
      return {
        detections: found.map((detection, index) => ({ ...detection, vector: vectors[index] })),
        whole: async () => (await embed([[0, 0, photo.width, photo.height]]))[0],
        embed,
      };
    },
    async embedBoxes(photo, boxes, descriptor) {
      return embedders[requireOwn(descriptor, model)](photo, flatten(boxes), null);
    },
    async release() {
      await inTurn(async () => {});
      await Promise.all([detector.release(), regions?.release(), picture?.then((session) => session.release())]);
    },
  };
}

type OwnDescriptor = keyof ModelDescriptors;

/** @throws ModelError for a descriptor that the model does not have */
function requireOwn(descriptor: DescriptorName, { descriptors, directory }: IdentifiedModel): OwnDescriptor {
  if (descriptor === 'external') throw withoutEncoder(directory);
  if (descriptors[descriptor] !== undefined) return descriptor;
  throw new ModelError('damaged', `the model has no descriptor "${descriptor}"`, {
    where: directory ?? 'the model',
    expected: `one of ${Object.keys(descriptors).join(', ')}`,
    got: descriptor,
    cure: 'Choose another descriptor, or another model.',
  });
}

/** What is said where vectors of an encoder are asked for and none was opened. */
export function withoutEncoder(directory = 'the model'): ModelError {
  return new ModelError('kind', 'vectors of an encoder of its own are asked for, which no model directory makes', {
    where: directory,
    expected: 'an encoder beside the model',
    got: 'none',
    cure: 'Give --encoder FILE, the encoder.json that the store was indexed with.',
  });
}

function spaceOf({ descriptors, config }: IdentifiedModel, descriptor: OwnDescriptor): VectorSpace {
  const stated = descriptors[descriptor]!;
  const isPicture = stated.kind === 'picture';
  return {
    descriptor,
    spaceId: stated.spaceId,
    dimension: descriptorDimension(stated, config),
    metric: isPicture ? 'euclidean' : 'cosine',
    seesWholePhoto: isPicture,
    calibration: stated.calibration,
  };
}

/** Overlap from which two detections are one garment under two classes: each class moves the box a little its own way. */
const sameGarmentIou = 0.7;

/** Detections that are shown, best first: each garment once in each of its classes. */
export function selectShown(
  found: DetectedGarments,
  classes: readonly string[],
  lowestOf: (label: string) => number,
): GarmentDetection[] {
  const { boxes, labels, scores } = found;
  const shown: GarmentDetection[] = [];
  for (const index of withoutNested(found)) {
    const [label, score] = [classes[labels[index] - 1], scores[index]];
    if (score < lowestOf(label)) continue;
    shown.push({ box: boxAt(boxes, index), label, score, alternatives: alternativesOf(index, found, classes) });
  }
  return shown;
}

/** Suppression is within a class, so that one garment may be found under several. */
function alternativesOf(
  index: number,
  { boxes, labels, scores }: DetectedGarments,
  classes: readonly string[],
): ClassScore[] {
  const overlaps = pairwiseIou(boxes.subarray(4 * index, 4 * index + 4), boxes);
  const best = new Map<string, number>();
  for (const [other, score] of scores.entries()) {
    if (labels[other] === labels[index] || overlaps[other] < sameGarmentIou) continue;
    const label = classes[labels[other] - 1];
    best.set(label, Math.max(score, best.get(label) ?? 0));
  }
  return Array.from(best, ([label, score]) => ({ label, score })).sort((a, b) => b.score - a.score);
}

/** Runs one job after another: each session works on all cores already. */
export function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const mine = last.then(job);
    last = mine.catch(() => {});
    return mine;
  };
}

const flatten = (boxes: readonly BoxTuple[]): Float32Array => Float32Array.from(boxes.flat());

function rowsOf(data: Float32Array, count: number): Float32Array[] {
  const length = data.length / count;
  return Array.from({ length: count }, (_, row) => data.slice(row * length, (row + 1) * length));
}
