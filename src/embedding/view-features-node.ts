/**
 * @file What a detector says of boxes before a learned head: read once a view, kept in halves, so that training the head
 * does not run the detector again.
 *
 * Shapes: C channels, S places along a side, H hidden numbers (`vector-head.ts`).
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { type LearnedDescriptor, mapsOf } from '../detector/descriptors.ts';
import { featureMap, toTensorBoxes } from '../detector/detector.ts';
import type { Model } from '../detector/model-directory.ts';
import { detectorNetwork } from '../detector/network.ts';
import { vectorHeadExtents, vectorHeadInputs } from '../detector/vector-head.ts';
import { input, UNKNOWN } from '../graph/value.ts';
import type { PreparedPhoto } from '../image/preprocess.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { floatsFromHalves, halvesFromFloats } from '../weights/float16.ts';

/** What the head reads of a number of views, one after the other. */
export class ViewFeatures {
  /** Numbers of a view's places (C x S x S), and hidden ones. */
  readonly #extents: readonly [places: number, hidden: number];
  readonly #views: Uint16Array[] = [];

  constructor(definition: LearnedDescriptor, { config }: Pick<Model, 'config'>) {
    const { channels, size, hidden } = vectorHeadExtents(definition, config);
    this.#extents = [channels * size * size, hidden];
  }

  get count(): number {
    return this.#views.length;
  }

  /** @returns the index of the view */
  add(view: BoxFeatures): number {
    const [numPlaces] = this.#extents;
    const halves = new Uint16Array(numPlaces + view.hidden.length);
    halves.set(halvesFromFloats(view.places), 0);
    halves.set(halvesFromFloats(view.hidden), numPlaces);
    return this.#views.push(halves) - 1;
  }

  /** Views by index, as the head's two inputs. */
  gather(indices: readonly number[]): BoxFeatures {
    const [numPlaces, numHidden] = this.#extents;
    const places = new Float32Array(indices.length * numPlaces);
    const hidden = new Float32Array(indices.length * numHidden);
    for (const [row, index] of indices.entries()) {
      const view = floatsFromHalves(this.#views[index]);
      places.set(view.subarray(0, numPlaces), row * numPlaces);
      hidden.set(view.subarray(numPlaces), row * numHidden);
    }
    return { places, hidden };
  }
}

/** The head's inputs for one box or more. */
export interface BoxFeatures {
  /** `[R, C, S, S]` float32 */
  readonly places: Float32Array;
  /** `[R, H]` float32 */
  readonly hidden: Float32Array;
}

export interface FeatureReader {
  /** Of one box, in pixels of the photo. */
  read(prepared: PreparedPhoto, box: BoxTuple): Promise<BoxFeatures>;
  release(): Promise<void>;
}

/** The part of a detector that a learned descriptor stands on: no proposals, no detections. */
export async function openFeatureReader(
  { config, parameters }: Pick<Model, 'config' | 'parameters'>,
  definition: LearnedDescriptor,
  options: SessionOptions = {},
): Promise<FeatureReader> {
  const pixels = input('pixels', 'float32', [1, 3, UNKNOWN, UNKNOWN]);
  const boxes = input('boxes', 'float32', [UNKNOWN, 4]);
  const features = detectorNetwork(config).features(pixels);
  const maps = Object.fromEntries(mapsOf(definition).map((name) => [name, featureMap(features, config, name)]));
  const { places, hidden } = vectorHeadInputs(maps, boxes, definition, config);
  const session = await compile({ outputs: { places, hidden }, bindings: parameters }, options);
  return {
    async read(prepared, box) {
      const { pixels: data, height, width } = prepared;
      const tensorBox = toTensorBoxes(Float32Array.from(box), prepared);
      const read = await session.run({
        pixels: { dtype: 'float32', shape: [1, 3, height, width], data },
        boxes: { dtype: 'float32', shape: [1, 4], data: tensorBox },
      });
      return { places: read.places.data as Float32Array, hidden: read.hidden.data as Float32Array };
    },
    release: () => session.release(),
  };
}
