import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { createPhotoFetch } from './fetch-photo-node.ts';

/** What names resolve to, at the first and at later questions. */
const names: { readonly [name: string]: readonly string[] } = {
  'private.example': ['10.1.2.3'],
  'loopback.example': ['127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
  'six.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'unique-local.example': ['fd00::1'],
  'link-local.example': ['fe80::1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'shared.example': ['100.64.0.1'],
  'nowhere.example': [],
};

let server: TinyServer;
let shop: Server;
let numCalls = 0;
let port = 0;
let numAsked = 0;

beforeAll(async () => {
  const photo = await outfitPhoto();
  shop = createServer((request, response) => {
    numCalls += 1;
    const to = /^\/to\/(.*)/.exec(request.url ?? '')?.[1];
    if (to !== undefined) response.writeHead(302, { location: decodeURIComponent(to) }).end();
    else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (request.url === '/large') response.writeHead(200).end(Buffer.alloc(2_000_000));
    else if (request.url === '/slow') response.writeHead(200).write('x');
    else if (request.url === '/page') response.writeHead(200).end('<html>secret</html>');
    else if (request.url === '/photo.jpg') response.writeHead(200).end(photo);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
  port = (shop.address() as AddressInfo).port;
  const fetchPhoto = createPhotoFetch({
    allowedHosts: new Set([`127.0.0.1:${port}`]),
    maxBytes: 1_000_000,
    timeoutMs: 700,
    resolve: async (name) => {
      numAsked += 1;
      // Another at first, our own machine afterwards.
      if (name === 'rebinding.example') return [{ address: numAsked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
      return (names[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  server = await openTinyServer({ fetchPhoto });
});
afterAll(async () => {
  await server.close();
  shop.closeAllConnections();
  await new Promise((done) => shop.close(done));
});

async function detect(url: string) {
  const answer = await server.app.inject({ method: 'POST', url: '/v1/detect', payload: { url } });
  return { status: answer.statusCode, body: answer.json() };
}

const own = () => `http://127.0.0.1:${port}`;

describe('a photo by its address', () => {
  it('is fetched from where it is allowed, and searched', async () => {
    const { status, body } = await detect(`${own()}/photo.jpg`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.garments).toHaveLength(2);
    const followed = await detect(`${own()}/to/${encodeURIComponent('/photo.jpg')}`);
    expect(followed.status).toBe(200);
  });

  it.each([
    ['http://127.0.0.1/'],
    ['http://127.1/'],
    ['http://127.0.1/'],
    ['http://2130706433/'],
    ['http://0x7f000001/'],
    ['http://0x7f.0.0.1/'],
    ['http://0177.0.0.1/'],
    ['http://017700000001/'],
    ['http://0/'],
    ['http://0.0.0.0/'],
    ['http://10.0.0.1/'],
    ['http://10.255.255.255/'],
    ['http://172.16.0.1/'],
    ['http://172.31.255.254/'],
    ['http://192.168.0.1/'],
    ['http://3232235521/'],
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://0xa9fea9fe/'],
    ['http://100.64.0.1/'],
    ['http://192.0.0.1/'],
    ['http://198.18.0.1/'],
    ['http://224.0.0.1/'],
    ['http://240.0.0.1/'],
    ['http://255.255.255.255/'],
    ['http://[::1]/'],
    ['http://[::]/'],
    ['http://[0:0:0:0:0:0:0:1]/'],
    ['http://[::ffff:127.0.0.1]/'],
    ['http://[::ffff:7f00:1]/'],
    ['http://[::ffff:a00:1]/'],
    ['http://[64:ff9b::7f00:1]/'],
    ['http://[2002:7f00:1::]/'],
    ['http://[fc00::1]/'],
    ['http://[fd12:3456::1]/'],
    ['http://[fe80::1]/'],
    ['http://[ff02::1]/'],
    ['http://localhost/'],
    ['http://localhost./'],
    ['http://a.localhost/'],
    ['http://LOCALHOST/'],
    ['http://①②⑦.⓪.⓪.①/'],
    ['http://user:password@93.184.216.34/'],
    ['http://127.0.0.1:22/'],
    ['http://93.184.216.34:6379/'],
    ['http://private.example/'],
    ['http://loopback.example/'],
    ['http://metadata.example/'],
    ['http://six.example/'],
    ['http://mapped.example/'],
    ['http://unique-local.example/'],
    ['http://link-local.example/'],
    ['http://shared.example/'],
    ['http://mixed.example/'],
  ])('never reaches %s', async (url) => {
    const before = numCalls;
    const { status, body } = await detect(url);
    expect([status, body.error.code]).toEqual([403, 'fetch-refused']);
    // What a name resolves to inside is not told.
    expect(JSON.stringify(body.error).replaceAll(url, '')).not.toMatch(/10\.1\.2\.3|169\.254|fd00|fe80|100\.64/);
    expect(numCalls).toBe(before);
  });

  it.each([
    ['http://10.0.0.1/'],
    ['http://[::1]/'],
    ['http://loopback.example/'],
    ['http://169.254.169.254/'],
    ['file:///etc/passwd'],
    ['gopher://127.0.0.1/'],
  ])('is not led to %s by a redirect', async (to) => {
    const before = numCalls;
    const { status, body } = await detect(`${own()}/to/${encodeURIComponent(to)}`);
    expect([status, body.error.code]).toEqual([403, 'fetch-refused']);
    expect(numCalls).toBe(before + 1);
  });

  it.each([
    ['file:///etc/passwd'],
    ['gopher://x/'],
    ['data:image/png;base64,AAAA'],
    ['//host/x'],
    ['not an address'],
    [''],
  ])('is an http or https address: %s', async (url) => {
    expect(await detect(url)).toMatchObject({ status: 400, body: { error: { code: 'request-invalid' } } });
  });

  it('asks for the addresses of a name once, so that what is checked is what is connected to', async () => {
    numAsked = 0;
    const before = numCalls;
    // 192.0.2.1 is an example address, and refused: no test calls out.
    expect((await detect('http://rebinding.example/')).status).toBe(403);
    expect(numAsked).toBe(1);
    // Now it is our own machine.
    expect((await detect('http://rebinding.example/')).status).toBe(403);
    expect(numCalls).toBe(before);
  });

  it('has caps on size, time and redirects, and must be a picture', async () => {
    expect((await detect(`${own()}/large`)).body.error.code).toBe('fetch-too-large');
    expect((await detect(`${own()}/slow`)).body.error.code).toBe('fetch-timeout');
    expect((await detect(`${own()}/loop`)).body.error.code).toBe('fetch-redirects');
    expect((await detect(`${own()}/missing`)).body.error.code).toBe('fetch-status');
    const page = await detect(`${own()}/page`);
    expect(page.body.error.code).toBe('image-not-an-image');
    expect(JSON.stringify(page.body)).not.toContain('secret');
  });
});
