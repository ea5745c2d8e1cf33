/**
 * @file The bundled model on a graphics unit in Chromium: what WebGPU and wasm find in drawn photos beside Node, and their times.
 *
 *     CHROMIUM=/usr/bin/chromium npx tsx benchmarks/web/graphics.ts [--photos 24]
 *
 * Ends with 1 where WebGPU is not what answers, or answers otherwise than promised.
 */
import { parseArgs } from 'node:util';
import type { BoxTuple } from '../../src/boxes/boxes.ts';
import { pairwiseIou } from '../../src/boxes/iou.ts';
import { agreement, cosine } from '../../src/embedding/engine-check.ts';
import type { Photo } from '../../src/image/photo.ts';
import { Random, seedFrom } from '../../src/random/random.ts';
import { drawOutfit, randomOutfit } from '../../src/studio/outfit.ts';
import { renderPhoto } from '../../src/studio/render-node.ts';
import { launchBrowser } from '../../tests/browser.ts';
import { openDeviceServer } from '../../tests/device-server.ts';

const adapterScript = `navigator.gpu === undefined ? 'no WebGPU' : navigator.gpu.requestAdapter().then((adapter) =>
  adapter === null ? 'none' : [adapter.info.vendor, adapter.info.architecture, adapter.info.description].join(', '))`;

/** A garment as a page can hand it over. */
interface Garment {
  readonly box: BoxTuple;
  readonly label: string;
  readonly score: number;
  readonly vector: readonly number[];
}

interface Looked {
  readonly backend: string;
  readonly fallback: string | null;
  readonly loadMs: number;
  readonly findMs: readonly number[];
  readonly garments: readonly (readonly Garment[])[];
}

const { values } = parseArgs({ options: { photos: { type: 'string', default: '24' } } });
const photos: Photo[] = [];
for (let seed = 0; seed < Number(values.photos); seed++) {
  const outfit = randomOutfit(new Random(seedFrom(seed, 'graphics')), { theme: 'demo', longSide: 640 });
  photos.push(await renderPhoto(drawOutfit(outfit)));
}
const server = await openDeviceServer();
const inNode: Garment[][] = [];
for (const photo of photos) {
  const { detections } = await server.engine.analyse(photo, { descriptor: 'garment' });
  inNode.push(detections.map(({ box, label, score, vector }) => ({ box, label, score, vector: [...vector] })));
}
const browser = await launchBrowser([], true);
try {
  console.log(`chromium ${browser.version()}, ${photos.length} drawn photos, long side 640`);
  for (const prefer of ['wasm', 'webgpu'] as const) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url);
    if (prefer === 'webgpu') console.log(`adapter: ${await page.evaluate(adapterScript)}`);
    const looked: Looked = await page.evaluate(lookScript(prefer));
    console.log(`${prefer}: ${looked.backend} answered${looked.fallback === null ? '' : `; ${looked.fallback}`}`);
    console.log(
      `  loaded in ${Math.round(looked.loadMs)} ms; pixels to garments and vectors ${median(looked.findMs)} ms`,
    );
    const numMissed = compare(looked.garments);
    if (looked.backend !== prefer || numMissed > 0) process.exitCode = 1;
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.close();
}

/** Prints how near a browser's garments are to Node's, both ways, and counts those that are not there as promised. */
function compare(here: readonly (readonly Garment[])[]): number {
  let [numCompared, numMissed, lowestIou, lowestCosine] = [0, 0, 1, 1];
  for (const [index, found] of here.entries()) {
    for (const [wanted, given] of [
      [inNode[index], found],
      [found, inNode[index]],
    ]) {
      const boxes = Float32Array.from(given.flatMap(({ box }) => box));
      for (const { box, label, score, vector } of wanted) {
        if (score < server.engine.minScoreOf(label) + agreement.score) continue;
        const overlaps = pairwiseIou(Float32Array.from(box), boxes);
        const best = given.reduce(
          (best, each, place) =>
            each.label === label && overlaps[place] > best.iou ? { iou: overlaps[place], each } : best,
          { iou: 0, each: undefined as Garment | undefined },
        );
        const near = best.each === undefined ? 0 : cosine(vector, best.each.vector);
        numCompared += 1;
        if (best.iou < agreement.iou || near < agreement.cosine) numMissed += 1;
        [lowestIou, lowestCosine] = [Math.min(lowestIou, best.iou), Math.min(lowestCosine, near)];
      }
    }
  }
  console.log(
    `  garments compared with Node's, both ways: ${numCompared}; not there as promised: ${numMissed}; lowest IoU ${lowestIou.toFixed(4)}, lowest cosine ${lowestCosine.toFixed(5)}`,
  );
  return numMissed;
}

function lookScript(prefer: 'wasm' | 'webgpu'): string {
  const sent = photos.map(({ width, height, pixels }) => [width, height, Buffer.from(pixels).toString('base64')]);
  return `(async () => {
    const started = performance.now();
    const finder = await DeviceFinder.load({ prefer: '${prefer}', graphicsWaitMs: 120_000 });
    const loadMs = performance.now() - started;
    const pictures = ${JSON.stringify(sent)}.map(([width, height, base64]) => {
      const rgb = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
      for (let i = 0; i < width * height; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
      return new ImageData(rgba, width, height);
    });
    // The first photos of every shape compile its kernels.
    for (const picture of pictures) await finder.find(picture);
    const [findMs, garments] = [[], []];
    for (const picture of pictures) {
      const begun = performance.now();
      const found = await finder.find(picture);
      findMs.push(performance.now() - begun);
      garments.push(found.garments.map(({ box, label, score, vector }) => ({ box: [...box], label, score, vector: [...vector] })));
    }
    const { backend, fallback } = finder.model;
    finder.release();
    return { backend, fallback, loadMs, findMs, garments };
  })()`;
}

function median(times: readonly number[]): string {
  return times.toSorted((a, b) => a - b)[times.length >> 1]?.toFixed(1) ?? 'none';
}
