import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { readCatalogue } from '../catalogue/read-catalogue-node.ts';
import { createClient } from '../client/client.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { openEncoder } from '../embedding/encoder-node.ts';
import { engineCheckSchema } from '../embedding/engine-check.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { withEncoder } from '../embedding/with-encoder.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { indexCatalogue } from '../retrieval/index-catalogue-node.ts';
import { openStoreForWriting } from '../stores/exact-store-node.ts';
import { createKey, keyFileOf } from './key-file-node.ts';
import { localServer, type RunningServer, type ServeOptions, serve, threadsFor } from './serve-node.ts';
import { openStoreAccess } from './store-access-node.ts';

it.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [6, 3],
  [64, 4],
])('of %i cores %i threads have the model', (cores, threads) => {
  expect(threadsFor(cores)).toBe(threads);
});

let folder: string;
let options: ServeOptions;

const picture = (seed: number) => {
  const { pixels, width, height } = tinyPhoto(seed);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-serve-'));
  const model = join(folder, 'model');
  const store = join(folder, 'store');
  await writeModel(model, { ...tinyParts(), name: 'tiny', minScore: 0.3 });
  await mkdir(join(folder, 'shop'));
  for (const seed of [1, 2, 3]) await writeFile(join(folder, 'shop', `item-${seed}.png`), await picture(seed));
  const engine = await openEngine(model);
  const want = {
    space: engine.space('garment'),
    modelId: engine.modelId,
    schema: { ...catalogueSchema, ...factsSchema },
  };
  const opened = await openStoreForWriting(store, want);
  await indexCatalogue(readCatalogue(join(folder, 'shop')), { engine, store: opened, descriptor: 'garment' });
  await opened.close();
  await engine.release();
  options = {
    ...localServer,
    store,
    model,
    port: 0,
    workers: 2,
    maxWaiting: 8,
    photoMinutes: 1,
    eventDays: 1,
    version: '0.0.0-test',
    exportOnnx: (_model, file) => writeFile(file, 'an export'),
    log: null,
  };
});
afterAll(() => rm(folder, { recursive: true }));

it('serves a store of an encoder with it, and not without', async () => {
  const encoder = fileURLToPath(new URL('../../tests/golden/encoder/encoder.json', import.meta.url));
  const store = join(folder, 'encoder-store');
  const plain = await openEngine(options.model);
  const engine = withEncoder(plain, await openEncoder(encoder));
  const schema = { ...catalogueSchema, ...factsSchema };
  const opened = await openStoreForWriting(store, { space: engine.space('external'), modelId: engine.modelId, schema });
  await indexCatalogue(readCatalogue(join(folder, 'shop')), { engine, store: opened, descriptor: 'external' });
  await opened.close();
  await expect(openStoreAccess(store, plain)).rejects.toThrow(/Give --encoder FILE/);
  await expect(openStoreAccess(options.store, engine)).rejects.toMatchObject({ code: 'store-space' });
  await engine.release();
  const server = await serve({ ...options, store, encoder, workers: 1 });
  try {
    const shop = createClient({ url: server.url });
    const { garments } = await shop.searchPhoto(new Blob([new Uint8Array(await picture(2))]), { top: 3 });
    expect(garments[0].items.length).toBeGreaterThan(0);
    expect((await shop.call('getModel', {})).space).toMatchObject({ descriptor: 'external', dimension: 12 });
  } finally {
    await server.close();
  }
});

