/** @file The server of a store in OpenSearch: what it answers, what others write meanwhile, what it says while the engine is away. */
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { type EngineProxy, openEngineProxy } from '../../tests/engine-proxy.ts';
import {
  askEngine,
  engineAddress,
  engineStore,
  engineTitle,
  hasEngine,
  removeEngineStores,
} from '../../tests/opensearch-engine.ts';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { copyStore } from '../stores/copy-store-node.ts';
import { openAnyStore, openAnyStoreForWriting } from '../stores/open-store-node.ts';
import { metaOf } from '../stores/opensearch-template-node.ts';
import { stampOf } from '../stores/store-directory-node.ts';
import type { Searcher } from './searcher.ts';
import { openSearcher, type SearcherSettings } from './searcher-parts-node.ts';

const engine = createColourEngine();
const want = {
  space: engine.space('garment'),
  modelId: engine.modelId,
  schema: { ...catalogueSchema, ...factsSchema },
};
let server: TinyServer;
let searcher: Searcher;
let proxy: EngineProxy;

const settingsOf = (store: string): SearcherSettings => ({
  store,
  patience: { readMs: 200, writeMs: 400 },
  photos: { keepMs: 60_000, maxBytes: 10e6, maxDecodedBytes: 10e6 },
  stock: { folder: 'unused', fetches: false, allowedHosts: new Set() },
  maxPixels: 2e6,
  thread: 0,
});

/** The tiny server, with what it searches at another place. */
async function serve(place: string): Promise<void> {
  searcher = await openSearcher(engine, settingsOf(place));
  // Deadlines are not what is tested here.
  const limits = {
    uploadBytes: 1e6,
    jsonBytes: 200_000,
    photoMinutes: 15,
    queryBytes: 1e5,
    stallMs: 50_000,
    searchDeadlineMs: 50_000,
    writeDeadlineMs: 50_000,
  };
  server = await openTinyServer({ searcher, limits });
}

async function close(): Promise<void> {
  await server.close();
  await searcher.close();
  await proxy.cut();
}

const get = async (url: string, headers = {}) => server.app.inject({ url, headers });
const post = async (url: string, { app } = server) =>
  app.inject({ method: 'POST', url, ...(await form([{ name: 'photo', file: await outfitPhoto() }])) });
const errorOf = (answer: { statusCode: number; headers: object; json(): unknown }) => ({
  status: answer.statusCode,
  retryAfter: 'retry-after' in answer.headers ? answer.headers['retry-after'] : undefined,
  ...Object(answer.json()).error,
});
function expectAway(answer: Parameters<typeof errorOf>[0]): void {
  expect(errorOf(answer)).toMatchObject({
    status: 503,
    code: 'store-unavailable',
    retryAfter: '5',
    message: expect.stringMatching(/^the store does not answer/),
  });
  // Where the engine is, is nobody's business.
  expect(JSON.stringify(answer.json())).not.toMatch(/127\.0\.0\.1|opensearch|rows-1/);
}

describe('while the engine is away, or refuses', () => {
  let fake: Server;
  let refuses = false;
  beforeEach(async () => {
    // As much of an engine as opening a store and looking whether it answers takes.
    fake = createServer((request, response) => {
      if (refuses && request.url?.includes('_search')) {
        const error = { type: 'illegal_argument_exception', reason: 'rows-1 takes at most 65536 terms' };
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error, status: 400 }));
        return;
      }
      const index = { aliases: { shop: {} }, mappings: { _meta: metaOf(stampOf(want)) }, settings: { index: {} } };
      const answer = request.url === '/shop' ? { 'shop.rows-1': index } : { count: 5, _shards: { failed: 0 } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    const bound = fake.address();
    proxy = await openEngineProxy(`127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`);
    await serve(`${proxy.address}/shop`);
  });
  afterEach(async () => {
    refuses = false;
    await close();
    fake.closeAllConnections();
    await new Promise((resolve) => fake.close(resolve));
  });

  it('is not ready, answers searches and changes with 503 and Retry-After, and is ready again afterwards', async () => {
    expect((await get('/readyz')).statusCode).toBe(200);
    await proxy.cut();
    expectAway(await get('/readyz'));
    expectAway(await post('/v1/search'));
    expectAway(await get('/v1/items/red-tee'));
    const { authorization } = await server.key('index');
    const item = { method: 'DELETE', url: '/v1/items/red-tee', headers: { authorization } } as const;
    expectAway(await server.app.inject(item));
    const batch = { items: [{ id: 'red-tee', action: 'delete' }] };
    const url = '/v1/items:batch';
    expectAway(await server.app.inject({ method: 'POST', url, headers: { authorization }, payload: batch }));
    await proxy.mend();
    expect((await get('/readyz')).statusCode).toBe(200);
  });

  it('answers a search that the engine refuses with 502 and what may help, not as a fault of its own', async () => {
    refuses = true;
    const answer = await post('/v1/search');
    expect(errorOf(answer)).toMatchObject({
      status: 502,
      retryAfter: undefined,
      code: 'store-search',
      message: expect.stringMatching(/^the store refused the search\. Ask with fewer values in the filter/),
    });
    expect(JSON.stringify(answer.json())).not.toMatch(/127\.0\.0\.1|opensearch|rows-1|65536/);
  });

  it('lives, finds garments, which needs no store, and counts what it can', async () => {
    await proxy.cut();
    expect((await get('/healthz')).statusCode).toBe(200);
    expect((await post('/v1/detect')).json().garments).toHaveLength(2);
    const { authorization } = await server.key('admin');
    const metrics = await get('/metrics', { authorization });
    expect(metrics.statusCode).toBe(200);
    expect(metrics.body).toMatch(/^deepshop_store_up 0$/m);
    expect(metrics.body).toMatch(/^deepshop_store_rows Nan$/m);
  });
});

