import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { WorkQueue } from './work-queue.ts';

let server: TinyServer;
afterEach(() => server.close());

/** An engine that answers when it is told to. */
function heldEngine() {
  const engine = createColourEngine();
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const state = { numAnalysed: 0 };
  const analyse: typeof engine.analyse = async (...args) => {
    state.numAnalysed += 1;
    await opened;
    return engine.analyse(...args);
  };
  return { engine: { ...engine, analyse }, state, open: () => open() };
}

async function sendPhoto() {
  const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
  return server.app.inject({ method: 'POST', url: '/v1/detect', ...sent });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The engine is held after the shop was indexed. */
async function openHeld(change: Parameters<typeof openTinyServer>[0] = {}) {
  const { engine, state, open } = heldEngine();
  const plain = createColourEngine();
  let isHeld = false;
  const switched = {
    ...engine,
    analyse: (...args: Parameters<typeof plain.analyse>) => (isHeld ? engine : plain).analyse(...args),
  };
  server = await openTinyServer({ engine: switched, ...change });
  isHeld = true;
  return { state, open };
}

describe('a busy server', () => {
  it('answers 429 with Retry-After when its queue is full, and is healthy all the while', async () => {
    const queue = new WorkQueue({ width: 1, maxWaiting: 1 });
    const other = () => new WorkQueue({ width: 1, maxWaiting: 1 });
    const { open } = await openHeld({ queues: { search: queue, write: other(), picture: other(), forget: other() } });
    const first = [sendPhoto(), sendPhoto()];
    await until(() => queue.numRunning + queue.numWaiting === 2);
    const refused = await sendPhoto();
    expect([refused.statusCode, refused.json().error.code]).toEqual([429, 'queue-full']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await server.app.inject({ url: '/healthz' })).statusCode).toBe(200);
    open();
    expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await sendPhoto()).statusCode).toBe(200);
  });

  it('answers 503 at the deadline, and keeps the place until the work has ended', async () => {
    const { open } = await openHeld({
      limits: {
        uploadBytes: 1e6,
        photoMinutes: 15,
        jsonBytes: 1e5,
        queryBytes: 1e5,
        stallMs: 5000,
        searchDeadlineMs: 150,
        writeDeadlineMs: 1000,
      },
    });
    const late = await sendPhoto();
    expect([late.statusCode, late.json().error.code]).toEqual([503, 'deadline']);
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect(server.parts.queues.search.numRunning).toBe(1);
    open();
    await server.parts.queues.search.idle();
  });

  it('begins nothing for a client that went away while it waited', async () => {
    const queue = new WorkQueue({ width: 1, maxWaiting: 5 });
    const other = () => new WorkQueue({ width: 1, maxWaiting: 1 });
    const { open, state } = await openHeld({
      queues: { search: queue, write: other(), picture: other(), forget: other() },
    });
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
    const first = sendPhoto();
    await until(() => state.numAnalysed === 1);
    const leaving = request({ port, path: '/v1/detect', method: 'POST', headers: sent.headers });
    leaving.on('error', () => {});
    leaving.end(sent.payload);
    await until(() => queue.numWaiting === 1);
    leaving.destroy();
    await until(() => queue.numWaiting === 0);
    open();
    expect((await first).statusCode).toBe(200);
    await queue.idle();
    expect(state.numAnalysed).toBe(1);
  });

  it('finishes what it accepted when it is closed', async () => {
    const { open, state } = await openHeld();
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
    const answer = fetch(`http://127.0.0.1:${port}/v1/detect`, {
      method: 'POST',
      body: new Uint8Array(sent.payload),
      headers: sent.headers,
    });
    await until(() => state.numAnalysed === 1);
    const closing = server.app.close();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    open();
    expect((await answer).status).toBe(200);
    await closing;
  });
});
