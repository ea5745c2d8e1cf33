/** @file One photo through the bundled model: the network alone, with vectors, and from the file's bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector } from '../src/detector/detector-node.ts';
import { readModel } from '../src/detector/model-directory-node.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import { preprocess } from '../src/image/preprocess.ts';
import { Random, seedFrom } from '../src/random/random.ts';
import { drawOutfit, randomOutfit } from '../src/studio/outfit.ts';
import { renderJpeg } from '../src/studio/render-node.ts';
import { describeTiming, time } from './stopwatch.ts';

const MODEL = fileURLToPath(new URL('../models/lite0-street13', import.meta.url));
const PHOTOS = 50;

export async function run(): Promise<void> {
  const files = await photoBytes();
  const engine = await openEngine(MODEL);
  const detector = await createDetector(await readModel(MODEL));
  const prepared = await Promise.all(
    files.map(async (bytes) => preprocess(await readPhoto(bytes), detector.preprocessing)),
  );
  const { height, width } = prepared[0];
  console.log(
    `  network alone, ${width} x ${height}: ${describeTiming(await time(PHOTOS, () => detector.detectPrepared(prepared[0]), 10))}`,
  );
  console.log(
    `  network alone, every photo: ${describeTiming(await time(PHOTOS, (i) => detector.detectPrepared(prepared[i % prepared.length]), 10))}`,
  );
  const fromFile = await time(PHOTOS, async (i) => {
    const photo = await readPhoto(files[i % files.length]);
    await engine.analyse(photo, { descriptor: 'garment' });
  });
  console.log(`  from file to garments and vectors: ${describeTiming(fromFile)}`);
}

async function photoBytes(): Promise<Buffer[]> {
  const data = process.env.DEEPSHOP_DATA;
  if (data !== undefined) {
    console.log('  photos: 25 flat lays and 25 street photos of DEEPSHOP_DATA');
    return ['cc0', 'ccp'].flatMap((name) => {
      const folder = join(data, name, 'images');
      return readdirSync(folder)
        .sort()
        .slice(0, PHOTOS / 2)
        .map((file) => readFileSync(join(folder, file)));
    });
  }
  console.log('  photos: drawn outfits, long side 640');
  const drawn: Buffer[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const scene = drawOutfit(randomOutfit(new Random(seedFrom(seed, 'bench')), { theme: 'demo', longSide: 640 }));
    drawn.push(Buffer.from(await renderJpeg(scene)));
  }
  return drawn;
}
