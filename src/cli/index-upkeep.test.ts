/** @file `deepshop index` on a store that is there: what is removed, shared out, waited for and reported. */
import { mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { openAnyStore, openAnyStoreForWriting } from '../stores/open-store-node.ts';
import { run } from './main.ts';

const engine = createColourEngine();
const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
let folder: string;
let store: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-upkeep-'));
  store = join(folder, 'store');
  for (const [at, id] of ids.entries()) {
    const fill = `#${['e02020', '20e020', '2020e0'][at % 3]}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect x="24" y="32" width="${30 + at}" height="32" fill="${fill}"/></svg>`;
    await sharp(Buffer.from(svg))
      .flatten({ background: '#ffffff' })
      .png()
      .toFile(join(folder, `${id}.png`));
  }
});

afterEach(async () => {
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function index(feed: string, ...argv: string[]) {
  process.exitCode = undefined;
  const full = ['node', 'deepshop', 'index', feed, ...argv, '--store', store, '--json'];
  const { out, err } = await captureOutput(() => run(full, async () => engine));
  return { status: process.exitCode ?? 0, err, document: out === '' ? null : JSON.parse(out) };
}

async function feedOf(...lines: string[]): Promise<string> {
  const path = join(folder, 'feed.csv');
  await writeFile(path, ['id,image,price', ...lines].join('\n'));
  return path;
}

const linesOf = (some: readonly string[]) => some.map((id) => `${id},${id}.png,5`);

async function productsOf(directory = store): Promise<string[]> {
  const found: string[] = [];
  for await (const { product } of (await openAnyStore(directory)).rows()) found.push(product);
  return found.sort();
}

/** Every file of the store with its bytes. */
async function contents(): Promise<Map<string, string>> {
  const entries = await readdir(store, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'base64')] as const)));
}

test.each(['exact', 'lancedb'])(
  'the same run twice changes not a byte of a store of kind %s, with --prune too',
  async (kind) => {
    const feed = await feedOf(...linesOf(ids));
    expect((await index(feed, '--prune', '--store-kind', kind)).document).toEqual({
      added: 6,
      updated: 0,
      unchanged: 0,
      removed: 0,
      skipped: 0,
      failed: [],
    });
    const before = await contents();
    expect(before.size).toBeGreaterThan(1);
    expect((await index(feed, '--prune')).document).toMatchObject({ added: 0, updated: 0, unchanged: 6, removed: 0 });
    expect(await contents()).toEqual(before);
  },
);

