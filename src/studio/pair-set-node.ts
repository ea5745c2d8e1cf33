/**
 * @file Drawn garments, each seen twice: worn by a person, and laid flat as a shop shows it; to learn a garment vector
 * from. As COCO, whose `pair_id` and `style` name the garments as DeepFashion2 does.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, seedFrom } from '../random/random.ts';
import { drawFlatLay } from './flat-lay.ts';
import type { GarmentSpec } from './garment.ts';
import { drawOutfit, randomOutfit } from './outfit.ts';
import { renderJpeg } from './render-node.ts';
import type { DrawnScene } from './scene.ts';
import { surfaces } from './surface.ts';
import { type DrawnPhoto, writeCoco } from './write-coco-node.ts';

export interface PairSetOptions {
  /** People; each gives some four garments, and as many flat lays. */
  readonly count: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/** People drawn at a time: sharp has threads of its own. */
const ABREAST = 2;

/**
 * Writes `images/NNNNNN-worn.jpg`, `images/NNNNNN-1.jpg`... and `annotations.json`. The same options give the same boxes,
 * and the same JPEG bytes with the same version of sharp. Nothing is of the demo's theme.
 */
export async function writePairSet(
  dir: string,
  { count, seed, onProgress }: PairSetOptions,
): Promise<{ readonly images: number; readonly boxes: number }> {
  await mkdir(join(dir, 'images'), { recursive: true });
  const photos: DrawnPhoto[][] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      photos[index] = await drawPerson(dir, index, seed);
      onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return writeCoco(dir, photos.flat());
}

/** A person, and what they wear. */
async function drawPerson(dir: string, index: number, seed: number): Promise<DrawnPhoto[]> {
  const random = new Random(seedFrom(seed, 'pairs', index));
  const scene = drawOutfit(randomOutfit(random, { theme: 'training', longSide: random.pick([480, 640]) }));
  const write = async (kind: string, drawn: DrawnScene, styles: readonly number[]): Promise<DrawnPhoto> => {
    const name = `${String(index + 1).padStart(6, '0')}-${kind}.jpg`;
    await writeFile(join(dir, 'images', name), await renderJpeg(drawn, Math.round(random.between(50, 92))));
    // One sender a person: a fold has all of its photos or none.
    return { name, sender: index + 1, scene: drawn, facts: styles.map((style) => ({ pair_id: index + 1, style })) };
  };
  const photos = [
    await write(
      'worn',
      scene,
      scene.garments.map((_, garment) => garment + 1),
    ),
  ];
  for (const [garment, { spec }] of scene.garments.entries()) {
    photos.push(await write(String(garment + 1), drawLaid(spec, random), [garment + 1]));
  }
  return photos;
}

function drawLaid(spec: GarmentSpec, random: Random): DrawnScene {
  const margin = random.between(0.04, 0.12);
  return drawFlatLay({
    ...{ width: 360, height: 480, seed: random.below(0x7fffffff) },
    surface: random.pick(surfaces.training),
    spots: [{ spec, rotate: random.between(-6, 6), region: [margin, margin, 1 - margin, 1 - margin] }],
  });
}
