import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPhoto, form, openTinyServer, type TinyServer, wares } from '../../tests/tiny-server.ts';
import { batchAnswer, item as itemSchema, itemsPage, putAnswer } from '../api/item.ts';
import { searchAnswer } from '../api/search.ts';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { openStoreForWriting } from '../stores/exact-store-node.ts';

let server: TinyServer;
let headers: { authorization: string };

beforeAll(async () => {
  server = await openTinyServer();
  headers = await server.key('index');
});
afterAll(() => server.close());

const get = (url: string) => server.app.inject({ url });
const getItem = async (id: string) => itemSchema.parse((await get(`/v1/items/${encodeURIComponent(id)}`)).json());

async function put(id: string, item: object, pictures: readonly Buffer[] = []) {
  const url = `/v1/items/${encodeURIComponent(id)}`;
  if (pictures.length === 0) return server.app.inject({ method: 'PUT', url, headers, payload: item });
  const sent = await form([...pictures.map((file) => ({ name: 'picture', file })), { name: 'item', json: item }]);
  return server.app.inject({ method: 'PUT', url, payload: sent.payload, headers: { ...headers, ...sent.headers } });
}

const yellowTee = () =>
  drawPhoto([{ colour: [230, 220, 40], isTall: false }])
    .jpeg()
    .toBuffer();

describe('reading', () => {
  it('pages through all products by cursor, each once', async () => {
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page = itemsPage.parse((await get(`/v1/items?limit=2${next === null ? '' : `&cursor=${next}`}`)).json());
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(seen).toEqual(Object.keys(wares).sort());
  });

  it('gives one product, and 404 for none', async () => {
    const item = await getItem('red-tee');
    expect(item).toMatchObject({ title: 'red tee', attributes: { price: 20, brand: 'Acme' } });
    expect(item.pictures).toHaveLength(1);
    expect(JSON.stringify(item)).not.toContain(server.folder);
    expect((await get('/v1/items/no-such')).json().error.code).toBe('store-item');
  });

  it('gives what is similar to a product', async () => {
    const answer = searchAnswer.parse((await get('/v1/items/red-tee/similar?top=2&filter=price%20%3E%2025')).json());
    expect(answer.garments[0].items.map(({ id }) => id)).toEqual(['dark-red-tee', 'blue-tee']);
  });
});

