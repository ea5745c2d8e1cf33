/** @file What is asked again, how it is counted, and what never gets out; against a server that answers as it is told. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseStoreAddress } from './opensearch-address.ts';
import { connect, type EngineRequest, type OpenSearchConnection } from './opensearch-connection-node.ts';
import { OpenSearchReader } from './opensearch-search-node.ts';
import { OpenSearchWriter } from './opensearch-writer-node.ts';
import { StoreError } from './store-error.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}

let server: Server;
let port = 0;
let answers: (Answer | 'hang up')[];
let asked: { readonly url: string; readonly authorization: string | undefined; readonly text: string }[];
let opened: OpenSearchConnection[];

beforeEach(async () => {
  answers = [];
  asked = [];
  opened = [];
  server = createServer(async (request, response) => {
    const text = await textOf(request);
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization, text });
    const answer = answers.shift() ?? { status: 200, body: { ok: true } };
    if (answer === 'hang up') return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(async () => {
  for (const each of opened) await each.close();
  delete process.env.DEEPSHOP_OPENSEARCH_USER;
  delete process.env.DEEPSHOP_OPENSEARCH_PASSWORD;
  await new Promise((resolve) => server.close(resolve));
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

async function open(): Promise<OpenSearchConnection> {
  const connection = await connect(parseStoreAddress(`opensearch://127.0.0.1:${port}/shop`)!);
  opened.push(connection);
  return connection;
}

async function failureOf(answer: Promise<unknown>): Promise<StoreError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('answered');
}

const fault = (status: number, type: string): Answer => ({
  status,
  body: { error: { root_cause: [{ type, reason: 'because' }], type: 'outer', reason: 'outer' }, status },
});
const ask = { method: 'GET', path: '/shop' } as const;

test('a busy engine, a dead node and a part of an answer are asked again, and counted', async () => {
  answers = [
    fault(429, 'rejected_execution_exception'),
    'hang up',
    fault(503, 'no_shard_available_action_exception'),
    { status: 200, body: { timed_out: false, _shards: { total: 2, successful: 1, failed: 1 } } },
    { status: 200, body: { timed_out: true, _shards: { failed: 0 } } },
    { status: 200, body: { _shards: { failed: 0 }, hits: 3 } },
  ];
  const connection = await open();
  expect(await connection.ask(ask)).toMatchObject({ hits: 3 });
  expect(asked).toHaveLength(6);
  expect(connection.retries).toEqual({ busy: 1, unavailable: 2, partial: 2, conflicts: 0 });
});

test('what asking again cannot mend ends at once, and patience ends', async () => {
  answers = [fault(400, 'mapper_parsing_exception')];
  const connection = await open();
  await expect(connection.ask(ask)).rejects.toMatchObject({ code: 'store-read', status: 400 });
  expect(asked).toHaveLength(1);
  answers = Array.from({ length: 50 }, () => fault(503, 'cluster_manager_not_discovered_exception'));
  await expect(connection.ask({ ...ask, patienceMs: 200 })).rejects.toThrow(/503 cluster_manager_not_discovered/);
  answers = Array.from({ length: 50 }, () => fault(500, 'null_pointer_exception'));
  const before = asked.length;
  await expect(connection.ask(ask)).rejects.toThrow(/500 null_pointer/);
  expect(asked.length - before).toBe(6);
});

test('what is refused has the code of what was asked; a user who may not, and what may pass, are unavailable', async () => {
  const connection = await open();
  const refused = async (status: number, asked: EngineRequest) => {
    answers = [fault(status, 'query_shard_exception')];
    return await failureOf(connection.ask({ patienceMs: 0, ...asked }));
  };
  const search = { purpose: 'search', method: 'POST', path: '/shop/_search', body: {} } as const;
  const outcomes: readonly [number, EngineRequest, string, RegExp][] = [
    [400, search, 'store-search', /refused a search; got 400 query_shard_exception: because.*own words/],
    [400, ask, 'store-read', /refused to be read;.*own words/],
    [400, { method: 'PUT', path: '/shop' }, 'store-write', /refused a change;.*own words/],
    [401, search, 'store-unavailable', /refuses this user.*DEEPSHOP_OPENSEARCH_USER/],
    [503, search, 'store-unavailable', /refused a search; got 503/],
  ];
  for (const [status, asked, code, message] of outcomes) {
    const error = await refused(status, asked);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  }
});

test('whatever a reader asks is a search', async () => {
  const reader = new OpenSearchReader(await open(), 'shop.rows-1', { dimension: 2, metric: 'cosine', schema: {} });
  const vector = Float32Array.of(1, 0);
  const questions: readonly (() => Promise<unknown>)[] = [
    () => reader.query({ vector, k: 1, exact: true }),
    () => reader.query({ vector, k: 1 }),
    () => reader.rowsOf('a'),
    () => reader.stats(),
    () => reader.countValues('label').next(),
    () => reader.rows().next(),
  ];
  for (const question of questions) {
    answers = [fault(400, 'too_many_clauses')];
    expect((await failureOf(question())).code).toBe('store-search');
  }
});

test('user and password come from the environment, and are in no error, whatever the engine says', async () => {
  process.env.DEEPSHOP_OPENSEARCH_USER = 'admin';
  await expect(open()).rejects.toThrow(/half of what a user needs/);
  process.env.DEEPSHOP_OPENSEARCH_PASSWORD = 's3cr3t';
  const token = Buffer.from('admin:s3cr3t').toString('base64');
  answers = [fault(401, 'security_exception'), fault(403, 'security_exception'), fault(400, 'parsing_exception')];
  const connection = await open();
  for (const code of ['store-unavailable', 'store-unavailable', 'store-read']) {
    const error = await failureOf(connection.ask({ ...ask, body: { query: 1 } }));
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(new RegExp(`s3cr3t|${token}`));
  }
  expect(asked.map(({ authorization }) => authorization)).toEqual(Array(3).fill(`Basic ${token}`));
  server.closeAllConnections();
  answers = Array.from({ length: 90 }, () => 'hang up');
  const error = await failureOf(connection.ask({ ...ask, patienceMs: 100 }));
  expect(error.message).toMatch(/does not answer.*Is it running/);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(new RegExp(`s3cr3t|${token}`));
});

test('a change that another writer outran is made again with a higher number; those that were taken are not', async () => {
  const number = (line: string): number => Object.values<{ version: number }>(JSON.parse(line))[0].version;
  const item = (_id: string, status: number, error?: object) => ({ index: { _id, status, ...(error && { error }) } });
  const ahead = 9e15;
  const reason = `[b]: version conflict, current version [${ahead}] is higher than the one provided [1]`;
  answers = [
    {
      status: 200,
      body: {
        errors: true,
        items: [
          item('a', 201),
          item('b', 409, { type: 'version_conflict_engine_exception', reason }),
          item('c', 429, { type: 'rejected_execution_exception', reason: 'queue full' }),
          { delete: { _id: 'd', status: 404 } },
        ],
      },
    },
    { status: 200, body: { errors: false, items: [item('b', 200), item('c', 200)] } },
  ];
  const connection = await open();
  const changes = new Map([...['a', 'b', 'c'].map((id) => [id, '{}'] as const), ['d', null] as const]);
  await new OpenSearchWriter(connection, 'shop.rows-1').write(changes);
  const [first, second] = asked.map(({ text }) => text.trim().split('\n'));
  expect(asked[0]!.url).toBe('/shop.rows-1.write/_bulk?require_alias=true');
  expect(first).toHaveLength(7);
  expect(second).toHaveLength(4);
  expect(number(second![0]!)).toBe(ahead + 1);
  expect(number(second![2]!)).toBe(number(first![4]!));
  expect(connection.retries).toEqual({ busy: 1, unavailable: 0, partial: 0, conflicts: 1 });
});

test('an index that is missing while the cluster starts is waited for; one that is gone is gone', async () => {
  const missing = { type: 'index_not_found_exception', reason: 'no such index [shop.rows-1.write]' };
  const lost = { status: 200, body: { errors: true, items: [{ index: { _id: 'a', status: 404, error: missing } }] } };
  const taken = { status: 200, body: { errors: false, items: [{ index: { _id: 'a', status: 201 } }] } };
  const connection = await open();
  const writer = new OpenSearchWriter(connection, 'shop.rows-1');
  const starting = fault(503, 'cluster_block_exception');
  answers = [lost, starting, { status: 200, body: { 'shop.rows-1': {} } }, taken];
  await writer.write(new Map([['a', '{}']]));
  expect(asked.map(({ url }) => url.split('?')[0])).toEqual([
    '/shop.rows-1.write/_bulk',
    '/shop.rows-1',
    '/shop.rows-1',
    '/shop.rows-1.write/_bulk',
  ]);
  expect(connection.retries).toMatchObject({ unavailable: 2 });
  answers = [lost, fault(404, 'index_not_found_exception')];
  await expect(writer.write(new Map([['a', '{}']]))).rejects.toMatchObject({ type: 'index_not_found_exception' });
});
