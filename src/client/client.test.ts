import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { type ErrorCode, errorCodes } from '../api/error-codes.ts';
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

/** As the server refuses; the client goes by the code. */
const refusal = (code: ErrorCode, retryAfter: string | null = '0') =>
  Response.json(
    { error: { code, message: 'refused', requestId: '1' } },
    { status: errorCodes[code][0], headers: retryAfter === null ? {} : { 'retry-after': retryAfter } },
  );

it('comes again when the server is busy, and gives up in time', async () => {
  const busy = () => refusal('queue-full');
  const patient = createClient({ url: '', fetch: injected([busy(), busy()]) });
  expect((await patient.call('health', {})).status).toBe('ok');
  const hasty = createClient({ url: '', fetch: injected([busy(), busy()]), retries: 1 });
  await expect(hasty.call('health', {})).rejects.toMatchObject({ code: 'queue-full', retryAfterS: 0 });
  const proxied = createClient({ url: '', fetch: injected([new Response('<html>', { status: 502 })]) });
  await expect(proxied.call('health', {})).rejects.toMatchObject({ code: 'unreachable', status: 502 });
});

it.each(['queue-full', 'unavailable', 'rate-limited', 'store-busy', 'store-unavailable'] as const)(
  'comes again after %s as soon as the server says, unless that is long',
  async (code) => {
    const answers = [refusal(code, '0.2')];
    const before = performance.now();
    expect((await createClient({ url: '', fetch: injected(answers) }).call('health', {})).status).toBe('ok');
    expect(performance.now() - before).toBeGreaterThan(190);

    const long = [refusal(code, '10.5'), refusal(code)];
    const refused = createClient({ url: '', fetch: injected(long) }).call('health', {});
    await expect(refused).rejects.toMatchObject({ code, retryAfterS: 10.5 });
    expect(long).toHaveLength(1);
  },
);

it.each([
  ['queue-full', true],
  ['unavailable', true],
  ['rate-limited', false],
  ['store-busy', false],
  ['store-unavailable', false],
] as const)('after %s that does not say when, comes again at once: %s', async (code, isAsked) => {
  const answer = createClient({ url: '', fetch: injected([refusal(code, null)]) }).call('health', {});
  if (isAsked) expect((await answer).status).toBe('ok');
  else await expect(answer).rejects.toMatchObject({ code, retryAfterS: undefined });
});

it('does not come again after what will stay refused, whatever a proxy says of later', async () => {
  for (const code of ['key-missing', 'deadline', 'internal'] as const) {
    const answers = [refusal(code), refusal(code)];
    await expect(createClient({ url: '', fetch: injected(answers) }).call('health', {})).rejects.toMatchObject({
      code,
    });
    expect(answers).toHaveLength(1);
  }
});
