import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';
import type { AttributeSchema } from '../catalogue/attributes.ts';
import { readLastImport } from '../server/last-import-node.ts';
import { openStoreForWriting } from '../stores/exact-store-node.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { indexSource } from './index-catalogue.ts';
import { run } from './main.ts';

const engine = createColourEngine();
let folder: string;
let store: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-index-'));
  store = join(folder, 'store');
});

afterEach(async () => {
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Runs `deepshop index` in this process. */
async function index(...argv: string[]) {
  process.exitCode = undefined;
  const full = ['node', 'deepshop', 'index', ...argv, '--store', store, '--json'];
  const { out, err } = await captureOutput(() => run(full, async () => engine));
  return { status: process.exitCode ?? 0, err, document: out === '' ? null : JSON.parse(out) };
}

function picture(fill: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect x="24" y="32" width="48" height="32" fill="${fill}"/></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png().toBuffer();
}

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test('a Shopify export is indexed from its addresses, drafts passed over, and a second run changes nothing', async () => {
  const red = await picture('#e02020');
  const green = await picture('#20e020');
  const asked: string[] = [];
  const server: Server = createServer(({ url }, response) => {
    asked.push(url ?? '');
    if (url === '/red.png' || url === '/green.png') {
      response.writeHead(200, { 'cache-control': 'max-age=600' }).end(url === '/red.png' ? red : green);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const host = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
    const feed = await write(
      'products.csv',
      [
        'Handle,Title,Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Variant Image,Status,Fabric',
        `tee,"Tee <b>""Fjord""</b>",Nordby,T-Shirts,true,Color,Red,T-R,29.00,http://${host}/red.png,1,http://${host}/red.png,active,linen`,
        `tee,,,,,,Green,T-G,31.00,http://${host}/green.png,2,http://${host}/green.png,,`,
        `tee,,,,,,,,,http://${host}/gone.png,3,,,`,
        `cap,Cap,Nordby,Hats,true,,,,9,http://${host}/cap.png,1,,draft,`,
        `bag,Bag,Nordby,Bags,true,,,,9,http://169.254.169.254/latest,1,,active,`,
      ].join('\n'),
    );
    const flags = ['--attribute', 'material', '--map', 'material=Fabric', '--fetch', '--allow-host', host];
    const first = await index(feed, ...flags);
    expect(first.document).toMatchObject({ added: 2, updated: 0, unchanged: 0, skipped: 1 });
    expect(first.document.failed.map(({ reason }: { reason: string }) => reason)).toEqual([
      expect.stringContaining('status 404'),
      expect.stringContaining('169.254.169.254 (linkLocal)'),
    ]);
    expect(first.err).toContain('1 product that the shop does not show: 1 draft');
    const rows = await (await openAnyStore(store)).rowsOf('tee');
    expect(rows.map(({ variant }) => variant).sort()).toEqual(['T-G', 'T-R']);
    expect(rows.find(({ variant }) => variant === 'T-G')?.attributes).toMatchObject({
      title: 'Tee <b>"Fjord"</b>',
      colour: 'Green',
      price: 31,
      material: 'linen',
    });
    const again = await index(feed, ...flags);
    expect(again.document).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    expect(asked.sort()).toEqual(['/gone.png', '/gone.png', '/green.png', '/red.png']);
    const beside = ['products.csv', 'store', 'store.last-import.json', 'store.pictures'];
    expect((await readdir(folder)).sort()).toEqual(beside);
    const without = await index(feed, '--attribute', 'material', '--map', 'material=Fabric');
    expect(without).toMatchObject({ status: 1, document: { added: 0, unchanged: 0 } });
    expect(without.document.failed[0].reason).toContain('--fetch');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a store that First light made is gone on with, and nothing in it changes', async () => {
  await write('a.png', await picture('#e02020'));
  const feed = await write('feed.csv', 'id,title,image,price\n1,Tee,a.png,5\n');
  await index(feed);
  const [indexed] = await (await openAnyStore(store)).rowsOf('1');
  const { attributes, ...row } = indexed!;
  const { gender: _, inStock: __, colours: ___, texture: ____, ...old } = attributes;
  await rm(store, { recursive: true });
  const names = ['title', 'category', 'brand', 'colour', 'pattern', 'currency', 'url', 'file'];
  const texts = names.map((name) => [name, 'string'] as const);
  const schema: AttributeSchema = { ...Object.fromEntries(texts), price: 'number' };
  const space = engine.space('garment');
  const writer = await openStoreForWriting(store, { space, modelId: engine.modelId, schema });
  await writer.upsert([{ ...row, attributes: old }]);
  await writer.commit();
  await writer.close();
  const bytes = await readFile(join(store, 'rows.bin'));
  expect((await index(feed)).document).toMatchObject({ added: 0, updated: 0, unchanged: 1 });
  expect(await readFile(join(store, 'rows.bin'))).toEqual(bytes);
  const more = await write('feed.csv', 'id,title,image,price,gender\n1,Tee,a.png,5,female\n');
  expect((await index(more)).document).toMatchObject({ added: 0, updated: 1, unchanged: 0 });
  expect(await (await openAnyStore(store)).rowsOf('1')).toMatchObject([{ attributes: { gender: 'female' } }]);
});

test('what the feed leaves out is said by flags, and what no item has is told at the end', async () => {
  await write('a.png', await picture('#e02020'));
  const feed = await write('feed.csv', 'id,title,image,price,Cost\ntee/1,Tee,a.png,5,\n');
  const noAddress = 'no item has an address: the app and the widget cannot link; --url ';
  const empty = 'column "Cost" of --map price=Cost was empty in the one row';
  const plain = await index(feed);
  expect(plain.document).toMatchObject({ added: 1 });
  expect(plain.err).toContain(noAddress);
  expect(plain.err).not.toContain('was empty');
  const flags = ['--url', 'https://shop.example/p/{id}', '--currency', 'eur'];
  const filled = await index(feed, ...flags);
  expect(filled.document).toMatchObject({ added: 0, updated: 1 });
  expect(filled.err).not.toContain(noAddress);
  const [row] = await (await openAnyStore(store)).rowsOf('tee/1');
  expect(row?.attributes).toMatchObject({ url: 'https://shop.example/p/tee%2F1', currency: 'EUR' });
  expect((await index(feed, ...flags)).document).toMatchObject({ updated: 0, unchanged: 1 });
  expect((await index(feed, ...flags, '--map', 'price=Cost')).err).toContain(empty);
  const lines = await write('feed.jsonl', '{"id":1,"image":"a.png","m":" "}\n{"id":2,"image":"a.png"}\n');
  const told = await index(lines, '--attribute', 'm', '--map', 'm=m');
  expect(told.err).toContain('column "m" of --map m=m was empty in all 2 rows');
});

test.each<[string[], RegExp]>([
  [['--url', 'https://shop.example/'], /--url https:\/\/shop.example\/: one address for all items/],
  [['--currency', '€'], /three letters of ISO 4217, as EUR; got €/],
  [['--format', 'excel'], /folder, csv, jsonl, shopify, merchant/],
  [['--map', 'price'], /FIELD=COLUMN/],
  [['--map', 'price=Preis'], /expected one of id, image, title; got Preis/],
  [['--map', 'prize=title'], /a field that items do not have/],
  [['--attribute', 'price'], /items have this attribute already/],
  [['--attribute', 'size:float'], /string, number or boolean/],
  [['--attribute', 'size'], /expected one of id, image, title; got size/],
  [['--allow-host', '127.0.0.1:80'], /--fetch beside it/],
  [['--fetch', '--allow-host', 'localhost'], /HOST:PORT/],
])('%j is wrong usage, and nothing is made', async (flags, message) => {
  await mkdir(join(folder, 'shop'));
  const feed = await write('shop/feed.csv', 'id,image,title\n1,a.png,Tee\n');
  const { status, err } = await index(feed, ...flags);
  expect(err).toMatch(message);
  expect(status).toBe(2);
  expect(await readdir(folder)).toEqual(['shop']);
});

test('how a run went is written down for the keeper, whichever command indexed', async () => {
  await write('good.png', await picture('#e02020'));
  const feed = await write('shop.csv', 'id,image\na,good.png\nb,missing.png\n');
  // As `deepshop demo` does it.
  await indexSource(feed, { store, model: '', descriptor: 'garment', loadEngine: async () => engine });
  const last = await readLastImport(store);
  expect(last).toMatchObject({ source: 'shop.csv', added: 1, unchanged: 0, numFailed: 1 });
  expect(last?.failed.map(({ source }) => source)).toEqual(['shop.csv row 2']);
  expect((await index(feed)).document).toMatchObject({ unchanged: 1 });
  expect(await readLastImport(store)).toMatchObject({ added: 0, unchanged: 1 });
});
