import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { ApiFailure, type Client, createClient } from './client.ts';

let server: TinyServer;
let shop: Client;

/** `fetch` without a port. */
const injected =
  (answers: Response[] = []): typeof fetch =>
  async (input, init) => {
    const canned = answers.shift();
    if (canned !== undefined) return canned;
    const request = new Request(new URL(String(input), 'http://localhost'), init);
    const payload = Buffer.from(await request.arrayBuffer());
    const { pathname, search } = new URL(request.url);
    const answer = await server.app.inject({
      method: request.method as 'GET',
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      ...(payload.length === 0 ? {} : { payload }),
    });
    return new Response(new Uint8Array(answer.rawPayload), {
      status: answer.statusCode,
      headers: new Headers(
        Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
      ),
    });
  };

beforeAll(async () => {
  server = await openTinyServer();
  const { authorization } = await server.key('index');
  shop = createClient({ url: '', key: authorization.slice('Bearer '.length), fetch: injected() });
});
afterAll(() => server.close());

it('searches a photo, then a box of it, and sends an event', async () => {
  const { photo, garments } = await shop.searchPhoto(new Blob([new Uint8Array(await outfitPhoto())]), { top: 2 });
  const one = await shop.search({ photoId: photo?.id ?? '', box: [60, 20, 180, 100] });
  expect(one.garments[0].items[0].id).toBe('red-tee');
  const { queryId, items } = garments[0];
  const body = { type: 'click', queryId, item: items[0].id } as const;
  expect(await shop.call('sendEvents', { body })).toEqual({ accepted: 1, refused: 0, unknown: [] });
  expect(shop.pictureUrl(items[0].image, 320)).toMatch(/^\/v1\/pictures\/.*\.webp\?width=320$/);
  expect(shop.pictureUrl('https://cdn.example/a.jpg', 320)).toBe('https://cdn.example/a.jpg');
});

it('puts, lists and deletes items with any id', async () => {
  const id = 'a b/ü?#';
  const put = await shop.call('putItem', {
    params: { id },
    body: { title: 'Ü' },
    files: [new Blob([new Uint8Array(await outfitPhoto())])],
  });
  expect(put.result).toBe('added');
  expect((await shop.call('getItem', { params: { id } })).title).toBe('Ü');
  expect((await shop.call('listItems', { query: { limit: 1 } })).items[0].id).toBe(id);
  expect(await shop.call('deleteItem', { params: { id } })).toEqual({ result: 'deleted', pictures: 1 });
});

it('fails with the code and cure of the server', async () => {
  const failure = await shop.call('adminSummary', {}).catch((error) => error);
  expect(failure).toBeInstanceOf(ApiFailure);
  expect(failure).toMatchObject({ status: 403, code: 'key-scope', details: { got: 'index' } });
});

it('comes again when the server is busy, and gives up in time', async () => {
  const busy = () =>
    Response.json(
      { error: { code: 'queue-full', message: 'busy', requestId: '1' } },
      { status: 429, headers: { 'retry-after': '0' } },
    );
  const patient = createClient({ url: '', fetch: injected([busy(), busy()]) });
  expect((await patient.call('health', {})).status).toBe('ok');
  const hasty = createClient({ url: '', fetch: injected([busy(), busy()]), retries: 1 });
  await expect(hasty.call('health', {})).rejects.toMatchObject({ code: 'queue-full', retryAfterS: 0 });
  const proxied = createClient({ url: '', fetch: injected([new Response('<html>', { status: 502 })]) });
  await expect(proxied.call('health', {})).rejects.toMatchObject({ code: 'unreachable', status: 502 });
});
