import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchBrowser } from '../../../tests/browser.ts';
import { type DeviceServer, openDeviceServer } from '../../../tests/device-server.ts';
import { encodeVector } from '../../api/encode-vector.ts';
import { pairwiseIou } from '../../boxes/iou.ts';
import { createClient } from '../../client/client.ts';
import type { GarmentDetection } from '../../embedding/descriptor.ts';
import { agreement, cosine } from '../../embedding/engine-check.ts';
import { readPhoto } from '../../image/decode-node.ts';
import type { Photo } from '../../image/photo.ts';
import { Random, seedFrom } from '../../random/random.ts';
import { factsSchema, type GarmentFacts, lookAtGarment } from '../../retrieval/garment-facts.ts';
import { classesFirst } from '../../retrieval/likely-classes.ts';
import { drawOutfit, randomOutfit } from '../../studio/outfit.ts';
import type { LoadProgress } from './messages.ts';

const numPhotos = 20;
/** Idle, all of it takes half a minute; on cores that others use, far longer. */
const patience = 240_000;

interface Found {
  readonly photo: number;
  readonly garments: readonly {
    box: [number, number, number, number];
    label: string;
    score: number;
    vector: number[];
    classes: string[];
    facts: GarmentFacts;
  }[];
}

describe.skipIf(!hasChromium)('a device', () => {
  let server: DeviceServer;
  let browser: Browser;
  /** Isolated, so with threads. Loaded by the first test that asks it. */
  let page: Page;
  const pictures: { readonly png: string; readonly photo: Photo }[] = [];
  beforeAll(async () => {
    for (let seed = 0; seed < numPhotos; seed++) {
      const random = new Random(seedFrom(seed, 'device'));
      const { svg } = drawOutfit(randomOutfit(random, { theme: seed % 2 === 0 ? 'demo' : 'training', longSide: 400 }));
      const png = await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png({ compressionLevel: 1 }).toBuffer();
      pictures.push({ png: png.toString('base64'), photo: await readPhoto(png) });
    }
    [server, browser] = await Promise.all([openDeviceServer(), launchBrowser()]);
    page = await openPage();
  }, patience);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A page of its own, with nothing in its cache. */
  async function openPage({ isIsolated = true } = {}): Promise<Page> {
    const opened = await (await browser.newContext()).newPage();
    if (!isIsolated) {
      await opened.route(`${server.url}/`, async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers() };
        delete headers['cross-origin-opener-policy'];
        delete headers['cross-origin-embedder-policy'];
        await route.fulfill({ response, headers });
      });
    }
    await opened.goto(server.url);
    return opened;
  }

  /** Runs with `finder`, which is loaded if it is not yet. */
  const inPage = <T>(where: Page, body: string, settings: object = {}): Promise<T> =>
    where.evaluate(`(async () => {
      const plain = (garments) => garments.map((garment) => ({ ...garment, vector: [...garment.vector] }));
      const bytesOf = (png) => new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]);
      const progress = (globalThis.progress ??= []);
      const load = (settings) => DeviceFinder.load({ onProgress: (each) => progress.push(each), ...settings });
      const finder = (globalThis.finder ??= await load(${JSON.stringify(settings)}));
      ${body}
    })()`);

  const find = (where: Page, png: string) =>
    inPage<Found>(
      where,
      `const { garments, ...found } = await finder.find(bytesOf(${JSON.stringify(png)})); return { ...found, garments: plain(garments) };`,
    );

  /** Reasons and classes as on the server: of the same pixels exactly, where a class is not at the edge of being likely. */
  function expectSameLooks(garments: Found['garments'], detections: readonly GarmentDetection[], photo: Photo): number {
    let numCompared = 0;
    const boxes = Float32Array.from(detections.flatMap(({ box }) => [...box]));
    for (const { box, label, classes, facts } of garments) {
      expect(facts).toEqual(lookAtGarment(photo, box, factsSchema));
      const overlaps = pairwiseIou(Float32Array.from(box), boxes);
      const same = detections.find((other, at) => other.label === label && overlaps[at]! >= agreement.iou);
      if (same === undefined || isAtEdge(same)) continue;
      expect(classes).toEqual(classesFirst(same, 'garment'));
      numCompared += 1;
    }
    return numCompared;
  }

  /** Scores of both sides may differ by as much as this. */
  function isAtEdge({ score, alternatives = [] }: GarmentDetection): boolean {
    return alternatives.some((other) => Math.abs(other.score - score / 2) < agreement.score);
  }

  test('reaches nothing of Node', async () => {
    const names = (await readdir(server.webFolder, { recursive: true })).filter((name) => /\.js$/.test(name));
    expect(names.some((name) => name.includes('garment-worker'))).toBe(true);
    for (const name of names) {
      const script = await readFile(join(server.webFolder, name), 'utf8');
      expect([name, /vite-browser-external|from\s*["'`]node:/.exec(script)?.[0]]).toEqual([name, undefined]);
    }
  });

  async function expectAgreement(where: Page): Promise<void> {
    let numCompared = 0;
    let numLooks = 0;
    for (const [index, { png, photo }] of pictures.entries()) {
      const { detections } = await server.engine.analyse(photo, { descriptor: 'garment' });
      const { garments } = await find(where, png);
      numLooks += expectSameLooks(garments, detections, photo);
      const sides = [
        [detections, garments],
        [garments, detections],
      ] as const;
      for (const [wanted, given] of sides) {
        const boxes = Float32Array.from(given.flatMap(({ box }) => [...box]));
        for (const { box, label, score, vector } of wanted) {
          if (score < server.engine.minScoreOf(label) + agreement.score) continue;
          const overlaps = pairwiseIou(Float32Array.from(box), boxes);
          const same = given.findIndex((other, at) => other.label === label && overlaps[at]! >= agreement.iou);
          expect(same, `photo ${index}: ${label} ${score} at ${box}`).toBeGreaterThanOrEqual(0);
          expect(cosine(given[same]!.vector, vector)).toBeGreaterThan(agreement.cosine);
          numCompared += 1;
        }
      }
    }
    expect(numCompared).toBeGreaterThan(2 * numPhotos);
    expect(numLooks).toBeGreaterThan(numPhotos);
  }

  test(
    'finds what Node finds, with the same vectors, in two threads',
    async () => {
      const model = await inPage<object>(page, 'return finder.model;', { threads: 2 });
      expect(model).toMatchObject({ threads: 2, backend: 'wasm', isFromCache: false, fallback: null });
      await expectAgreement(page);
    },
    patience,
  );

  test(
    'does so in one thread where the page is not isolated, and on wasm where there is no WebGPU',
    async () => {
      const plain = await openPage({ isIsolated: false });
      const model = await inPage<object>(plain, 'return finder.model;', { threads: 2, prefer: 'webgpu' });
      expect(model).toMatchObject({ threads: 1, backend: 'wasm', fallback: expect.stringContaining('WebGPU') });
      await expectAgreement(plain);
      await plain.context().close();
    },
    patience,
  );

  test(
    'uses WebGPU that answers as the server does, and wasm where it fails or hangs',
    async ({ skip }) => {
      const software = await launchBrowser([
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
      ]);
      try {
        const opened = await (await software.newContext()).newPage();
        await opened.goto(server.url);
        const adapter = `'gpu' in navigator && 'Suspending' in WebAssembly && navigator.gpu.requestAdapter().then((it) => it !== null)`;
        if (!(await opened.evaluate(adapter))) skip('this Chromium has no WebGPU in software');
        const load = `finder.release(); globalThis.finder = undefined; return finder.model;`;
        const model = await inPage<object>(opened, load, { prefer: 'webgpu', graphicsWaitMs: patience });
        expect(model).toMatchObject({ backend: 'webgpu', fallback: null });
        const slow = await inPage<object>(opened, load, { prefer: 'webgpu', graphicsWaitMs: 1 });
        expect(slow).toMatchObject({ backend: 'wasm', fallback: 'webgpu gave no answer in 1 ms', isFromCache: true });
        // There is an adapter, and nothing behind it.
        await opened.route('**/garment-worker*.js', async (route) => {
          const response = await route.fetch();
          const broken = `GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('the device is lost'));`;
          await route.fulfill({ response, body: `${broken}\n${await response.text()}` });
        });
        const fallen = await inPage<object>(opened, load, { prefer: 'webgpu' });
        expect(fallen).toMatchObject({ backend: 'wasm', fallback: expect.stringContaining('webgpu failed') });
      } finally {
        await software.close();
      }
    },
    patience,
  );

  test(
    'describes drawn boxes from the maps it kept, and lets go of old photos',
    async () => {
      const [{ png, photo: pixels }] = pictures as [(typeof pictures)[0]];
      const boxes = [
        [20, 30, 150, 210],
        [0, 0, pixels.width, pixels.height],
      ] as const;
      const { photo } = await find(page, png);
      const described = await inPage<{ vector: number[]; facts: GarmentFacts }[]>(
        page,
        `return plain(await finder.describe(${photo}, ${JSON.stringify(boxes)}));`,
      );
      const expected = await server.engine.embedBoxes(pixels, boxes, 'garment');
      for (const [index, { vector, facts }] of described.entries()) {
        expect(cosine(vector, expected[index]!)).toBeGreaterThan(agreement.cosine);
        expect(facts).toEqual(lookAtGarment(pixels, boxes[index]!, factsSchema));
      }
      for (const other of pictures.slice(1, 5)) await find(page, other.png);
      const code = `return finder.describe(${photo}, [[0, 0, 9, 9]]).catch((error) => error.code);`;
      expect(await inPage(page, code)).toBe('device-photo-forgotten');
    },
    patience,
  );

  test(
    'sends vectors that the server searches with; drops what was cancelled; names what is no picture',
    async () => {
      const file = `const file = bytesOf(${JSON.stringify(pictures[0]!.png)});`;
      const spaceId = await inPage<string>(page, 'return finder.model.space.spaceId;');
      const found = await find(page, pictures[0]!.png);
      const sent = found.garments.map(({ vector, box, label, classes, facts }) => ({
        ...{ vector: encodeVector(Float32Array.from(vector)), box },
        ...{ label, classes, facts },
      }));
      const { garments } = await createClient({ url: server.url }).search({ spaceId, garments: sent });
      expect(garments[0]?.items.length).toBeGreaterThan(0);
      const outcomes = await inPage<unknown[]>(
        page,
        `${file} const controller = new AbortController();
      const dropped = finder.find(file, { signal: controller.signal }).catch((error) => error.name);
      controller.abort();
      const text = finder.find(new Blob(['no picture'])).catch((error) => error.facts.cure);
      return [await dropped, await text, (await finder.find(file)).garments.length > 0];`,
      );
      expect(outcomes).toEqual(['AbortError', 'Choose another picture.', true]);
    },
    patience,
  );

  test(
    'counts what it fetches, and a second time needs no server',
    async () => {
      const progress = await inPage<LoadProgress[]>(page, 'return progress;');
      const loaded = progress.map(({ loadedBytes }) => loadedBytes);
      expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
      const end = progress.at(-1)!;
      expect([end.stage, end.loadedBytes]).toEqual(['check', end.totalBytes]);
      expect(end.totalBytes).toBeGreaterThan(20e6);
      await page.route('**/v1/**', (route) => route.abort());
      await page.route('**/*.wasm', (route) => route.abort());
      const again = `finder.release(); globalThis.finder = await load(); return globalThis.finder.model;`;
      expect(await inPage(page, again)).toMatchObject({ isFromCache: true, backend: 'wasm' });
      await page.unroute('**/v1/**');
      await page.unroute('**/*.wasm');
    },
    patience,
  );

  test(
    'does not use a model that answers otherwise, or another one than the server names',
    async () => {
      const refused = (name: string) =>
        inPage(
          page,
          `const cache = await caches.open('deep-shopping-device');
        for (const request of await cache.keys()) if (request.url.includes('${name}')) await cache.delete(request);
        return load().then(() => 'loaded', (error) => error.code + ': ' + error.facts.got);`,
        );
      await page.route('**/check.json', async (route) => {
        const response = await route.fetch();
        const check = await response.json();
        check.drawn[0].vector.reverse();
        await route.fulfill({ response, json: check });
      });
      expect(await refused('check.json')).toMatch(/^device-disagrees: wasm .* vector of \[36/);
      await page.route('**/weights.safetensors', (route) => route.fulfill({ body: 'not these' }));
      expect(await refused('weights.safetensors')).toMatch(/^device-download/);
      const cancelled = `const controller = new AbortController();
      const loading = load({ signal: controller.signal }).catch((error) => error.name);
      controller.abort();
      return loading;`;
      expect(await inPage(page, cancelled)).toBe('AbortError');
    },
    patience,
  );
});