test('a feed that was cut short removes nothing and says so; a fifth may go, and more with --force', async () => {
  await index(await feedOf(...linesOf(ids)), '--store-kind', 'exact');
  const short = await index(await feedOf(...linesOf(['a', 'b'])), '--prune');
  expect(short).toMatchObject({ status: 1, document: { unchanged: 2, removed: 0 } });
  expect(short.err).toMatch(/nothing was removed.*at most 1 of 6 products to go \(20 %\); got 4\..*--force/);
  expect(await productsOf()).toEqual(ids);
  const one = await index(await feedOf(...linesOf(ids.slice(1))), '--prune');
  expect(one).toMatchObject({ status: 0, document: { unchanged: 5, removed: 1 } });
  const forced = await index(await feedOf(...linesOf(['f'])), '--prune', '--force');
  expect(forced).toMatchObject({ status: 0, document: { removed: 4 } });
  expect(await productsOf()).toEqual(['f']);
  // Not the pictures' words either: what was deleted is nowhere in the file.
  expect((await readFile(join(store, 'rows.bin'), 'latin1')).match(/"product":"[^"]*"/g)).toEqual(['"product":"f"']);
});

test('rows of the feed that cannot be used hold on to what the store has of them', async () => {
  await index(await feedOf(...linesOf(ids)));
  const feed = await feedOf('a,a.png,cheap', 'b,,5', 'c,gone.png,5', ...linesOf(['d', 'e']));
  const { status, document } = await index(feed, '--prune');
  expect(status).toBe(0);
  expect(document).toMatchObject({ unchanged: 2, removed: 1 });
  expect(document.failed).toHaveLength(3);
  expect(await productsOf()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('without an id nobody knows what a row holds on to', async () => {
  await index(await feedOf(...linesOf(ids)));
  const feed = await feedOf(...linesOf(ids.slice(1)), 'a,a.png,5,too,many');
  const { status, err } = await index(feed, '--prune');
  expect(status).toBe(1);
  expect(err).toMatch(/do not say which product they are of.*got 1 that have none/);
  expect(await productsOf()).toEqual(ids);
});

test('drafts of a Shopify export leave the store', async () => {
  const path = join(folder, 'products.csv');
  const write = (status: string) => {
    const rows = ids.map((id) => `${id},${id},${id}.png,${id === 'a' ? status : 'active'}`);
    return writeFile(path, ['Handle,Title,Image Src,Status', ...rows].join('\n'));
  };
  await write('active');
  expect((await index(path)).document).toMatchObject({ added: 6, skipped: 0 });
  await write('draft');
  expect((await index(path, '--prune')).document).toMatchObject({ unchanged: 5, skipped: 1, removed: 1 });
  expect(await productsOf()).toEqual(ids.slice(1));
});

test('shards of one feed fill a store together, each prunes its own, and an empty one is no error', async () => {
  const all = [1, 2, 3, 4, 5].map((at) => `${at}/5`);
  const feed = await feedOf(...linesOf(ids));
  const first = [];
  for (const shard of all) first.push(await index(feed, '--shard', shard, '--prune'));
  expect(first.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
  expect(first.reduce((sum, { document }) => sum + document.added, 0)).toBe(6);
  expect(first.some(({ document }) => document.added === 0)).toBe(true);
  expect(await productsOf()).toEqual(ids);
  const fewer = await feedOf(...linesOf(ids.slice(1)));
  let removed = 0;
  for (const shard of all) removed += (await index(fewer, '--shard', shard, '--prune', '--force')).document.removed;
  expect(removed).toBe(1);
  expect(await productsOf()).toEqual(ids.slice(1));
});

test('--report has what failed, a line each, whatever the names are', async () => {
  const feed = await feedOf('a,"gone\u001b[31m.png",5', ...linesOf(['b']));
  const file = join(folder, 'failed.jsonl');
  const { document } = await index(feed, '--report', file);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ source: 'feed.csv row 1', reason: expect.any(String) }]);
  expect(lines[0]).not.toContain('\u001b');
  expect(document.added).toBe(1);
});

test('a second indexer is refused, or waits until the first is done', async () => {
  const feed = await feedOf(...linesOf(ids));
  const schema = { ...catalogueSchema, ...factsSchema };
  const holder = await openAnyStoreForWriting(store, {
    space: engine.space('garment'),
    modelId: engine.modelId,
    schema,
  });
  const refused = await index(feed);
  expect(refused).toMatchObject({ status: 1, document: { error: { code: 'file-locked' } } });
  expect(refused.err).toContain(`process ${process.pid} `);
  expect((await index(feed, '--wait', '0.3')).document).toMatchObject({ error: { code: 'file-locked' } });
  const waiting = index(feed, '--wait', '60');
  // It puts a file beside the lock, and takes it away again when it has seen whose the lock is.
  let numChanges = 0;
  for await (const { filename } of watch(store)) {
    if (filename?.startsWith('lock.')) numChanges += 1;
    if (numChanges === 2) break;
  }
  await holder.close();
  const { status, err, document } = await waiting;
  expect(err).toMatch(/^waiting: .*is writing here/);
  expect({ status, document }).toMatchObject({ status: 0, document: { added: 6 } });
});

test.each<[string[], RegExp]>([
  [['--force'], /--prune beside it/],
  [['--shard', '0/4'], /i\/n with i from 1 to n/],
  [['--wait', 'long'], /number of seconds/],
  [['--workers', '-1'], /whole number from 0/],
  [['--attribute', 'texture', '--map', 'texture=price'], /made from their pictures/],
])('%j is wrong usage, and nothing is made', async (flags, message) => {
  const { status, err } = await index(await feedOf(...linesOf(ids)), ...flags);
  expect(err).toMatch(message);
  expect(status).toBe(2);
  expect(await readdir(folder)).not.toContain('store');
});
