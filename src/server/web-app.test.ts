import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTinyServer, type TinyServer } from '../../tests/tiny-server.ts';
import { createApp } from './app.ts';

let server: TinyServer;
let app: Awaited<ReturnType<typeof createApp>>;
beforeAll(async () => {
  server = await openTinyServer();
  const webFolder = join(server.folder, 'web');
  await mkdir(join(webFolder, 'assets'), { recursive: true });
  await writeFile(join(webFolder, 'index.html'), '<!doctype html><title>shop</title>');
  await writeFile(join(webFolder, 'widget.js'), 'export {};');
  await writeFile(join(webFolder, 'assets', 'app-1a2b.js'), 'export {};');
  await writeFile(join(webFolder, 'assets', 'runtime-3c4d.wasm'), 'plain wasm');
  await writeFile(join(webFolder, 'assets', 'runtime-3c4d.wasm.gz'), gzipSync('plain wasm'));
  await writeFile(join(webFolder, 'widget.js.gz'), gzipSync('the widget'));
  await writeFile(join(webFolder, '.env'), 'secret');
  await writeFile(join(server.folder, 'outside.txt'), 'secret');
  app = await createApp({ ...server.parts, webFolder });
});
afterAll(async () => {
  await app.close();
  await server.close();
});

it('serves the app with what its threads and wasm need, and nothing wider', async () => {
  for (const url of ['/', '/favourites', '/look/abc?x=1']) {
    const page = await app.inject({ url });
    expect([url, page.statusCode, page.body]).toEqual([url, 200, '<!doctype html><title>shop</title>']);
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(page.headers['cross-origin-embedder-policy']).toBe('credentialless');
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob: https: http:; " +
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
        "form-action 'self'; frame-ancestors 'none'",
    );
    expect(page.headers['cache-control']).toBe('no-cache');
  }
  expect((await app.inject({ url: '/assets/app-1a2b.js' })).headers['cache-control']).toContain('immutable');
  expect((await app.inject({ url: '/widget.js' })).headers['cross-origin-resource-policy']).toBe('cross-origin');
});

it('gives scripts and the runtime out in gzip to those who take it', async () => {
  const ask = (accepted: string) =>
    app.inject({ url: '/assets/runtime-3c4d.wasm', headers: { 'accept-encoding': accepted } });
  const packed = await ask('gzip, deflate, br');
  expect(gunzipSync(packed.rawPayload).toString()).toBe('plain wasm');
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/wasm',
    'cross-origin-embedder-policy': 'credentialless',
    vary: expect.stringMatching(/accept-encoding/i),
  });
  expect(packed.headers['cache-control']).toContain('immutable');
  const widget = await app.inject({ url: '/widget.js', headers: { 'accept-encoding': 'gzip' } });
  expect(gunzipSync(widget.rawPayload).toString()).toBe('the widget');
  expect(widget.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': expect.stringMatching(/javascript/),
    'cross-origin-resource-policy': 'cross-origin',
  });
  const plain = await ask('identity');
  expect([plain.body, plain.headers['content-encoding']]).toEqual(['plain wasm', undefined]);
  expect((await app.inject({ url: '/' })).headers['content-encoding']).toBeUndefined();
});

it('serves nothing else, and endpoints stay endpoints', async () => {
  for (const url of [
    '/.env',
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/missing.js',
  ]) {
    const answer = await app.inject({ url });
    expect([url, answer.body.includes('secret')]).toEqual([url, false]);
    expect([400, 403, 404], url).toContain(answer.statusCode);
  }
  expect((await app.inject({ url: '/v1/nothing' })).json().error.code).toBe('not-found');
  expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
});

it('asks for keys whatever the method', async () => {
  for (const method of ['GET', 'HEAD'] as const)
    expect((await app.inject({ method, url: '/v1/admin/summary' })).statusCode, method).toBe(401);
});
