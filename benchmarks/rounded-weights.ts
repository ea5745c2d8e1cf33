/** @file A model with its kernels in 32, 16 and 8 bits: size, metrics on val, agreement of vectors with those of 16 bits. */
import { boxAt } from '../src/boxes/boxes.ts';
import { openDataset } from '../src/dataset/dataset-node.ts';
import { createDetector, detectFiles } from '../src/detector/detector-node.ts';
import type { LoadedModel } from '../src/detector/model-directory-node.ts';
import { createLoadedEngine } from '../src/embedding/model-engine-node.ts';
import { parseCocoGroundTruth } from '../src/evaluation/coco-files.ts';
import { gatherDetections } from '../src/evaluation/columns.ts';
import { evaluateDetections } from '../src/evaluation/evaluate-detections.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import { sizeOf, type Tensor } from '../src/tensor/tensor.ts';
import { floatsFromHalves, halvesFromFloats } from '../src/weights/float16.ts';

const photosForVectors = 100;

export interface RoundedFigures {
  readonly bits: 32 | 16 | 8;
  readonly bytes: number;
  /** On val, in the order of the data sets. */
  readonly sets: readonly { readonly photos: number; readonly AP: number; readonly AP50: number }[];
  /** Cosines with the vectors that 16 bits give the same labelled boxes; null for 16 bits. */
  readonly agreement: { readonly boxes: number; readonly mean: number; readonly lowest: number } | null;
}

/**
 * @param halves the model as it is shipped
 * @param full its weights before they were rounded; null leaves 32 bits out
 * @param data prepared data sets
 */
export async function measureRoundedWeights(
  halves: LoadedModel,
  full: LoadedModel | null,
  data: readonly string[],
): Promise<RoundedFigures[]> {
  const bytes: LoadedModel = {
    ...halves,
    parameters: new Map(
      [...halves.parameters].map(([name, parameter]) => [
        name,
        isKernel(parameter) ? roundTo8Bits(parameter) : parameter,
      ]),
    ),
  };
  const figures: RoundedFigures[] = [];
  const measure = async (bits: RoundedFigures['bits'], model: LoadedModel) =>
    figures.push({
      bits,
      bytes: bytesOf(model, bits),
      sets: await precisionOn(model, data),
      agreement: model === halves ? null : await agreementOf(halves, model, data),
    });
  if (full !== null) await measure(32, full);
  await measure(16, halves);
  await measure(8, bytes);
  return figures;
}

/** Of a model's kernels: how many numbers are no halves, and how many would not be the other model's if they were made so. */
export function compareRounded(
  full: LoadedModel,
  halves: LoadedModel,
): { readonly numbers: number; readonly inexact: number; readonly others: number } {
  let [numbers, inexact, others] = [0, 0, 0];
  for (const [name, parameter] of full.parameters) {
    if (!isKernel(parameter)) continue;
    const rounded = floatsFromHalves(halvesFromFloats(parameter.data));
    const stored = halves.parameters.get(name)?.data;
    numbers += rounded.length;
    for (const [index, value] of rounded.entries()) {
      if (value !== parameter.data[index]) inexact += 1;
      if (value !== stored?.[index]) others += 1;
    }
  }
  return { numbers, inexact, others };
}

type Kernel = Tensor<'float32'>;

/** Kernels have two axes or more; the first is the output's. Vectors of numbers stay as they are. */
const isKernel = ({ shape }: Kernel): boolean => shape.length >= 2;

/** Symmetric, a scale a row: what a value becomes when it is stored in 8 bits and read again. */
function roundTo8Bits(kernel: Kernel): Kernel {
  const data = Float32Array.from(kernel.data);
  const rowLength = data.length / kernel.shape[0];
  for (let start = 0; start < data.length; start += rowLength) {
    const row = data.subarray(start, start + rowLength);
    const scale = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127;
    if (scale === 0) continue;
    for (const [index, value] of row.entries()) row[index] = Math.round(value / scale) * scale;
  }
  return { ...kernel, data };
}

/** In 8 bits each row has a scale of 32. */
function bytesOf({ parameters }: LoadedModel, bits: RoundedFigures['bits']): number {
  let bytes = 0;
  for (const parameter of parameters.values()) {
    const size = sizeOf(parameter.shape);
    bytes += isKernel(parameter) ? (size * bits) / 8 + (bits === 8 ? parameter.shape[0] * 4 : 0) : size * 4;
  }
  return bytes;
}

async function precisionOn(model: LoadedModel, data: readonly string[]): Promise<RoundedFigures['sets']> {
  const detector = await createDetector(model);
  const sets: RoundedFigures['sets'][number][] = [];
  for (const directory of data) {
    const { coco, records } = await openDataset(directory, 'val');
    const photos = await detectFiles(
      detector,
      records.map(({ photoPath }) => photoPath),
    );
    const { AP, AP50 } = evaluateDetections({
      groundTruth: parseCocoGroundTruth(coco, directory),
      detections: gatherDetections(photos),
    });
    sets.push({ photos: records.length, AP, AP50 });
  }
  await detector.release();
  return sets;
}

async function agreementOf(
  one: LoadedModel,
  other: LoadedModel,
  data: readonly string[],
): Promise<RoundedFigures['agreement']> {
  const engines = await Promise.all([createLoadedEngine(one), createLoadedEngine(other)]);
  const cosines: number[] = [];
  for (const directory of data) {
    const { records } = await openDataset(directory, 'val');
    for (const { photoPath, boxes } of records.slice(0, photosForVectors)) {
      const tuples = Array.from({ length: boxes.length / 4 }, (_, row) => boxAt(boxes, row));
      if (tuples.length === 0) continue;
      const photo = await readPhoto(photoPath);
      const [a, b] = await Promise.all(engines.map((engine) => engine.embedBoxes(photo, tuples, 'garment')));
      for (const [row, vector] of a.entries()) {
        cosines.push(vector.reduce((sum, value, index) => sum + value * b[row][index], 0));
      }
    }
  }
  await Promise.all(engines.map((engine) => engine.release()));
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  return { boxes: cosines.length, mean, lowest: Math.min(...cosines) };
}
