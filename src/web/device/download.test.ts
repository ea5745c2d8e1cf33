import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiFailure } from '../../client/client.ts';
import { failureOf } from '../results/failure-kind.ts';
import { fetchFromServer } from './download.ts';
import { receivedError, sentError } from './sent-error.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    const status = Number(path?.slice(1));
    const error = { code: status === 401 ? 'key-missing' : 'rate-limited', message: 'no', requestId: '1' };
    const json = { 'content-type': 'application/json', 'retry-after': '20' };
    // A proxy has words of its own.
    if (status === 503) response.writeHead(status, { 'retry-after': '60' }).end('<h1>Back soon</h1>');
    else response.writeHead(status, json).end(JSON.stringify({ error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const refusedWith = (status: number): Promise<unknown> =>
  fetchFromServer(`${url}/${status}`, {}).catch((error: unknown) => error);

it.each([
  [401, { kind: 'closed', code: 'key-missing', retryAfterS: 20 }],
  [429, { kind: 'busy', code: 'rate-limited', retryAfterS: 20 }],
  [503, { kind: 'busy', code: 'unreachable', retryAfterS: 60 }],
  [500, { kind: 'deviceDownload', code: 'device-download' }],
])('what a server refuses with %i is told the same in and out of the worker', async (status, failure) => {
  const error = await refusedWith(status);
  expect(error).toMatchObject({ code: 'device-download', cause: { status } });
  expect(failureOf(error)).toEqual(failure);
  const received = receivedError(structuredClone(sentError(error)));
  expect(received).toMatchObject({ code: 'device-download', message: (error as Error).message });
  expect(received.cause).toBeInstanceOf(ApiFailure);
  expect(failureOf(received)).toEqual(failure);
});

it('where nobody answers, there is no refusal', async () => {
  const error = await fetchFromServer('http://127.0.0.1:1/', {}).catch((each: unknown) => each);
  expect(sentError(error).refusal).toBeNull();
  expect(failureOf(receivedError(structuredClone(sentError(error)))).kind).toBe('deviceDownload');
});