it('does not begin without an engine, and says where it looked', async () => {
  await expect(openSearcher(engine, settingsOf('opensearch://127.0.0.1:1/shop'))).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringMatching(/opensearch:\/\/127\.0\.0\.1:1\/shop.*does not answer/),
  });
});

describe.skipIf(!hasEngine)(engineTitle('a server of a store in OpenSearch'), () => {
  let shop: TinyServer;
  beforeAll(async () => {
    shop = await openTinyServer();
    const exact = await openAnyStore(shop.store);
    await copyStore(exact, { place: engineStore('served') });
    await exact.close();
  });
  beforeEach(async () => {
    const { nodes, name } = engineAddress('served');
    proxy = await openEngineProxy(new URL(nodes[0] ?? '').host);
    await serve(`${proxy.address}/${name}`);
  });
  afterEach(close);
  afterAll(async () => {
    await shop.close();
    await removeEngineStores();
  });

  it('answers as one of a folder does: photos, items, pages of items', async () => {
    const [here, there] = [await post('/v1/search'), await post('/v1/search', shop)];
    const shown = (body: { garments: readonly { queryId: string }[] }) =>
      body.garments.map(({ queryId: _, ...garment }) => garment);
    expect(shown(here.json())).toEqual(shown(there.json()));
    expect(here.json().garments).toHaveLength(2);
    const names: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, total, next } = (await get(`/v1/items?limit=2${cursor}`)).json();
      expect(total).toBe(5);
      names.push(...items.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(names).toEqual(['blue-tee', 'blue-trousers', 'dark-red-tee', 'green-trousers', 'red-tee']);
  });

  it('shows what it changes, and what others write meanwhile, at once; a name may be of any length', async () => {
    const { authorization } = await server.key('index');
    const change = {
      method: 'PUT',
      url: '/v1/items/red-tee',
      headers: { authorization },
      payload: { price: 7 },
    } as const;
    expect((await server.app.inject(change)).json()).toMatchObject({
      result: 'updated',
      item: { attributes: { price: 7 } },
    });
    expect((await get('/v1/items/red-tee')).json().attributes.price).toBe(7);
    expect((await get('/v1/items')).json().items).toHaveLength(5);
    const other = await openAnyStoreForWriting(engineStore('served'), want);
    const [row] = await other.rowsOf('red-tee');
    const long = 'z'.repeat(2000);
    await other.upsert([{ ...row!, product: long }]);
    await other.commit();
    const { items } = (await get('/v1/items')).json();
    expect(items.at(-1).id).toBe(long);
    await other.delete([{ ...row!, product: long }]);
    await other.commit();
    await other.close();
    expect((await get('/v1/items')).json().items).toHaveLength(5);
  });

  it('tells its keeper the same as one of a folder, but for the last commit, which there is none of', async () => {
    const ask = async (of: TinyServer) => {
      const { authorization } = await of.key('admin');
      const answer = await of.app.inject({ url: '/v1/admin/summary', headers: { authorization } });
      return answer.json();
    };
    const [here, there] = [await ask(server), await ask(shop)];
    expect(here.catalogue).toEqual(there.catalogue);
    expect(here.store).toEqual({ ...there.store, kind: 'opensearch', committedAt: null });
    const { authorization } = await server.key('admin');
    expect((await get('/metrics', { authorization })).body).toMatch(/^deepshop_store_products 5$/m);
  });

  it('answers again as soon as the engine does', async () => {
    expect((await get('/v1/items/red-tee')).statusCode).toBe(200);
    await proxy.cut();
    expectAway(await post('/v1/search'));
    await proxy.mend();
    expect((await post('/v1/search')).json().garments[0].items.length).toBeGreaterThan(0);
  });

  it('says that the store is busy while a migration takes its last step', async () => {
    const index = `/${engineAddress('served').name}.rows-1`;
    const { authorization } = await server.key('index');
    await askEngine('PUT', `${index}/_block/write`);
    try {
      const change = {
        method: 'PUT',
        url: '/v1/items/red-tee',
        headers: { authorization },
        payload: { price: 8 },
      } as const;
      expect(errorOf(await server.app.inject(change))).toMatchObject({
        status: 503,
        code: 'store-busy',
        retryAfter: '10',
      });
    } finally {
      await askEngine('PUT', `${index}/_settings`, { index: { blocks: { write: null } } });
    }
  });
});
