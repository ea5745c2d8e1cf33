/** @file For tests: a data set of drawn rectangles and a recipe so small that a step takes milliseconds. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../src/random/random.ts';
import { prepareCoco } from './coco-sets.ts';

const SIDE = 64;

/** Photos with one red or blue rectangle each, three of four to train on, prepared in `directory`/prepared. */
export async function writeTinyDataset(directory: string, count = 16): Promise<string> {
  const images = join(directory, 'images');
  await mkdir(images, { recursive: true });
  const random = new Random(5);
  const coco = {
    images: [] as object[],
    annotations: [] as object[],
    categories: [
      { id: 1, name: 'red' },
      { id: 2, name: 'blue' },
    ],
  };
  const split: Record<string, string> = {};
  for (let id = 1; id <= count; id++) {
    const [x, y, width, height] = [random.below(20), random.below(20), 20 + random.below(24), 20 + random.below(24)];
    const label = 1 + (id % 2);
    const fill = label === 1 ? '#c03020' : '#2040b0';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%" fill="#ddd"/><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/></svg>`;
    const file_name = `photo-${id}.png`;
    await sharp(Buffer.from(svg)).png().toFile(join(images, file_name));
    split[file_name] = id > 0.75 * count ? 'val' : 'train';
    coco.images.push({ id, file_name, width: SIDE, height: SIDE });
    coco.annotations.push({
      id,
      image_id: id,
      category_id: label,
      bbox: [x, y, width, height],
      area: width * height,
      iscrowd: 0,
    });
  }
  const annotations = join(directory, 'annotations.json');
  await writeFile(annotations, JSON.stringify(coco));
  await writeFile(join(directory, 'split.json'), JSON.stringify(split));
  const out = join(directory, 'prepared');
  await prepareCoco({ annotations, images, split: join(directory, 'split.json'), out });
  return out;
}

/** @param changes replace or add top-level keys */
export function tinyRecipe(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    formatVersion: 1,
    name: 'tiny',
    detector: {
      trunk: 'lite0',
      fpn: { strides: [16, 32], width: 16, pooledLevel: false },
      anchors: { sizes: [[24], [40]] },
      rpn: { batchSize: 32, preNmsTop: { train: 40, test: 40 }, postNmsTop: { train: 20, test: 20 } },
      boxHead: { hidden: [32], batchSize: 16 },
    },
    preprocessing: { resize: { kind: 'long-side', longSide: SIDE }, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    frozenStages: 4,
    batchSize: 2,
    canvases: [{ height: SIDE, width: SIDE }],
    steps: 8,
    optimizer: { kind: 'sgd' },
    learningRate: 0.01,
    learningRateSchedule: { kind: 'cosine', warmupSteps: 2 },
    averageDecay: 0.9,
    validateEveryEpochs: 100,
    checkpointEverySteps: 2,
    seed: 3,
    ...changes,
  };
}

/** The same for the five-layer baseline. @param changes replace or add top-level keys */
export function tinyBaselineRecipe(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { detector: _, ...rest } = tinyRecipe();
  return {
    ...rest,
    name: 'tiny-baseline',
    baseline: { channels: [8, 16, 16, 32, 32], hidden: 32, alpha: 1e-5 },
    preprocessing: { resize: { kind: 'squash', side: SIDE }, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    frozenStages: 0,
    batchSize: 8,
    optimizer: { kind: 'adamw', weightDecay: 0 },
    augmentation: { flip: 0.5, zoom: null, stretch: 1, rotation: null, perspective: null, copyPaste: null },
    ...changes,
  };
}
