/**
 * @file The accuracy that Detectron logs: of the regions that training would sample from labelled photos, background
 * included, the share whose highest class is right.
 */
import type { DetectorParts } from '../detector/detector.ts';
import { toTensorBoxes } from '../detector/detector.ts';
import { detectorNetwork } from '../detector/network.ts';
import type { GroundTruth } from '../detector/rpn-targets.ts';
import { readPhoto } from '../image/decode-node.ts';
import { type PreparedPhoto, preprocess } from '../image/preprocess.ts';
import { compile } from '../onnx/session-node.ts';
import type { TrainingStep } from './trainable.ts';
import { compileStep } from './training-step.ts';

/** One photo and what is in it; boxes in pixels of the upright photo. */
export interface LabelledPhoto {
  readonly path: string;
  readonly truth: GroundTruth;
}

/**
 * Samples regions of every photo by the seed and counts. -1 where no region was sampled.
 *
 * @param onPhoto called after each photo with how many are done
 */
export async function roiAccuracy(
  parts: DetectorParts,
  photos: readonly LabelledPhoto[],
  { seed = 0, onPhoto }: { readonly seed?: number; readonly onPhoto?: ((done: number) => void) | undefined } = {},
): Promise<number> {
  const steps = new CanvasSteps(parts, photos);
  let [regions, correct] = [0, 0];
  for (const [index, { path, truth }] of photos.entries()) {
    const prepared = preprocess(await readPhoto(path), parts.preprocessing);
    const step = await steps.stepFor(prepared);
    const batch = {
      pixels: prepared.pixels,
      imageSizes: Int32Array.of(prepared.imageHeight, prepared.imageWidth),
      groundTruth: [
        {
          boxes: toTensorBoxes(truth.boxes, prepared),
          labels: truth.labels,
          crowdBoxes: toTensorBoxes(truth.crowdBoxes, prepared),
        },
      ],
    };
    const result = await step.run(batch, new Map(), seed + index);
    regions += result.regions;
    correct += result.correctRegions;
    onPhoto?.(index + 1);
  }
  await steps.release();
  return regions === 0 ? -1 : correct / regions;
}

/** Sizes whose graphs are kept; photos of a set have few. */
const keptSteps = 6;

/** A forward step a size of tensor, made when first needed; the one that was not used for longest makes room. */
class CanvasSteps {
  readonly #parts: DetectorParts;
  readonly #places: { readonly groundTruths: number; readonly crowds: number };
  readonly #steps = new Map<string, TrainingStep>();

  constructor(parts: DetectorParts, photos: readonly LabelledPhoto[]) {
    this.#parts = parts;
    this.#places = {
      groundTruths: photos.reduce((most, { truth }) => Math.max(most, truth.labels.length), 1),
      crowds: photos.reduce((most, { truth }) => Math.max(most, truth.crowdBoxes.length / 4), 1),
    };
  }

  async stepFor({ height, width }: PreparedPhoto): Promise<TrainingStep> {
    const key = `${height} x ${width}`;
    const known = this.#steps.get(key);
    const { config, parameters } = this.#parts;
    const step =
      known ??
      (await compileStep({
        network: detectorNetwork(config),
        config,
        shape: { batchSize: 1, height, width, ...this.#places },
        frozen: parameters,
        withGradients: false,
        compile,
      }));
    this.#steps.delete(key);
    this.#steps.set(key, step);
    if (this.#steps.size > keptSteps) {
      const [oldest, unused] = this.#steps.entries().next().value!;
      this.#steps.delete(oldest);
      await unused.release();
    }
    return step;
  }

  async release(): Promise<void> {
    for (const step of this.#steps.values()) await step.release();
    this.#steps.clear();
  }
}
