/** @file Drawn pictures with their boxes as a COCO data set: extra pictures to train on, never from the demo's theme. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, seedFrom } from '../random/random.ts';
import type { Theme } from './cut.ts';
import { drawEmptyScene } from './empty-scene.ts';
import { drawFlatLay, randomFlatLay } from './flat-lay.ts';
import { drawOutfit, randomOutfit } from './outfit.ts';
import { renderJpeg } from './render-node.ts';
import type { DrawnScene } from './scene.ts';
import { type DrawnPhoto, writeCoco } from './write-coco-node.ts';

export interface TrainingSetOptions {
  readonly count: number;
  readonly seed: number;
  /** Pixels of the longer side. */
  readonly longSide?: number;
  /** Share of the pictures with garments that show a person; the others are flat lays. */
  readonly outfits?: number;
  /** Share of the pictures without a garment, so that a place or a cup is not taken for one. */
  readonly empty?: number;
  /** `demo` only to test on drawings that were not trained on. */
  readonly theme?: Theme;
  readonly onProgress?: (done: number) => void;
}

/** Pictures rendered at a time: sharp has threads of its own. */
const ABREAST = 2;

/** The scene of picture `index` of a set. */
function trainingScene(
  index: number,
  { seed, longSide = 480, outfits = 0.55, empty = 0.06, theme = 'training' }: Omit<TrainingSetOptions, 'count'>,
): DrawnScene {
  const random = new Random(seedFrom(seed, theme, 'picture', index));
  if (random.chance(empty)) return drawEmptyScene(random, { theme, longSide });
  return random.chance(outfits)
    ? drawOutfit(randomOutfit(random, { theme, longSide }))
    : drawFlatLay(randomFlatLay(random, { theme, longSide }));
}

/**
 * Writes `images/NNNNNN.jpg` and `annotations.json` (COCO, categories 1..13 in the order of `garmentLabels`).
 *
 * The same options give the same boxes, and the same JPEG bytes with the same version of sharp.
 *
 * @returns how many boxes were written
 */
export async function writeTrainingSet(
  dir: string,
  options: TrainingSetOptions,
): Promise<{ images: number; boxes: number }> {
  await mkdir(join(dir, 'images'), { recursive: true });
  const photos: DrawnPhoto[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < options.count; index = next++) {
      const scene = trainingScene(index, options);
      const name = `${String(index).padStart(6, '0')}.jpg`;
      const quality = 70 + (index % 5) * 5;
      await writeFile(join(dir, 'images', name), await renderJpeg(scene, quality));
      photos[index] = { name, scene };
      options.onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return writeCoco(dir, photos);
}
