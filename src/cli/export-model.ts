/** @file Writes a model as one ONNX file, once the file has shown that it gives what the model gives. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mapsOf } from '../detector/descriptors.ts';
import { type DetectorAnswer, toPhotoBoxes, toTensorBoxes } from '../detector/detector.ts';
import { createDetector } from '../detector/detector-node.ts';
import { type LoadedModel, readModel } from '../detector/model-directory-node.ts';
import { exportGraph } from '../embedding/export-graph.ts';
import { regionGraph } from '../embedding/region-graph.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { nodesOf } from '../graph/value.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Photo } from '../image/photo.ts';
import { preprocess } from '../image/preprocess.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { foldConstants } from '../onnx/fold-constants.ts';
import { compile, openSession } from '../onnx/session-node.ts';
import { demoQuery } from '../studio/catalogue.ts';
import { drawOutfit } from '../studio/outfit.ts';
import { renderPhoto } from '../studio/render-node.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { unwritable } from './output-files.ts';

export interface ExportReport {
  readonly file: string;
  readonly bytes: number;
  readonly nodes: number;
  /** Detections of the test photo, all of which agree. */
  readonly comparedDetections: number;
}

/**
 * Exports a model directory. The file appears only when it agrees with the model: boxes within 0.01 pixels, the same
 * labels, scores within 1e-4, vectors within 1e-4.
 *
 * @param picture path or bytes of a photo to compare on; without it one is drawn
 */
export async function exportModel(
  directory: string,
  file: string,
  picture?: string | Uint8Array,
): Promise<ExportReport> {
  await requireFileName(file);
  const model = await readModel(directory);
  const photo = picture === undefined ? await drawnPhoto() : await readPhoto(picture);
  const definition = await foldConstants(exportGraph(model), compile);
  const { bytes } = encodeOnnx(definition);
  let comparedDetections = 0;
  const comparing = async () => {
    comparedDetections = await compare(model, bytes, photo, file);
  };
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomically(file, bytes, comparing);
  } catch (cause) {
    if (cause instanceof DeepShopError) throw cause;
    throw unwritable(file, cause, 'Name a file in a folder that can be written to with --out.');
  }
  return { file, bytes: bytes.length, nodes: nodesOf(Object.values(definition.outputs)).length, comparedDetections };
}

/** The system's word for a folder in place of a file would come only after all the work. */
async function requireFileName(file: string): Promise<void> {
  const isFolder = /[/\\]$/.test(file) || (await stat(file).catch(() => null))?.isDirectory() === true;
  if (!isFolder) return;
  const facts = { where: `--out ${file}`, expected: 'the name of a file', got: 'a folder' };
  throw new UsageError('a folder cannot be the ONNX file', {
    ...facts,
    cure: `Try --out ${join(file, 'model.onnx')}.`,
  });
}

function drawnPhoto(): Promise<Photo> {
  return renderPhoto(drawOutfit(demoQuery(1).scene));
}

/** What is compared: boxes in pixels of the photo. */
interface Answer {
  readonly boxes: Float32Array;
  readonly labels: Int32Array;
  readonly scores: Float32Array;
  /** Empty where the model has no garment descriptor. */
  readonly vectors: Float32Array;
}

const tolerances = { boxes: 0.01, labels: 0, scores: 1e-4, vectors: 1e-4 } as const;

/** @returns how many detections agree */
async function compare(model: LoadedModel, bytes: Uint8Array, photo: Photo, file: string): Promise<number> {
  const wanted = await answerOfModel(model, photo);
  const found = await answerOfFile(bytes, model, photo);
  if (wanted.scores.length === 0) {
    throw new DeepShopError('export-unproven', 'the model finds nothing on the test photo, which would prove nothing', {
      where: file,
      expected: 'at least one detection to compare',
      cure: 'Give a photo with garments by --photo.',
    });
  }
  for (const part of ['scores', 'labels', 'boxes', 'vectors'] as const) {
    const difference = largestDifference(wanted[part], found[part]);
    if (difference <= tolerances[part]) continue;
    throw new DeepShopError('export-differs', `the file's ${part} are not the model's`, {
      where: file,
      expected: `a difference of at most ${tolerances[part]}`,
      got: String(difference),
      cure: 'This is a fault of deep-shopping; please report it. Nothing was written.',
    });
  }
  return wanted.scores.length;
}

async function answerOfModel(model: LoadedModel, photo: Photo): Promise<Answer> {
  const { garment } = model.descriptors;
  const detector = await createDetector(model, { features: garment === undefined ? [] : mapsOf(garment) });
  const answer = await detector.detect(photo);
  await detector.release();
  return { ...answer.detections, vectors: garment === undefined ? new Float32Array(0) : await embed(answer, model) };
}

async function embed({ detections, features, prepared }: DetectorAnswer, model: LoadedModel): Promise<Float32Array> {
  const session = await compile(regionGraph(model.descriptors.garment!, model));
  const boxes = toTensorBoxes(detections.boxes, prepared);
  const feeds = { ...features, boxes: { dtype: 'float32', shape: [boxes.length / 4, 4], data: boxes } } as const;
  const { vectors } = await session.run(feeds);
  await session.release();
  return vectors!.data as Float32Array;
}

async function answerOfFile(bytes: Uint8Array, model: LoadedModel, photo: Photo): Promise<Answer> {
  const prepared = preprocess(photo, model.preprocessing);
  const { pixels, height, width, imageHeight, imageWidth } = prepared;
  const feeds: Record<string, Tensor> = {
    pixels: { dtype: 'float32', shape: [1, 3, height, width], data: pixels },
    imageSizes: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(imageHeight, imageWidth) },
  };
  const session = await openSession(bytes);
  const { boxes, labels, scores, vectors } = await session.run(feeds);
  await session.release();
  return {
    boxes: toPhotoBoxes(boxes!.data as Float32Array, prepared),
    labels: Int32Array.from(labels!.data, Number),
    scores: scores!.data as Float32Array,
    vectors: (vectors?.data as Float32Array | undefined) ?? new Float32Array(0),
  };
}

/** Infinity where the counts differ or a number is none. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest;
}
