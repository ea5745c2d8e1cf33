/**
 * @file The bundled model in Chromium: time to load it, and time a photo, with one thread and two, beside Node on the same photos.
 *
 *     npx tsx benchmarks/web/device.ts [--photos 12]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { readPhoto } from '../../src/image/decode-node.ts';
import { Random, seedFrom } from '../../src/random/random.ts';
import { drawOutfit, randomOutfit } from '../../src/studio/outfit.ts';
import { launchBrowser } from '../../tests/browser.ts';
import { openDeviceServer } from '../../tests/device-server.ts';
import { describeTiming, time } from '../stopwatch.ts';

interface DeviceTimes {
  readonly stages: Readonly<Record<string, number>>;
  readonly cachedMs: number;
  readonly threads: number;
  readonly findMs: readonly number[];
  readonly embedMs: readonly number[];
}

const { values } = parseArgs({ options: { photos: { type: 'string', default: '12' } } });
const numPhotos = Number(values.photos);
console.log(`${cpus().length} x ${cpus()[0]?.model}, node ${process.version}, load ${loadavg()[0]?.toFixed(2)}`);

const pictures: Buffer[] = [];
for (let seed = 0; seed < numPhotos; seed++) {
  const { svg } = drawOutfit(randomOutfit(new Random(seedFrom(seed, 'bench')), { theme: 'demo', longSide: 640 }));
  pictures.push(await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png().toBuffer());
}
const server = await openDeviceServer();
const photos = await Promise.all(pictures.map((png) => readPhoto(png)));
const inNode = await time(numPhotos, (index) => server.engine.analyse(photos[index], { descriptor: 'garment' }));
console.log(`node, pixels to garments and vectors: ${describeTiming(inNode)}`);

const browser = await launchBrowser();
console.log(`chromium ${browser.version()}`);
for (const threads of [1, 2]) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  const pngs = JSON.stringify(pictures.map((png) => png.toString('base64')));
  const times: DeviceTimes = await page.evaluate(`(async () => {
    const stages = {};
    const started = performance.now();
    const first = await DeviceFinder.load({
      threads: ${threads},
      onProgress: ({ stage }) => { stages[stage] ??= performance.now() - started; },
    });
    stages.loaded = performance.now() - started;
    first.release();
    const again = performance.now();
    const finder = await DeviceFinder.load({ threads: ${threads} });
    const cachedMs = performance.now() - again;
    const bitmaps = [];
    for (const png of ${pngs}) {
      const file = new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]);
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      const bitmap = await createImageBitmap(file);
      Object.assign(canvas.canvas, { width: bitmap.width, height: bitmap.height });
      canvas.drawImage(bitmap, 0, 0);
      bitmaps.push(canvas.getImageData(0, 0, bitmap.width, bitmap.height));
    }
    const [findMs, embedMs] = [[], []];
    for (let round = -3; round < bitmaps.length; round++) {
      const begun = performance.now();
      const { photo } = await finder.find(bitmaps[Math.max(round, 0)]);
      const found = performance.now();
      await finder.describe(photo, [[40, 40, 200, 300]]);
      if (round < 0) continue;
      findMs.push(found - begun);
      embedMs.push(performance.now() - found);
    }
    const { model } = finder;
    finder.release();
    return { stages, cachedMs, threads: model.threads, findMs, embedMs };
  })()`);
  const { stages, cachedMs, findMs, embedMs } = times;
  const since = Object.entries(stages).map(([stage, ms]) => `${stage} ${Math.round(ms)} ms`);
  console.log(
    `threads ${times.threads}: ${since.join(', ')} after the start; from the cache ${Math.round(cachedMs)} ms`,
  );
  console.log(`  pixels to garments and vectors: ${median(findMs)} ms; a drawn box: ${median(embedMs)} ms`);
  await page.context().close();
}
await browser.close();
await server.close();

function median(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]?.toFixed(1) ?? '';
}
