/**
 * @file Pictures without garments in which a model shows one: drawn rooms and tables of the demo's theme, which no training
 * picture has, parts of photos that no box covers, and folders of other pictures.
 *
 *     npx tsx benchmarks/false-alarms.ts --model DIR [--drawn 100] [--data PREPARED...] [--pictures FOLDER...] [--keep DIR]
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openDataset } from '../src/dataset/dataset-node.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { drawBackground } from '../src/image/background.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import type { Photo } from '../src/image/photo.ts';
import { savedPhoto } from '../src/image/rephotograph-node.ts';
import { warpInto } from '../src/image/warp.ts';
import { Random, seedFrom } from '../src/random/random.ts';
import { drawEmptyScene } from '../src/studio/empty-scene.ts';
import { renderJpeg } from '../src/studio/render-node.ts';

const several = { type: 'string', multiple: true, default: [] as string[] } as const;
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/lite0-street13' },
    drawn: { type: 'string', default: '100' },
    data: several,
    pictures: several,
    keep: { type: 'string' },
  },
});
const partsAPhoto = 4;
const partSize = { width: 320, height: 400 };
const seed = 9;

interface Picture {
  readonly name: string;
  readonly photo: Photo;
}

async function* drawnPictures(): AsyncGenerator<Picture> {
  for (let index = 0; index < Number(values.drawn); index++) {
    const scene = drawEmptyScene(new Random(seedFrom(seed, 'empty', index)), { theme: 'demo', longSide: 480 });
    yield { name: `drawn ${index}`, photo: await readPhoto(await renderJpeg(scene)) };
  }
}

/** Of each photo of the val side a few parts, where there are bare ones. */
async function* partsOf(directory: string): AsyncGenerator<Picture> {
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

async function* picturesOf(folder: string): AsyncGenerator<Picture> {
  for (const name of (await readdir(folder)).sort()) yield { name, photo: await readPhoto(join(folder, name)) };
}

const engine = await openEngine(values.model);
const sources: [string, AsyncGenerator<Picture>][] = [
  ['drawn, of the demo', drawnPictures()],
  ...values.data.map((directory): [string, AsyncGenerator<Picture>] => [
    `parts of ${directory}, val`,
    partsOf(directory),
  ]),
  ...values.pictures.map((folder): [string, AsyncGenerator<Picture>] => [folder, picturesOf(folder)]),
];
let [all, alarms] = [0, 0];
for (const [source, pictures] of sources) {
  let count = 0;
  const seen: string[] = [];
  for await (const { name, photo } of pictures) {
    count += 1;
    const shown = await engine.detect(photo);
    if (shown.length === 0) continue;
    seen.push(`${name}: ${shown.map(({ label, score }) => `${label} ${score.toFixed(2)}`).join(', ')}`);
    if (values.keep === undefined) continue;
    await mkdir(values.keep, { recursive: true });
    const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
    const png = await sharp(photo.pixels, { raw }).png().toBuffer();
    await writeFile(join(values.keep, `${name.replaceAll(/\W+/g, '-')}.png`), png);
  }
  console.log(`${source}: ${seen.length} of ${count} pictures show a garment`);
  for (const line of seen) console.log(`  ${line}`);
  all += count;
  alarms += seen.length;
}
console.log(`all: ${alarms} of ${all}, ${((100 * alarms) / Math.max(1, all)).toFixed(1)} % (goal: under 2 %)`);
await engine.release();
