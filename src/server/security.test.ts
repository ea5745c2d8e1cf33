import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPhoto, form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { endpoints } from '../api/endpoints.ts';
import { errorBody } from '../api/error-codes.ts';
import { listKeys, revokeKey } from './key-file-node.ts';
import { allowedHostNames, isLoopback, requireSafeListening } from './listen-address.ts';

let server: TinyServer;
/** Needs a key for everything. */
let closed: TinyServer;
beforeAll(async () => {
  server = await openTinyServer({
    corsOrigins: ['https://friend.example'],
    hostNames: allowedHostNames('127.0.0.1', null),
  });
  closed = await openTinyServer({ open: [] });
});
afterAll(async () => {
  await server.close();
  await closed.close();
});

const local = { host: 'localhost:3000' };

describe('keys', () => {
  it('are asked for by every endpoint but health, readiness and pictures', async () => {
    for (const { method, path, scope } of Object.values(endpoints)) {
      const url = path.replace('{id}', 'x').replace('{product}', 'x').replace('{picture}', 'x').replace('{name}', 'x');
      const { statusCode } = await closed.app.inject({ method, url });
      expect([path, statusCode === 401]).toEqual([path, scope !== null]);
    }
  });

  it('allow what their scope says and no more', async () => {
    const statuses = [];
    for (const scope of ['search', 'index', 'admin'] as const) {
      const { authorization } = await closed.key(scope);
      const headers = { authorization };
      const list = await closed.app.inject({ url: '/v1/items', headers });
      const write = await closed.app.inject({ method: 'PUT', url: '/v1/items/x', headers, payload: {} });
      const admin = await closed.app.inject({ url: '/v1/admin/summary', headers });
      statuses.push([list.statusCode, write.statusCode, admin.statusCode]);
    }
    // 422: a new product needs a picture.
    expect(statuses).toEqual([
      [200, 403, 403],
      [200, 422, 403],
      [200, 422, 200],
    ]);
  });

  it('are refused when they are wrong, revoked or of another form', async () => {
    const { authorization, id } = await closed.key('search');
    const ask = async (header: string) =>
      (await closed.app.inject({ url: '/v1/items', headers: { authorization: header } })).statusCode;
    expect(await ask(authorization)).toBe(200);
    expect(await ask(`${authorization.slice(0, -1)}${authorization.endsWith('A') ? 'B' : 'A'}`)).toBe(401);
    expect(await ask(authorization.replace(id, '00000000'))).toBe(401);
    expect(await ask('Bearer')).toBe(401);
    expect(await ask('Basic YTpi')).toBe(401);
    const { authorization: other, id: otherId } = await closed.key('search');
    await revokeKey(`${closed.folder}/keys.json`, otherId);
    await closed.key('search');
    expect(await ask(other)).toBe(401);
  });

  it('are kept as hashes in a file that others cannot read', async () => {
    const { authorization } = await closed.key('admin');
    const { readFile, stat } = await import('node:fs/promises');
    const text = await readFile(`${closed.folder}/keys.json`, 'utf8');
    expect(text).not.toContain(authorization.split('_').at(-1));
    expect((await stat(`${closed.folder}/keys.json`)).mode & 0o077).toBe(0);
    expect(JSON.stringify(await listKeys(`${closed.folder}/keys.json`))).not.toContain('hash');
  });

  it('with origins serve pages of these origins alone, and let them read', async () => {
    const { authorization } = await closed.key('search', { origins: ['https://shop.example'] });
    const ask = (origin?: string) =>
      closed.app.inject({ url: '/v1/items', headers: { authorization, ...(origin ? { origin } : {}) } });
    const own = await ask('https://shop.example');
    expect(own.statusCode).toBe(200);
    expect(own.headers['access-control-allow-origin']).toBe('https://shop.example');
    for (const origin of ['https://evil.example', 'https://shop.example.evil', 'null', undefined]) {
      const answer = await ask(origin);
      expect([origin, answer.statusCode, answer.json().error.code]).toEqual([origin, 403, 'key-origin']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      const cure = origin === undefined ? 'Send the header Origin' : 'Make a key for this page';
      expect(answer.json().error.message).toContain(cure);
    }
  });

  it('have a rate, beyond which is 429 with Retry-After', async () => {
    const { authorization } = await closed.key('search', { perMinute: 3 });
    const answers = [];
    for (let count = 0; count < 5; count++)
      answers.push(await closed.app.inject({ url: '/v1/items', headers: { authorization } }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[4].json().error.code).toBe('rate-limited');
    expect(Number(answers[4].headers['retry-after'])).toBeGreaterThan(0);
  });

  it('cannot be guessed without end', async () => {
    const guessed = await openTinyServer({ open: [] });
    const codes = new Set<string>();
    for (let count = 0; count < 80; count++) {
      const headers = { authorization: `Bearer dsk_00000000_${String(count).padStart(43, '0')}` };
      codes.add((await guessed.app.inject({ url: '/v1/items', headers })).json().error.code);
    }
    expect([...codes]).toEqual(['key-unknown', 'rate-limited']);
    await guessed.close();
  });
});

describe('browsers', () => {
  it('let pages on the list read, and no others', async () => {
    const ask = (origin: string) => server.app.inject({ url: '/v1/items', headers: { ...local, origin } });
    expect((await ask('https://friend.example')).headers['access-control-allow-origin']).toBe('https://friend.example');
    const other = await ask('https://evil.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.headers.vary).toBe('Origin');
    const preflight = await server.app.inject({
      method: 'OPTIONS',
      url: '/v1/search',
      headers: { ...local, origin: 'https://friend.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('are told not to sniff, frame, run or keep anything', async () => {
    for (const url of ['/v1/items', '/nothing-here', '/healthz']) {
      const { headers } = await server.app.inject({ url, headers: local });
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['cross-origin-embedder-policy']).toBe('credentialless');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('cannot be led here by another name (DNS rebinding)', async () => {
    for (const host of ['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      const answer = await server.app.inject({ url: '/v1/items', headers: { host } });
      expect([host, answer.statusCode]).toEqual([host, 421]);
    }
    for (const host of ['localhost:3000', '127.0.0.1:80', '[::1]:3000', 'LOCALHOST'])
      expect((await server.app.inject({ url: '/v1/items', headers: { host } })).statusCode, host).toBe(200);
  });
});

describe('errors', () => {
  it('have a stable code, a request id, and no stack', async () => {
    const broken = await openTinyServer();
    const failing = {
      ...broken.parts,
      searcher: { ...broken.parts.searcher, getItem: () => Promise.reject(new Error('at /home/secret')) },
    };
    const { createApp } = await import('./app.ts');
    const lines: string[] = [];
    const app = await createApp({ ...failing, log: { write: (line) => lines.push(line) } });
    const answer = await app.inject({ url: '/v1/items/x?token=private' });
    const { error } = errorBody.parse(answer.json());
    expect([answer.statusCode, error.code]).toEqual([500, 'internal']);
    expect(answer.body).not.toMatch(/secret|stack|\.ts/);
    expect(answer.headers['x-request-id']).toBe(error.requestId);
    const log = lines.join('');
    expect(log).toContain(error.requestId);
    expect(log).toContain('secret');
    expect(log).not.toMatch(/private|127\.0\.0\.1/);
    await app.close();
    await broken.close();
  });

  it('say which methods a path has, and that there is no such path', async () => {
    const wrong = await server.app.inject({ method: 'PUT', url: '/v1/search', headers: local });
    expect([wrong.statusCode, wrong.json().error.expected]).toEqual([405, 'POST']);
    expect((await server.app.inject({ url: '/v1/nothing', headers: local })).json().error.code).toBe('not-found');
  });

  it.each([
    ['not JSON', { 'content-type': 'application/json' }, '{"item": ', 400, 'request-invalid'],
    ['XML', { 'content-type': 'application/xml' }, '<a/>', 415, 'media-type'],
    ['text', { 'content-type': 'text/plain' }, 'hello', 415, 'media-type'],
    ['a form without a boundary', { 'content-type': 'multipart/form-data' }, 'x', 400, 'request-invalid'],
    [
      'a form that ends',
      { 'content-type': 'multipart/form-data; boundary=b' },
      '--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\nabc',
      400,
      'request-invalid',
    ],
    ['a prototype', { 'content-type': 'application/json' }, '{"__proto__": {"top": 1}}', 400, 'request-invalid'],
    [
      'too much JSON',
      { 'content-type': 'application/json' },
      `{"item": "${'x'.repeat(300_000)}"}`,
      413,
      'body-too-large',
    ],
  ])('answer %s', async (_, headers, payload, status, code) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/search',
      headers: { ...local, ...headers },
      payload,
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
  });
});

describe('uploads', () => {
  const send = async (parts: Parameters<typeof form>[0]) => {
    const sent = await form(parts);
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/search',
      payload: sent.payload,
      headers: { ...local, ...sent.headers },
    });
    return [answer.statusCode, answer.json().error?.code];
  };

  it('have a cap of bytes, of pixels and of parts', async () => {
    const photo = await outfitPhoto();
    expect(await send([{ name: 'photo', file: new Uint8Array(1_000_001) }])).toEqual([413, 'body-too-large']);
    const bomb = await drawPhoto([], { width: 2000, height: 2000 }).png().toBuffer();
    expect(await send([{ name: 'photo', file: bomb }])).toEqual([413, 'image-too-large']);
    expect(
      await send([
        { name: 'photo', file: photo },
        { name: 'photo', file: photo },
      ]),
    ).toEqual([400, 'request-invalid']);
    expect(await send([{ name: 'picture', file: photo }])).toEqual([400, 'request-invalid']);
    expect(await send([{ name: 'query', json: {} }])).toEqual([400, 'request-invalid']);
    expect(
      await send([
        { name: 'photo', file: photo },
        { name: 'query', json: { top: 0 } },
      ]),
    ).toEqual([400, 'request-invalid']);
  });

  it('take a photo whatever its name says', async () => {
    expect(await send([{ name: 'photo', file: await outfitPhoto(), filename: '../../../etc/cron.d/x.svg' }])).toEqual([
      200,
      undefined,
    ]);
  });
});

describe('addresses', () => {
  it('are not fetched unless the server was told to', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/detect',
      headers: local,
      payload: { url: 'https://shop.example/a.jpg' },
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'url-queries-off']);
    expect(answer.json().error.cure).toContain('--allow-url-queries');
  });
});

describe('listening', () => {
  it('goes beyond this machine with TLS, or when it is asked for in so many words', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '192.168.1.4', '127.0.0.1.example', '128.0.0.1']) {
      expect(isLoopback(host)).toBe(false);
      expect(() => requireSafeListening({ host, hasTls: false, isInsecure: false })).toThrow(/--insecure/);
      requireSafeListening({ host, hasTls: true, isInsecure: false });
      requireSafeListening({ host, hasTls: false, isInsecure: true });
    }
  });
});
