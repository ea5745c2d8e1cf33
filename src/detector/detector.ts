/**
 * @file A detector with a lifetime: photos go in, garments and feature maps come out.
 *
 * What compiles the graph is given by the caller, so that this runs in Node and in a browser alike.
 *
 * Shapes: D detections.
 */
import { assert } from '../errors/assert.ts';
import type { Value } from '../graph/value.ts';
import type { Photo } from '../image/photo.ts';
import { type PreparedPhoto, type PreprocessingConfig, preprocess } from '../image/preprocess.ts';
import type { Parameters } from '../nn/parameters.ts';
import { trunkStrides } from '../nn/trunks/trunk.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import type { Session, SessionOptions } from '../onnx/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { DetectorConfig } from './config.ts';
import type { ScoreCalibration } from './detect-graph.ts';
import { inferenceGraph } from './inference-graph.ts';
import { detectorNetwork, type FeatureMaps } from './network.ts';

/** All that a detector is made of. */
export interface DetectorParts {
  readonly config: DetectorConfig;
  readonly preprocessing: PreprocessingConfig;
  readonly parameters: Parameters;
  /** Scores stay as they are when left out. */
  readonly calibration?: ScoreCalibration | undefined;
}

/** From a graph to something that runs it, on as many threads as its maker was told unless a number is asked for. */
export type Compile = (definition: GraphDefinition, options?: Pick<SessionOptions, 'threads'>) => Promise<Session>;

/** `C2` to `C5` of the trunk, `P2` and up of the pyramid: each of stride 2 to the number. */
export type FeatureName = `C${number}` | `P${number}`;

/** What was found in one photo. */
export interface DetectedGarments {
  /** `[D, 4]` float32 boxes in pixels of the photo, within it, best first */
  readonly boxes: Float32Array;
  /** `[D]` int32, 1 and more */
  readonly labels: Int32Array;
  /** `[D]` float32 in `[0, 1]` */
  readonly scores: Float32Array;
}

export interface DetectorAnswer {
  readonly detections: DetectedGarments;
  /** `[1, C, H / stride, W / stride]` float32 of each map that was asked for when the detector was created. */
  readonly features: Readonly<Record<FeatureName, Tensor>>;
  readonly prepared: PreparedPhoto;
}

export class Detector {
  readonly config: DetectorConfig;
  readonly preprocessing: PreprocessingConfig;
  readonly #session: Session;
  readonly #features: readonly FeatureName[];

  private constructor(parts: DetectorParts, session: Session, features: readonly FeatureName[]) {
    this.config = parts.config;
    this.preprocessing = parts.preprocessing;
    this.#session = session;
    this.#features = features;
  }

  /** @param features maps that {@link detect} hands out beside the detections */
  static async create(
    parts: DetectorParts,
    compile: Compile,
    { features = [] }: { readonly features?: readonly FeatureName[] } = {},
  ): Promise<Detector> {
    const session = await compile(detectorGraph(parts, features));
    return new Detector(parts, session, features);
  }

  /** Garments of one photo. Calls may overlap. */
  detect(photo: Photo): Promise<DetectorAnswer> {
    return this.detectPrepared(preprocess(photo, this.preprocessing));
  }

  /** The same for a photo that is a tensor already, by this detector's preprocessing. */
  async detectPrepared(prepared: PreparedPhoto): Promise<DetectorAnswer> {
    const answer = await this.#session.run(detectorFeeds(prepared));
    return {
      detections: {
        boxes: toPhotoBoxes(answer.boxes!.data as Float32Array, prepared),
        labels: Int32Array.from(answer.labels!.data as BigInt64Array, Number),
        scores: answer.scores!.data as Float32Array,
      },
      features: Object.fromEntries(this.#features.map((name) => [name, answer[name] as Tensor])),
      prepared,
    };
  }

  /** Frees the session; the detector cannot be used after it. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The first graph of a model: `pixels` and `imageSizes` in; `boxes`, `labels`, `scores` and the named maps out. */
function detectorGraph(
  { config, parameters, calibration }: DetectorParts,
  features: readonly FeatureName[],
): GraphDefinition {
  const graph = inferenceGraph(detectorNetwork(config), config, calibration);
  const maps = Object.fromEntries(features.map((name) => [name, featureMap(graph.features, config, name)]));
  return { outputs: { ...graph.detections, ...maps }, bindings: parameters };
}

/** One of a network's maps by its name. */
export function featureMap({ trunk, pyramid }: FeatureMaps, { fpn }: DetectorConfig, name: FeatureName): Value {
  const stride = 2 ** Number(name.slice(1));
  const value = name.startsWith('C')
    ? trunk[trunkStrides.indexOf(stride as 4)]
    : fpn === null
      ? undefined
      : pyramid[Math.log2(stride / fpn.strides[0])];
  assert(value !== undefined, `the network has no feature map ${name}`);
  return value;
}

function detectorFeeds({ pixels, height, width, imageHeight, imageWidth }: PreparedPhoto): Record<string, Tensor> {
  return {
    pixels: { dtype: 'float32', shape: [1, 3, height, width], data: pixels },
    imageSizes: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(imageHeight, imageWidth) },
  };
}

/** Boxes in pixels of the tensor to boxes in pixels of the photo, cut at its edges. */
export function toPhotoBoxes(boxes: Float32Array, prepared: PreparedPhoto): Float32Array {
  const { scaleX, scaleY } = prepared;
  const photoWidth = Math.round(prepared.imageWidth * scaleX);
  const photoHeight = Math.round(prepared.imageHeight * scaleY);
  return boxes.map((edge, at) =>
    at % 2 === 0 ? Math.min(Math.max(edge * scaleX, 0), photoWidth) : Math.min(Math.max(edge * scaleY, 0), photoHeight),
  );
}

/** Boxes in pixels of the photo to boxes in pixels of the tensor. */
export function toTensorBoxes(boxes: Float32Array, { scaleX, scaleY }: PreparedPhoto): Float32Array {
  return boxes.map((edge, at) => edge / (at % 2 === 0 ? scaleX : scaleY));
}