describe('pictures', () => {
  it('are small, without metadata, and may be kept for ever', async () => {
    const { pictures } = await getItem('red-tee');
    const source = await readFile(join(server.folder, 'shop', 'red-tee.jpg'));
    expect((await sharp(source).metadata()).exif).toBeDefined();
    const answer = await get(`${pictures[0].image}?width=160`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('image/webp');
    expect(answer.headers['cache-control']).toContain('immutable');
    const { format, width, exif } = await sharp(answer.rawPayload).metadata();
    expect([format, width, exif]).toEqual(['webp', 160, undefined]);
  });

  it('are those of the store alone', async () => {
    const known = (await getItem('red-tee')).pictures[0].image ?? '';
    const hash = known.split('/').at(-1);
    const tried = [
      `/v1/pictures/blue-tee/${hash}`,
      `/v1/pictures/red-tee/${'0'.repeat(32)}.webp`,
      '/v1/pictures/red-tee/..%2F..%2Fstore.json',
      '/v1/pictures/red-tee/../../../../etc/passwd',
      '/v1/pictures/..%2F..%2Fetc/passwd',
      `/v1/pictures/%2e%2e/${hash}`,
      '/v1/pictures/red-tee/red-tee.jpg',
      '/v1/pictures//etc/passwd',
      '/../../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%5c..%5cetc%5cpasswd',
      '/v1/model/files/..%2f..%2f..%2fetc%2fpasswd',
      '/v1/model/files/weights.safetensors',
      `/v1/pictures/red-tee%00/${hash}`,
    ];
    for (const url of tried) {
      const answer = await get(url);
      expect([400, 404], `${url}: ${answer.body}`).toContain(answer.statusCode);
      expect(answer.body).not.toContain('root:');
    }
    expect((await get(`${known}?width=161`)).statusCode).toBe(400);
  });

  it('are not served once the file is another than the one that was indexed', async () => {
    const { image } = (await getItem('green-trousers')).pictures[0];
    await writeFile(join(server.folder, 'shop', 'green-trousers.jpg'), 'something else');
    expect((await get(image ?? '')).statusCode).toBe(404);
  });
});

describe('writing', () => {
  it('adds a product with its picture, which is then found, shown and kept beside the store', async () => {
    const answer = await put('yellow tee/1', { title: 'Yellow tee', price: 15, currency: 'EUR' }, [await yellowTee()]);
    expect(answer.statusCode, answer.body).toBe(201);
    const { result, item } = putAnswer.parse(answer.json());
    expect(result).toBe('added');
    expect(item.pictures[0]).toMatchObject({ label: 'tee', variant: '' });
    expect((await get(`${item.pictures[0].image}`)).statusCode).toBe(200);
    expect(await readdir(`${server.store}.pictures/uploads`)).toHaveLength(1);
    const similar = searchAnswer.parse((await get('/v1/items/yellow%20tee%2F1/similar')).json());
    expect(similar.garments[0].items.length).toBeGreaterThan(0);
  });

  it('changes facts and leaves the others and the pictures as they are', async () => {
    const before = await getItem('blue-tee');
    const answer = await put('blue-tee', { price: 12.5, brand: null });
    expect(answer.json().result).toBe('updated');
    const after = await getItem('blue-tee');
    expect(after.pictures).toEqual(before.pictures);
    expect(after.attributes).toMatchObject({ price: 12.5, currency: 'EUR' });
    expect(after.attributes).not.toHaveProperty('brand');
    expect((await put('blue-tee', { price: 12.5 })).json().result).toBe('unchanged');
  });

  it('replaces pictures by those that are sent', async () => {
    await put('swap', { title: 'Swap' }, [await yellowTee()]);
    const red = await drawPhoto([{ colour: [220, 20, 20], isTall: true }])
      .png()
      .toBuffer();
    expect((await put('swap', {}, [red])).json()).toMatchObject({ result: 'updated', item: { title: 'Swap' } });
    const { pictures } = await getItem('swap');
    expect(pictures.map(({ label }) => label)).toEqual(['trousers']);
  });

  it('deletes a product', async () => {
    await put('short-lived', {}, [await yellowTee()]);
    const gone = await server.app.inject({ method: 'DELETE', url: '/v1/items/short-lived', headers });
    expect(gone.json()).toEqual({ result: 'deleted', pictures: 1 });
    expect((await get('/v1/items/short-lived')).statusCode).toBe(404);
    const again = await server.app.inject({ method: 'DELETE', url: '/v1/items/short-lived', headers });
    expect(again.json().error.code).toBe('store-item');
  });

  it('gives each of a batch a result of its own', async () => {
    await put('batch-1', {}, [await yellowTee()]);
    const items = [
      { id: 'batch-1', price: 7 },
      { id: 'batch-new', title: 'without a picture' },
      { id: 'batch-1', heel: 3 },
      { price: 3 },
      { id: 'batch-1', attributes: { heel: 3 } },
      { id: 'batch-1', images: ['http://127.0.0.1/x.jpg'] },
      { id: 'batch-1', action: 'delete' },
      { id: 'batch-1', action: 'delete' },
      'nonsense',
    ];
    const answer = await server.app.inject({ method: 'POST', url: '/v1/items:batch', headers, payload: { items } });
    const { results } = batchAnswer.parse(answer.json());
    expect(results.map(({ id, status, result, error }) => [id, status, result ?? error?.code])).toEqual([
      ['batch-1', 200, 'updated'],
      ['batch-new', 422, 'item-invalid'],
      ['batch-1', 400, 'request-invalid'],
      [null, 400, 'request-invalid'],
      ['batch-1', 409, 'store-attribute'],
      ['batch-1', 403, 'url-queries-off'],
      ['batch-1', 200, 'deleted'],
      ['batch-1', 404, 'store-item'],
      [null, 400, 'request-invalid'],
    ]);
  });

  it('refuses what is no picture, and keeps nothing of it', async () => {
    const before = await readdir(`${server.store}.pictures/uploads`);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const answer = await put('evil', {}, [svg]);
    expect(answer.json().error.code).toBe('image-svg');
    expect(answer.statusCode).toBe(415);
    expect(await readdir(`${server.store}.pictures/uploads`)).toEqual(before);
    expect((await get('/v1/items/evil')).statusCode).toBe(404);
  });

  it('says that another process writes, and sees what it wrote once it is done', async () => {
    const { engine, store } = server;
    const want = {
      space: engine.space('garment'),
      modelId: engine.modelId,
      schema: { ...catalogueSchema, ...factsSchema },
    };
    const other = await openStoreForWriting(store, want);
    try {
      const answer = await put('blue-tee', { price: 1 });
      expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'store-busy']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      const [row] = await other.rowsOf('blue-tee');
      await other.upsert([{ ...row, product: 'of-another' }]);
      await other.commit();
    } finally {
      await other.close();
    }
    await server.parts.searcher.refresh();
    expect((await get('/v1/items/of-another')).statusCode).toBe(200);
  });
});
