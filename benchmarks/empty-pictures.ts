/**
 * @file Pictures without garments, of several kinds, and in how many of them an engine shows one: drawn rooms and tables of the
 * demo's theme, which no training picture has, parts of photos that no box covers, and folders of other pictures.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../src/dataset/dataset-node.ts';
import type { GarmentDetection, GarmentEngine } from '../src/embedding/descriptor.ts';
import { drawBackground } from '../src/image/background.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import type { Photo } from '../src/image/photo.ts';
import { savedPhoto } from '../src/image/rephotograph-node.ts';
import { warpInto } from '../src/image/warp.ts';
import { Random, seedFrom } from '../src/random/random.ts';
import { drawEmptyScene } from '../src/studio/empty-scene.ts';
import { renderJpeg } from '../src/studio/render-node.ts';

const partsAPhoto = 4;
const partSize = { width: 320, height: 400 };
const seed = 9;

export interface EmptyPicture {
  readonly name: string;
  readonly photo: Photo;
}

export interface FalseAlarm extends EmptyPicture {
  /** What is shown. */
  readonly shown: readonly GarmentDetection[];
}

export async function* drawnPictures(count: number): AsyncGenerator<EmptyPicture> {
  for (let index = 0; index < count; index++) {
    const scene = drawEmptyScene(new Random(seedFrom(seed, 'empty', index)), { theme: 'demo', longSide: 480 });
    yield { name: `drawn ${index}`, photo: await readPhoto(await renderJpeg(scene)) };
  }
}

/** Of each photo of the val side a few parts, where there are bare ones. */
export async function* partsOf(directory: string): AsyncGenerator<EmptyPicture> {
  for (const { photoPath, fileName, boxes, crowdBoxes } of (await openDataset(directory, 'val')).records) {
    const photo = await readPhoto(photoPath);
    const random = new Random(seedFrom(seed, fileName));
    for (let part = 1; part <= partsAPhoto; part++) {
      const { map, covered } = drawBackground(photo, Float32Array.from([...boxes, ...crowdBoxes]), partSize, random);
      if (covered > 0) continue;
      const frame = { ...partSize, pixels: new Float32Array(partSize.width * partSize.height * 3) };
      warpInto(frame, photo, map);
      yield { name: `${fileName}, part ${part}`, photo: await savedPhoto(frame, 90) };
    }
  }
}

export async function* picturesOf(folder: string): AsyncGenerator<EmptyPicture> {
  for (const name of (await readdir(folder)).sort()) yield { name, photo: await readPhoto(join(folder, name)) };
}

/** Those of the pictures in which garments are shown, at the model's own scores, and how many pictures there were. */
export async function findFalseAlarms(
  engine: Pick<GarmentEngine, 'detect'>,
  pictures: AsyncIterable<EmptyPicture>,
): Promise<{ readonly count: number; readonly alarms: readonly FalseAlarm[] }> {
  let count = 0;
  const alarms: FalseAlarm[] = [];
  for await (const picture of pictures) {
    count += 1;
    const shown = await engine.detect(picture.photo);
    if (shown.length > 0) alarms.push({ ...picture, shown });
  }
  return { count, alarms };
}
