import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { tinyRow, writeTinyStore } from '../../tests/tiny-store.ts';
import { parseQuerySet } from '../retrieval/query-set.ts';
import { eventFolderOf, openEventLog } from '../server/event-log-node.ts';
import { run } from './main.ts';

let store: string;
beforeAll(async () => {
  store = join(await mkdtemp(join(tmpdir(), 'deepshop-keys-')), 'store');
  await writeTinyStore(store, tinyRow('a', [1, 0, 0]));
});
afterAll(() => rm(join(store, '..'), { recursive: true }));
beforeEach(() => {
  process.exitCode = undefined;
});

async function deepshop(...argv: string[]) {
  const { out: stdout, err: stderr } = await captureOutput(() => run(['node', 'deepshop', ...argv]));
  const { exitCode } = process;
  process.exitCode = undefined;
  return { stdout, stderr, exitCode };
}

describe('deepshop keys', () => {
  it('makes a key that is shown once, lists it without its secret, and ends it', async () => {
    const made = await deepshop('keys', 'create', '--store', store, '--scope', 'index', '--name', 'importer');
    const token = made.stdout.trim();
    expect(token).toMatch(/^dsk_[0-9a-f]{8}_[\w-]{43}$/);
    const id = token.split('_')[1];
    const listed = await deepshop('keys', 'list', '--store', store);
    expect(listed.stdout).toContain(`${id} index `);
    expect(listed.stdout + (await readFile(`${store}.keys.json`, 'utf8'))).not.toContain(token.slice(13));
    expect((await deepshop('keys', 'revoke', id, '--store', store)).exitCode).toBeUndefined();
    expect((await deepshop('keys', 'list', '--store', store)).stdout).toBe('');
    expect((await deepshop('keys', 'revoke', id, '--store', store)).exitCode).toBe(1);
  });

  it('are of a store that is there, and nothing is left beside one that is not', async () => {
    const typo = `${store}s`;
    const refused = await deepshop('keys', 'create', '--store', typo);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/there is no store here.*Make one: deepshop index/);
    expect((await readdir(dirname(store))).filter((name) => name.startsWith('stores'))).toEqual([]);
  });

  it('gives pages no more than searching', async () => {
    const refused = await deepshop(
      'keys',
      'create',
      '--store',
      store,
      '--origin',
      'https://shop.example',
      '--scope',
      'admin',
    );
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    const made = await deepshop('keys', 'create', '--store', store, '--origin', 'https://shop.example/page', '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({ scopes: ['search'], origins: ['https://shop.example'] });
  });
});

it('deepshop serve refuses to be heard beyond this machine without TLS, and says what helps', async () => {
  const refused = await deepshop('serve', '--store', store, '--host', '0.0.0.0');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/in the clear.*--tls-cert.*--insecure/s);
  expect((await deepshop('serve', '--store', store, '--tls-cert', 'cert.pem')).exitCode).toBe(2);
});

it('deepshop serve says that a proxy which is not believed is one address to it', async () => {
  // It ends before it opens anything: there is no certificate.
  const flags = ['serve', '--store', store, '--host', '0.0.0.0', '--public-url', 'https://shop.example'];
  expect((await deepshop(...flags)).stderr).toMatch(/--public-url without --trust-proxy/);
  expect((await deepshop(...flags, '--trust-proxy')).stderr).not.toContain('--trust-proxy');
});

it('deepshop events replay writes a query set of the space that most queries are of, and forget removes a query', async () => {
  const log = openEventLog(eventFolderOf(store), { keepDays: 9 });
  const query = { queryId: 'q_1', at: 0, spaceId: 's', box: null, label: 'tee', vector: Float32Array.of(1, 0.5) };
  expect((await deepshop('events', 'replay', '--store', store)).exitCode).toBe(1);
  await log.add({ type: 'cart', queryId: 'q_1', item: 'a' }, query);
  await log.add({ type: 'click', queryId: 'q_2', item: 'b' }, { ...query, queryId: 'q_2' });
  await log.add({ type: 'click', queryId: 'q_3', item: 'b' }, { ...query, queryId: 'q_3', spaceId: 'old' });
  const { stdout } = await deepshop('events', 'replay', '--store', store);
  const { header, queries } = parseQuerySet(stdout, 'stdout');
  expect(header.spaceId).toBe('s');
  expect(queries).toEqual([
    { id: 'q_1', label: 'tee', relevant: ['a'], vector: [1, 0.5] },
    { id: 'q_2', label: 'tee', relevant: ['b'], vector: [1, 0.5] },
  ]);
  const strong = await deepshop('events', 'replay', '--store', store, '--weakest', 'cart');
  expect(parseQuerySet(strong.stdout, 'stdout').queries.map(({ id }) => id)).toEqual(['q_1']);
  expect((await deepshop('events', 'forget', 'q_1', '--store', store)).exitCode).toBeUndefined();
  expect((await deepshop('events', 'replay', '--store', store)).stdout).not.toContain('q_1');
});
