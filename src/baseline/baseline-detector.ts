/**
 * @file A baseline with a lifetime: photos go in, one detection each comes out.
 *
 * The detection is the box, and of the classes (the background is none) the likeliest with its probability. A photo without
 * a garment gets a detection too, of a low score where the network has learnt from such photos.
 */
import type { Compile, DetectedGarments } from '../detector/detector.ts';
import { toPhotoBoxes } from '../detector/detector.ts';
import { softmax } from '../graph/arithmetic.ts';
import { input } from '../graph/value.ts';
import type { Photo } from '../image/photo.ts';
import { type PreparedPhoto, type PreprocessingConfig, preprocess } from '../image/preprocess.ts';
import type { Parameters } from '../nn/parameters.ts';
import type { Session } from '../onnx/session.ts';
import { tensor } from '../tensor/tensor.ts';
import type { BaselineConfig } from './config.ts';
import { baselineNetwork } from './network.ts';

/** All that a baseline is made of. */
export interface BaselineParts {
  readonly config: BaselineConfig;
  /** Squashes to the side that the configuration has. */
  readonly preprocessing: PreprocessingConfig;
  readonly parameters: Parameters;
}

export class BaselineDetector {
  readonly preprocessing: PreprocessingConfig;
  readonly #session: Session;

  private constructor({ preprocessing }: BaselineParts, session: Session) {
    this.preprocessing = preprocessing;
    this.#session = session;
  }

  static async create(parts: BaselineParts, compile: Compile): Promise<BaselineDetector> {
    const { config, parameters } = parts;
    const answer = baselineNetwork(config).answer(input('pixels', 'float32', [1, 3, config.side, config.side]));
    const outputs = { scores: softmax(answer.classLogits), boxes: answer.boxes };
    return new BaselineDetector(parts, await compile({ outputs, bindings: parameters }));
  }

  /** The garment of one photo. Calls may overlap. */
  detect(photo: Photo): Promise<{ readonly detections: DetectedGarments }> {
    return this.detectPrepared(preprocess(photo, this.preprocessing));
  }

  /** The same for a photo that is a tensor already, by this detector's preprocessing. */
  async detectPrepared(prepared: PreparedPhoto): Promise<{ readonly detections: DetectedGarments }> {
    const { height, width, pixels } = prepared;
    const found = await this.#session.run({ pixels: tensor('float32', [1, 3, height, width], pixels) });
    const [scores, box] = [found.scores!.data as Float32Array, found.boxes!.data as Float32Array];
    const classScores = scores.subarray(1);
    const best = classScores.indexOf(Math.max(...classScores));
    return {
      detections: {
        boxes: toPhotoBoxes(
          inOrder(box).map((edge, at) => edge * (at % 2 === 0 ? width : height)),
          prepared,
        ),
        labels: Int32Array.of(best + 1),
        scores: Float32Array.of(classScores[best]),
      },
    };
  }

  /** Frees the session; the detector cannot be used after it. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Nothing keeps a network from naming the right edge first. */
const inOrder = ([x1, y1, x2, y2]: Float32Array): Float32Array =>
  Float32Array.of(Math.min(x1!, x2!), Math.min(y1!, y2!), Math.max(x1!, x2!), Math.max(y1!, y2!));
