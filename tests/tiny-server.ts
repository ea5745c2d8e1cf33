/** @file For tests: a server of a small drawn shop, with the colour engine and an exact store on disk, and no port. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Scope } from '../src/api/endpoints.ts';
import { catalogueSchema } from '../src/catalogue/catalogue.ts';
import { readCatalogue } from '../src/catalogue/read-catalogue-node.ts';
import type { GarmentEngine } from '../src/embedding/descriptor.ts';
import { readPhotoWithin } from '../src/image/decode-node.ts';
import { factsSchema } from '../src/retrieval/garment-facts.ts';
import { indexCatalogue } from '../src/retrieval/index-catalogue-node.ts';
import { createApp } from '../src/server/app.ts';
import { createSearcher } from '../src/server/create-searcher.ts';
import { openEventLog } from '../src/server/event-log-node.ts';
import { createKey, KeyFile } from '../src/server/key-file-node.ts';
import { Metrics } from '../src/server/metrics.ts';
import { PhotoMemory } from '../src/server/photo-memory.ts';
import { createPictureStock } from '../src/server/picture-stock-node.ts';
import { QueryMemory } from '../src/server/query-memory.ts';
import { RateLimiter } from '../src/server/rate-limit.ts';
import { createPictureRenderer } from '../src/server/serve-picture-node.ts';
import type { ServerParts } from '../src/server/server-parts.ts';
import { openStoreAccess } from '../src/server/store-access-node.ts';
import { WorkQueue } from '../src/server/work-queue.ts';
import { writeItems } from '../src/server/write-items-node.ts';
import { openStoreForWriting } from '../src/stores/exact-store-node.ts';
import { createColourEngine } from './colour-engine.ts';

export type Colour = readonly [number, number, number];
/** What the shop sells: wide shapes are tees, tall ones trousers. */
export const wares = {
  'red-tee': { colour: [200, 30, 30], isTall: false, price: 20, brand: 'Acme' },
  'dark-red-tee': { colour: [150, 30, 30], isTall: false, price: 60, brand: 'Böhm & Co' },
  'blue-tee': { colour: [30, 30, 200], isTall: false, price: 30, brand: 'Acme' },
  'green-trousers': { colour: [30, 160, 30], isTall: true, price: 80, brand: 'Acme' },
  'blue-trousers': { colour: [30, 30, 200], isTall: true, price: 90, brand: 'Böhm & Co' },
} as const;

/** Shapes on white as a JPEG: wide ones from the top, tall ones below. */
export function drawPhoto(
  shapes: readonly {
    readonly colour: Colour;
    readonly isTall: boolean;
    readonly left?: number;
    readonly top?: number;
  }[],
  { width = 240, height = 320 } = {},
): Sharp {
  const canvas = sharp({ create: { width, height, channels: 3, background: '#ffffff' } });
  return canvas.composite(
    shapes.map(({ colour: [r, g, b], isTall, left = 60, top = 60 }) => ({
      input: {
        create: { width: isTall ? 60 : 120, height: isTall ? 140 : 80, channels: 3 as const, background: { r, g, b } },
      },
      left,
      top,
    })),
  );
}

/** A tee above trousers. */
export function outfitPhoto(): Promise<Buffer> {
  return drawPhoto([
    { colour: [200, 30, 30], isTall: false, top: 20 },
    { colour: [30, 30, 200], isTall: true, left: 90, top: 150 },
  ])
    .jpeg()
    .toBuffer();
}

export interface TinyServer {
  readonly app: Awaited<ReturnType<typeof createApp>>;
  readonly parts: ServerParts;
  readonly folder: string;
  readonly store: string;
  readonly engine: GarmentEngine;
  /** Makes a key; the header that sends it. */
  key(
    scope: Scope,
    options?: { origins?: readonly string[]; perMinute?: number },
  ): Promise<{ authorization: string; id: string }>;
  close(): Promise<void>;
}

