import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry } from './catalogue.ts';
import { noFacts } from './catalogue.ts';
import { fetchPictures } from './fetch-pictures.ts';
import { type FetcherOptions, PictureFetcher } from './picture-fetcher-node.ts';
import { parseAllowedHost } from './web-address.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let host: string;
let answer: Answer;
/** Paths in the order in which they were asked for. */
let asked: string[];
let fetchers: PictureFetcher[];
let waited: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-fetch-'));
  asked = [];
  fetchers = [];
  waited = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  host = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
});

afterEach(async () => {
  for (const fetcher of fetchers) await fetcher.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** As each run of `deepshop index` makes one. */
function open(options: Partial<FetcherOptions> = {}): PictureFetcher {
  const fetcher = new PictureFetcher({
    cache: join(folder, 'pictures'),
    allowed: new Set([parseAllowedHost(host)]),
    delay: async (ms) => {
      waited.push(ms);
    },
    ...options,
  });
  fetchers.push(fetcher);
  return fetcher;
}

const text = async (file: Promise<string>) => readFile(await file, 'utf8');

test('a picture is fetched once a run, and asked about in the next', async () => {
  answer = ({ headers }, response) => {
    if (headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"', 'last-modified': 'Mon, 01 Jun 2026 10:00:00 GMT' }).end('one');
  };
  const first = open();
  expect(await text(first.fetch(`http://${host}/a.jpg`))).toBe('one');
  expect(await text(first.fetch(`http://${host}/a.jpg`))).toBe('one');
  expect(asked).toEqual(['/a.jpg']);
  expect(await text(open().fetch(`http://${host}/a.jpg`))).toBe('one');
  answer = ({ headers }, response) => {
    expect(headers['if-modified-since']).toBe('Mon, 01 Jun 2026 10:00:00 GMT');
    response.writeHead(200).end('two');
  };
  expect(await text(open().fetch(`http://${host}/a.jpg`))).toBe('two');
  expect(asked).toEqual(['/a.jpg', '/a.jpg', '/a.jpg']);
});

test('what the server says is good for a while is not asked about before that', async () => {
  let now = 1e12;
  answer = (_, response) => response.writeHead(200, { 'cache-control': 'public, max-age=60', age: '10' }).end('one');
  const fetchAt = (seconds: number) => {
    now = 1e12 + seconds * 1000;
    return text(open({ now: () => now }).fetch(`http://${host}/a.jpg`));
  };
  await fetchAt(0);
  await fetchAt(49);
  expect(asked).toHaveLength(1);
  await fetchAt(51);
  expect(asked).toHaveLength(2);
});

test('a cache that was cut off, or changed, is never believed', async () => {
  answer = (_, response) =>
    response.writeHead(200, { etag: '"v1"', 'cache-control': 'max-age=3600' }).end('whole picture');
  const url = `http://${host}/a.jpg`;
  const file = await open().fetch(url);
  const damages: (() => Promise<void>)[] = [
    () => truncate(file, 4),
    () => truncate(file, 0),
    () => writeFile(file, 'other picture'),
    () => rm(file),
    () => truncate(`${file}.json`, 10),
    () => writeFile(`${file}.json`, '{}'),
    async () => writeFile(`${file}.json`, (await readFile(`${file}.json`, 'utf8')).replace('a.jpg', 'b.jpg')),
    // A kill between the two writes: bytes of the new picture, entry of the old one.
    () => writeFile(file, 'whole picturE'),
  ];
  for (const [index, damage] of damages.entries()) {
    await damage();
    expect(await text(open().fetch(url))).toBe('whole picture');
    expect(asked).toHaveLength(index + 2);
  }
  expect(await text(open().fetch(url))).toBe('whole picture');
  expect(asked).toHaveLength(damages.length + 1);
  const names = await readdir(join(folder, 'pictures'), { recursive: true });
  expect(names.filter((name) => name.endsWith('.unfinished'))).toEqual([]);
});

test('a server that is down serves its pictures of yesterday; one that is gone does not', async () => {
  const url = `http://${host}/a.jpg`;
  answer = (_, response) => response.writeHead(200).end('one');
  await open().fetch(url);
  answer = (_, response) => response.writeHead(503).end();
  expect(await text(open().fetch(url))).toBe('one');
  answer = (_, response) => response.writeHead(410).end();
  await expect(open().fetch(url)).rejects.toMatchObject({
    code: 'fetch-status',
    message: expect.stringContaining('410'),
  });
});

test('redirects are followed five times, and each is checked', async () => {
  answer = ({ url }, response) => {
    const left = Number(url?.slice(1));
    if (left === 0) response.end('there');
    else response.writeHead(302, { location: `/${left - 1}` }).end();
  };
  expect(await text(open().fetch(`http://${host}/5`))).toBe('there');
  await expect(open().fetch(`http://${host}/6`)).rejects.toMatchObject({ code: 'fetch-redirects' });
  const traps = [
    'http://127.0.0.1:1/',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'http://[::ffff:10.0.0.1]/',
    'http://localhost/',
  ];
  for (const trap of traps) {
    answer = (_, response) => response.writeHead(301, { location: trap }).end();
    await expect(open().fetch(`http://${host}/${traps.indexOf(trap)}`)).rejects.toMatchObject({
      code: 'fetch-refused',
    });
  }
  answer = (_, response) => response.writeHead(302, { location: 'http://[' }).end();
  await expect(open().fetch(`http://${host}/odd`)).rejects.toMatchObject({ code: 'fetch-status' });
});

test.each([
  [['10.0.0.5']],
  [['93.184.216.34', '127.0.0.1']],
  [['::1']],
  [['::ffff:169.254.169.254']],
  [['2606:4700::1', 'fd00::1']],
])('a name that resolves to %j is refused before anything is sent', async (addresses) => {
  answer = (_, response) => response.end('secret');
  const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const error = await open({ resolve })
    .fetch('http://shop.example/a.jpg')
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'fetch-refused', message: expect.stringMatching(/shop\.example.*--allow-host/) });
  expect(asked).toEqual([]);
  expect(waited).toEqual([]);
});

test('a name is allowed with its port, not with others', async () => {
  answer = (_, response) => response.end('mine');
  const port = host.split(':')[1];
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const allowed = new Set([parseAllowedHost(`intra.example:${port}`)]);
  expect(await text(open({ resolve, allowed }).fetch(`http://intra.example:${port}/a`))).toBe('mine');
  for (const url of [`http://other.example:${port}/a`, 'http://intra.example/a', `http://${host}/a`]) {
    await expect(open({ resolve, allowed }).fetch(url)).rejects.toMatchObject({ code: 'fetch-refused' });
  }
  expect(asked).toHaveLength(1);
});

test('a picture that is too large is left, whether the server says so or not', async () => {
  const limits = { maxBytes: 1000 };
  answer = (_, response) => response.writeHead(200, { 'content-length': '1001' }).end('x'.repeat(1001));
  await expect(open({ limits }).fetch(`http://${host}/a`)).rejects.toMatchObject({ code: 'fetch-too-large' });
  answer = (_, response) => {
    response.on('error', () => {});
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(500)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  await expect(open({ limits }).fetch(`http://${host}/b`)).rejects.toMatchObject({ code: 'fetch-too-large' });
  answer = (_, response) => response.end('x'.repeat(1000));
  expect((await text(open({ limits }).fetch(`http://${host}/c`))).length).toBe(1000);
});

test('a server that does not answer in time is given up', async () => {
  answer = () => {};
  const limits = { timeoutMs: 50 };
  await expect(open({ limits }).fetch(`http://${host}/a`)).rejects.toMatchObject({ code: 'fetch-timeout' });
  answer = (_, response) => response.write('a little');
  await expect(open({ limits }).fetch(`http://${host}/b`)).rejects.toMatchObject({ code: 'fetch-timeout' });
});

test('a busy server is asked again, when it says so', async () => {
  const statuses = [429, 503, 200];
  answer = (_, response) => {
    const status = statuses.shift()!;
    response.writeHead(status, status === 429 ? { 'retry-after': '7' } : {}).end('picture');
  };
  expect(await text(open().fetch(`http://${host}/a`))).toBe('picture');
  expect(waited[0]).toBe(7000);
  const backoffs = waited.slice(1);
  expect(backoffs).toHaveLength(2);
  expect(backoffs[0]).toBeGreaterThanOrEqual(250);
  expect(backoffs[0]).toBeLessThanOrEqual(750);
  expect(backoffs[1]).toBeGreaterThanOrEqual(500);
  expect(backoffs[1]).toBeLessThanOrEqual(1500);

  asked.length = 0;
  answer = (_, response) => response.writeHead(429, { 'retry-after': '86400' }).end();
  await expect(open().fetch(`http://${host}/b`)).rejects.toThrow(/status 429/);
  expect(asked).toHaveLength(1);
  answer = (_, response) => response.writeHead(404).end();
  await expect(open().fetch(`http://${host}/c`)).rejects.toThrow(/status 404/);
  expect(asked).toHaveLength(2);
  answer = (_, response) => response.writeHead(500).end();
  await expect(open().fetch(`http://${host}/d`)).rejects.toThrow(/status 500/);
  expect(asked).toHaveLength(6);
});

test('a host that is dead is not asked for every picture of a feed', async () => {
  answer = (request) => request.socket.destroy();
  const fetcher = open();
  for (let index = 0; index < 60; index++) {
    await expect(fetcher.fetch(`http://${host}/${index}`)).rejects.toMatchObject({ code: 'fetch-unreachable' });
  }
  // Four times each of the first five, once each of the others up to fifty.
  expect(asked).toHaveLength(5 * 4 + 45);
  await expect(fetcher.fetch(`http://${host}/x`)).rejects.toThrow(/not asked any more/);
});

test('a host gets four requests at a time, and every picture comes', async () => {
  const open4: ServerResponse[] = [];
  let most = 0;
  answer = (_, response) => {
    open4.push(response);
    most = Math.max(most, open4.length);
    if (open4.length === 4) for (const each of open4.splice(0)) each.end('picture');
  };
  const fetcher = open();
  const files = await Promise.all([...Array(20).keys()].map((index) => fetcher.fetch(`http://${host}/${index}`)));
  expect(new Set(files).size).toBe(20);
  expect(most).toBe(4);
});

test('entries keep their order, and a picture that fails is a problem of its own', async () => {
  answer = ({ url }, response) => response.writeHead(url === '/2' ? 404 : 200).end(url);
  const fetcher = open();
  async function* entries(): AsyncGenerator<CatalogueEntry> {
    for (let row = 0; row < 40; row++) {
      const url = row === 3 ? 'http://10.0.0.1/' : `http://${host}/${row}`;
      const facts = { source: `row ${row}`, row, product: `${row}`, variant: '', image: url, title: 't', ...noFacts };
      yield { kind: 'picture', ...facts, place: { kind: 'address', url } };
    }
  }
  const found: CatalogueEntry[] = [];
  for await (const entry of fetchPictures(entries(), (url) => fetcher.fetch(url))) found.push(entry);
  expect(found.map(({ source }) => source)).toEqual([...Array(40).keys()].map((row) => `row ${row}`));
  expect(found.filter(({ kind }) => kind === 'problem')).toMatchObject([
    { source: 'row 2', reason: expect.stringContaining('404') },
    { source: 'row 3', reason: expect.stringContaining('10.0.0.1 (private)') },
  ]);
  const fail = () => Promise.reject(new Error('the disk is full'));
  await expect(fetchPictures(entries(), fail).next()).rejects.toThrow('the disk is full');
});