describe('a server with a model and a store on disk', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve(options);
  });
  afterAll(() => server.close());

  it('answers from threads: the item that the photo shows comes first, and its box can be asked about again', async () => {
    const shop = createClient({ url: server.url });
    const photo = new Blob([new Uint8Array(await picture(2))]);
    for (let times = 0; times < 3; times++) {
      const { photo: known, garments } = await shop.searchPhoto(photo, { top: 3, anyCategory: true });
      expect(garments[0].items).toHaveLength(3);
      expect(known?.id).toMatch(/^ph_[01]_/);
      const box = garments[0].box ?? [0, 0, 1, 1];
      const again = await shop.search({ photoId: known?.id ?? '', box });
      expect(again.garments[0].items.length).toBeGreaterThan(0);
    }
    expect((await shop.call('listItems', {})).items.map(({ id }) => id)).toHaveLength(3);
    await expect(shop.call('getItem', { params: { id: 'no-such' } })).rejects.toMatchObject({
      code: 'store-item',
      details: { got: 'no-such' },
    });
    await expect(shop.detect(new Blob(['<svg></svg>']))).rejects.toMatchObject({ code: 'image-svg', status: 415 });
  });

  it('says that its port is taken', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serve({ ...options, port })).rejects.toMatchObject({ code: 'port-taken' });
  });

  it('writes by one thread and reads by all', async () => {
    const { token } = await createKey(keyFileOf(options.store), {
      name: '',
      scopes: ['index'],
      origins: [],
      perMinute: 1000,
    });
    // The server may have looked for keys just before.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const shop = createClient({ url: server.url, key: token });
    const files = [new Blob([new Uint8Array(await picture(9))])];
    expect((await shop.call('putItem', { params: { id: 'new' }, body: { title: 'New' }, files })).result).toBe('added');
    const seen = await Promise.all([0, 1, 2, 3].map(() => shop.call('getItem', { params: { id: 'new' } })));
    expect(seen.map(({ title }) => title)).toEqual(['New', 'New', 'New', 'New']);
  });

  it('gives the model to devices, exported once, and 304 to those who have it', async () => {
    const shop = createClient({ url: server.url });
    const { space, files, preprocessing } = await shop.call('getModel', {});
    expect(space.dimension).toBeGreaterThan(100);
    expect(preprocessing).toHaveProperty('resize');
    expect(files.map(({ name }) => name)).toEqual(['model.json', 'weights.safetensors', 'check.json', 'model.onnx']);
    const answer = await fetch(`${server.url}/v1/model/files/check.json`);
    const check = engineCheckSchema.parse(await answer.json());
    expect(check.spaceId).toBe(space.spaceId);
    expect(check.drawn[0].vector).toHaveLength(space.dimension);
    const weights = await fetch(`${server.url}/v1/model/files/weights.safetensors`);
    const stored = await readFile(join(options.model, 'weights.safetensors'));
    expect(stored.equals(new Uint8Array(await weights.arrayBuffer()))).toBe(true);
    const file = await fetch(`${server.url}/v1/model/files/model.onnx`);
    expect(await file.text()).toBe('an export');
    const etag = file.headers.get('etag') ?? '';
    expect((await fetch(file.url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });
});

it('says what keeps it from starting', async () => {
  await expect(serve({ ...options, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'usage' });
  await expect(serve({ ...options, store: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'store-missing' });
});

it('speaks TLS, and wants a key beyond this machine', async () => {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  execFileSync('openssl', [...request, '-subj', '/CN=localhost', ...files], { stdio: 'ignore' });
  const tls = { cert: await readFile(join(folder, 'cert.pem')), key: await readFile(join(folder, 'key.pem')) };
  const server = await serve({ ...options, host: '0.0.0.0', tls, workers: 1 });
  const { port } = new URL(server.url);
  const ask = (path: string) =>
    new Promise<{ status: number | undefined; hsts: unknown }>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, ca: tls.cert, servername: 'localhost', agent: false }, (answer) => {
        resolve({ status: answer.statusCode, hsts: answer.headers['strict-transport-security'] });
        answer.resume();
      }).on('error', reject);
    });
  expect(await ask('/healthz')).toEqual({ status: 200, hsts: 'max-age=31536000' });
  expect((await ask('/v1/items')).status).toBe(401);
  expect((await ask('/metrics')).status).toBe(401);
  await server.close();
});