export async function openTinyServer(
  change: Partial<ServerParts> & { engine?: GarmentEngine; now?: () => number; open?: readonly Scope[] } = {},
): Promise<TinyServer> {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-server-'));
  const store = join(folder, 'store');
  const engine = change.engine ?? createColourEngine();
  await indexWares(folder, store, engine);
  const keyFile = join(folder, 'keys.json');
  const stock = createPictureStock({ folder: `${store}.pictures`, fetches: false, allowedHosts: new Set() });
  const metrics = new Metrics();
  const searcher = createSearcher({
    engine,
    stores: await openStoreAccess(store, engine),
    photos: new PhotoMemory(
      { keepMs: 900_000, maxBytes: 10e6, maxDecodedBytes: 10e6 },
      { newId: () => `ph_0_${randomBytes(16).toString('base64url')}`, ...(change.now ? { now: change.now } : {}) },
    ),
    decode: (bytes) => readPhotoWithin(bytes, { maxSide: 1280, maxPixels: 2e6, where: 'photo' }),
    writeItems: (opened, operations) => writeItems(opened, operations, { engine, stock, maxPixels: 2e6 }),
    onStage: (stage, ms) => metrics.stage(stage, ms),
  });
  const keys = new KeyFile(keyFile, { freshMs: 0 });
  const parts: ServerParts = {
    version: '0.0.0-test',
    searcher,
    access: { keys, limiter: new RateLimiter(), open: new Set(change.open ?? ['search']), openPerMinute: null },
    queues: {
      search: new WorkQueue({ width: 2, maxWaiting: 8 }),
      write: new WorkQueue({ width: 1, maxWaiting: 4 }),
      picture: new WorkQueue({ width: 2, maxWaiting: 8 }),
      forget: new WorkQueue({ width: 1, maxWaiting: 8 }),
    },
    limits: {
      uploadBytes: 1e6,
      photoMinutes: 15,
      jsonBytes: 200_000,
      queryBytes: 1e5,
      stallMs: 5000,
      searchDeadlineMs: 5000,
      writeDeadlineMs: 20_000,
    },
    fetchPhoto: null,
    renderPicture: createPictureRenderer({ maxBytes: 1e6 }),
    queries: new QueryMemory({
      keepMs: 3_600_000,
      maxQueries: 1000,
      newId: () => `q_${randomBytes(16).toString('base64url')}`,
    }),
    events: openEventLog(join(folder, 'events'), { keepDays: 30 }),
    model: {
      preprocessing: {},
      minScoreOf: engine.minScoreOf,
      card: '# A model of colours\n',
      names: ['model.json'],
      bytes: { 'model.json': 2 },
      read: async (name) =>
        name === 'model.json' ? { bytes: Buffer.from('{}'), mediaType: 'application/json', etag: '"1"' } : null,
    },
    metrics,
    isPrivate: false,
    lastImport: async () => null,
    corsOrigins: [],
    hostNames: null,
    trustProxy: false,
    webFolder: null,
    isReady: () => true,
    log: null,
    ...change,
  };
  metrics.observe({ queues: parts.queues, queries: parts.queries, searcher: parts.searcher });
  const app = await createApp(parts);
  return {
    app,
    parts,
    folder,
    store,
    engine,
    async key(scope, { origins = [], perMinute = 10_000 } = {}) {
      const { token, key } = await createKey(keyFile, { name: scope, scopes: [scope], origins, perMinute });
      return { authorization: `Bearer ${token}`, id: key.id };
    },
    async close() {
      await app.close();
      await searcher.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function indexWares(folder: string, directory: string, engine: GarmentEngine): Promise<void> {
  const shop = join(folder, 'shop');
  await mkdir(shop);
  const lines = ['id,title,image,price,currency,brand,category,url'];
  for (const [id, { colour, isTall, price, brand }] of Object.entries(wares)) {
    await drawPhoto([{ colour, isTall }])
      .withExif({ IFD0: { Artist: 'a person' } })
      .jpeg()
      .toFile(join(shop, `${id}.jpg`));
    lines.push(`${id},${id.replaceAll('-', ' ')},${id}.jpg,${price},EUR,${brand},,https://shop.example/${id}`);
  }
  await writeFile(join(shop, 'feed.csv'), lines.join('\n'));
  const store = await openStoreForWriting(directory, {
    space: engine.space('garment'),
    modelId: engine.modelId,
    schema: { ...catalogueSchema, ...factsSchema },
  });
  const report = await indexCatalogue(readCatalogue(join(shop, 'feed.csv')), { engine, store, descriptor: 'garment' });
  await store.close();
  if (report.numFailed > 0) throw new Error(JSON.stringify(report.failed));
}

/** A form for `app.inject`. */
export async function form(
  parts: readonly {
    readonly name: string;
    readonly file?: Uint8Array;
    readonly json?: unknown;
    readonly filename?: string;
  }[],
): Promise<{ payload: Buffer; headers: { 'content-type': string } }> {
  const data = new FormData();
  for (const { name, file, json, filename = 'photo.jpg' } of parts) {
    if (file !== undefined) data.append(name, new Blob([new Uint8Array(file)]), filename);
    else data.append(name, JSON.stringify(json));
  }
  const request = new Request('http://x/', { method: 'POST', body: data });
  const payload = Buffer.from(await request.arrayBuffer());
  return { payload, headers: { 'content-type': request.headers.get('content-type') ?? '' } };
}
