import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { WorkQueue } from './work-queue.ts';

let server: TinyServer;
afterEach(() => server.close());

const limits = {
  uploadBytes: 1e6,
  jsonBytes: 1e5,
  queryBytes: 1e5,
  photoMinutes: 15,
  stallMs: 60_000,
  searchDeadlineMs: 60_000,
  writeDeadlineMs: 60_000,
};

async function open(change: Parameters<typeof openTinyServer>[0]): Promise<void> {
  server = await openTinyServer(change);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
}

interface Upload {
  readonly socket: Socket;
  /** All that the server says until it closes the connection. */
  readonly answer: Promise<string>;
}

/** The head of a form and a few bytes of its file. */
function begin(target = 'POST /v1/detect', { headers = '', name = 'photo' } = {}): Upload {
  const { port } = server.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('error', () => {});
  const part = `--xx\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\n\r\nabc`;
  socket.write(
    `${target} HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: 900000\r\n\r\n${part}`,
  );
  return { socket, answer: once(socket, 'close').then(() => text) };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const numPlaces = (queue: WorkQueue) => queue.numRunning + queue.numWaiting;

it('gives the place of an upload back at the deadline, answers 503, and closes the connection', async () => {
  await open({ limits: { ...limits, searchDeadlineMs: 150 } });
  const { search } = server.parts.queues;
  const { answer } = begin();
  await until(() => numPlaces(search) === 1);
  await search.idle();
  expect(await answer).toMatch(/^HTTP\/1\.1 503 .*connection: close.*"code":"deadline"/is);
});

it('gives the place back when the client goes away before the deadline, or after it', async () => {
  await open({ limits: { ...limits, searchDeadlineMs: 400 } });
  const { search } = server.parts.queues;
  const leaving = begin();
  await until(() => numPlaces(search) === 1);
  leaving.socket.destroy();
  await search.idle();
  const late = begin('POST /v1/search');
  await until(() => numPlaces(search) === 1);
  await once(late.socket, 'data');
  late.socket.destroy();
  await search.idle();
  const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
  const answer = await server.app.inject({ method: 'POST', url: '/v1/detect', ...sent });
  expect(answer.statusCode).toBe(200);
});

it('does not wait for an upload that stands still, or trickles', async () => {
  await open({ limits: { ...limits, stallMs: 150 } });
  const { search } = server.parts.queues;
  const still = begin();
  const trickle = begin();
  const drops = setInterval(() => trickle.socket.write('x'), 20);
  const answers = await Promise.all([still.answer, trickle.answer]);
  clearInterval(drops);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 503 .*the upload stands still/s);
  expect(numPlaces(search)).toBe(0);
});

it('waits for an upload that is slow but goes on', async () => {
  await open({ limits: { ...limits, stallMs: 150 } });
  const { search } = server.parts.queues;
  const { socket, answer } = begin();
  await until(() => numPlaces(search) === 1);
  for (let count = 0; count < 10; count++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.write(Buffer.alloc(9000, 1));
  }
  expect(numPlaces(search)).toBe(1);
  socket.destroy();
  expect(await answer).toBe('');
  await search.idle();
});

it('takes a place for the pictures of an item before they are read', async () => {
  await open({ limits: { ...limits, writeDeadlineMs: 150 } });
  const { write } = server.parts.queues;
  const { authorization } = await server.key('index');
  const { answer } = begin('PUT /v1/items/red-tee', {
    headers: `Authorization: ${authorization}\r\n`,
    name: 'picture',
  });
  await until(() => numPlaces(write) === 1);
  expect(await answer).toMatch(/^HTTP\/1\.1 503 .*"code":"deadline"/s);
  await write.idle();
});

it('keeps places for others, whatever one address does', async () => {
  const search = new WorkQueue({ width: 1, maxWaiting: 7, maxPerHolder: 2 });
  const other = () => new WorkQueue({ width: 1, maxWaiting: 1 });
  await open({
    limits,
    trustProxy: true,
    queues: { search, write: other(), picture: other(), forget: other() },
  });
  const held = [begin(), begin()];
  await until(() => numPlaces(search) === 2);
  const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
  const ask = (headers: { [name: string]: string } = {}) =>
    server.app.inject({
      method: 'POST',
      url: '/v1/detect',
      payload: sent.payload,
      headers: { ...sent.headers, ...headers },
    });
  const { authorization: ofPage } = await server.key('search', { origins: ['https://shop.example'] });
  const { authorization: ofShop } = await server.key('search');
  const refused = await ask();
  expect([refused.statusCode, refused.json().error]).toMatchObject([
    429,
    { code: 'queue-full', expected: 'at most 2 requests at once of one address' },
  ]);
  expect((await ask({ authorization: ofPage, origin: 'https://shop.example' })).statusCode).toBe(429);
  expect((await ask({ authorization: ofShop })).statusCode).toBe(200);
  expect((await ask({ 'x-forwarded-for': '192.0.2.7' })).statusCode).toBe(200);
  for (const { socket } of held) socket.destroy();
  await search.idle();
  expect((await ask()).statusCode).toBe(200);
});
