import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry } from './catalogue.ts';
import { readCatalogue } from './read-catalogue-node.ts';

let outside: string;
let root: string;

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'deepshop-catalogue-'));
  root = join(outside, 'shop');
  await mkdir(join(root, 'women', 'tops'), { recursive: true });
  for (const name of ['a.jpg', 'women/tops/B c.PNG', 'women/z.webp', 'notes.txt', '.hidden.jpg']) {
    await writeFile(join(root, name), 'picture');
  }
  await writeFile(join(outside, 'secret.jpg'), 'secret');
});

afterEach(() => rm(outside, { recursive: true, force: true }));

async function read(name: string, text?: string | Uint8Array): Promise<CatalogueEntry[]> {
  const path = join(root, name);
  if (text !== undefined) await writeFile(path, text);
  const entries: CatalogueEntry[] = [];
  for await (const entry of readCatalogue(path)) entries.push(entry);
  return entries;
}

const problems = (entries: CatalogueEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'problem' ? [`${entry.source}: ${entry.reason}`] : []));
const products = (entries: CatalogueEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'picture' ? [entry.product] : []));

test('a folder gives its pictures in order, named by their paths', async () => {
  const entries = await read('.');
  expect(products(entries)).toEqual(['a.jpg', 'women/tops/B c.PNG', 'women/z.webp']);
  expect(entries[1]).toMatchObject({ image: 'women/tops/B c.PNG', title: 'B c', category: null });
});

test('a link in a folder that leads out of it is refused, a linked folder is not entered', async () => {
  await symlink(join(outside, 'secret.jpg'), join(root, 'b.jpg'));
  await symlink('..', join(root, 'women', 'round'));
  const entries = await read('.');
  expect(products(entries)).toEqual(['a.jpg', 'women/tops/B c.PNG', 'women/z.webp']);
  expect(problems(entries)).toEqual([expect.stringMatching(/^b\.jpg: .*leads out of the folder/)]);
});

test.skipIf(process.platform === 'win32')('a named pipe is no picture, and nobody waits for it', async () => {
  execFileSync('mkfifo', [join(root, 'pipe.jpg')]);
  expect(problems(await read('.'))).toEqual(['pipe.jpg: image "pipe.jpg" is no file']);
  expect(problems(await read('feed.jsonl', '{"id":1,"image":"women"}'))).toEqual([expect.stringMatching(/is no file/)]);
});

const header = 'id,title,image path,category,price,url,brand';

test('a CSV feed with quotes, a byte order mark and Windows line ends is read', async () => {
  const text = `\uFEFF${header}\r\n1,"A ""fine"" tee, red",a.jpg,T-shirts,19.99,https://s.example/1,Ümläut\r\n\r\n2,,women/z.webp,,,,\r\n`;
  const [first, second] = await read('feed.csv', text);
  expect(first).toMatchObject({
    kind: 'picture',
    source: 'feed.csv row 1',
    product: '1',
    title: 'A "fine" tee, red',
    image: 'a.jpg',
    category: 'T-shirts',
    price: 19.99,
    url: 'https://s.example/1',
    brand: 'Ümläut',
  });
  expect(second).toMatchObject({ product: '2', title: '2', category: null, price: null });
});

test.each<[string, (text: string) => Uint8Array]>([
  ['little-endian', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['big-endian', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['little-endian without a mark', (text) => Buffer.from(text, 'utf16le')],
  ['big-endian without a mark', (text) => Buffer.from(text, 'utf16le').swap16()],
])('a feed in UTF-16, %s, is read as Excel writes it', async (_, encode) => {
  // "Unicode text" is separated by tabs, whatever the file is called; a long title crosses the reader's pieces.
  const title = 'Größe “M” '.repeat(9000).trim();
  const text = `id\ttitle\timage\r\n1\tÜmläut 👗\ta.jpg\r\n2\t${title}\twomen/z.webp\r\n`;
  for (const name of ['feed.csv', 'feed.tsv']) {
    const [first, second] = await read(name, encode(text));
    expect(first).toMatchObject({ product: '1', title: 'Ümläut 👗', image: 'a.jpg' });
    expect(second).toMatchObject({ kind: 'problem', reason: expect.stringContaining('title') });
  }
});

test('JSON lines in UTF-16 are refused with the cure', async () => {
  const bytes = Buffer.from('\uFEFF{"id": 1, "image": "a.jpg"}\n', 'utf16le');
  await expect(read('feed.jsonl', bytes)).rejects.toMatchObject({
    code: 'catalogue-unreadable',
    message: expect.stringMatching(/expected utf-8; got utf-16le. Save the feed as UTF-8/),
  });
});

test("Excel's first line sep=; is followed, and is no row", async () => {
  const entries = await read('feed.csv', '\uFEFFsep=;\r\nid;title;image\r\n1;red, blue;a.jpg\r\n');
  expect(entries).toMatchObject([{ source: 'feed.csv row 1', product: '1', title: 'red, blue', image: 'a.jpg' }]);
});

test('a feed without a header says which columns it needs, what came first, and the cure', async () => {
  const error = await read('feed.csv', '1,Red tee,a.jpg\n2,Blue tee,women/z.webp\n').catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'catalogue-unreadable' });
  expect(error.message).toContain('the first line does not name the columns');
  expect(error.message).toMatch(/expected a column with the id \(id, sku, .*\) and a column with the image \(image, /);
  expect(error.message).toContain('got "1 | Red tee | a.jpg"');
  expect(error.message).toContain('for example id,title,image,category,price,url');
  await expect(read('feed.csv', 'id,name\n1,x\n')).rejects.toThrow(/expected a column with the image/);
  await expect(read('feed.csv', '"id,image\n1,a.jpg\n')).rejects.toThrow(/got a quote is not closed/);
});

test('a format that was asked for, of a feed of another one, is the cure', async () => {
  const path = join(root, 'products.csv');
  await writeFile(path, 'Handle,Title,Image Src,Status\ntee,Tee,a.jpg,active\n');
  for (const format of ['merchant', 'csv'] as const) {
    await expect(readCatalogue(path, { format }).next()).rejects.toThrow(
      /does not name the columns.*Leave --format out, and it is guessed: as shopify\.$/,
    );
  }
  await writeFile(path, 'name,picture\nTee,a.jpg\n');
  await expect(readCatalogue(path, { format: 'csv' }).next()).rejects.toThrow(/Put a line of names first/);
});

test('where there is nothing, the path comes first and then what may be there', async () => {
  await expect(read('absent.csv')).rejects.toThrow(
    /absent\.csv: there is no such file or folder\. Check the path; a catalogue is .*a Shopify export.*Google Merchant/,
  );
});

test('a TSV feed may have quotes in its texts', async () => {
  const entries = await read('feed.tsv', 'id\ttitle\timage\n1\t"5 inch heel\ta.jpg\n');
  expect(entries).toMatchObject([{ title: '"5 inch heel' }]);
});

test('a JSONL feed is read line by line', async () => {
  const entries = await read(
    'feed.jsonl',
    '{"id": 1, "image": "a.jpg", "price": 5}\n\n{"id": "2", "image": "women/z.webp"}',
  );
  expect(products(entries)).toEqual(['1', '2']);
  expect(entries[0]).toMatchObject({ price: 5, source: 'feed.jsonl row 1' });
});

test('one bad row is one problem, and the others are read', async () => {
  const rows = [
    '1,ok,a.jpg',
    '2,no picture,',
    '3,"open quote,a.jpg',
    '4,missing,b.jpg',
    '5,ok,a.jpg,x,1,https://s.example/,b,too,many',
    '6,ok,a.jpg',
  ];
  const entries = await read('feed.csv', `${header}\n${rows.join('\n')}\n`);
  expect(products(entries)).toEqual(['1', '6']);
  expect(problems(entries)).toHaveLength(4);
  const lines = ['{"id": 1, "image": "a.jpg"}', '{"id": 2', '[]', 'null', '7', '{"id": 3, "image": "a.jpg"}'];
  const others = await read('feed.jsonl', lines.join('\n'));
  expect(products(others)).toEqual(['1', '3']);
  expect(problems(others)).toHaveLength(4);
});

test('a last row with too few fields and no line end was cut off; others may leave out empty cells at their end', async () => {
  const row = '1,ok,a.jpg,Tees,5,https://s.example/1,Acme';
  const reason = '4 fields, but the header names 7 columns, and no line end follows: the feed was cut off here?';
  for (const [name, separator] of [
    ['feed.csv', ','],
    ['feed.csv', ';'],
    ['feed.tsv', '\t'],
  ] as const) {
    const spelled = (text: string) => text.replaceAll(',', separator);
    const cut = await read(name, spelled(`${header}\n${row}\n2,cut,women/z.webp,Te`));
    expect(products(cut)).toEqual(['1']);
    expect(problems(cut)).toEqual([expect.stringContaining(`${name} row 2: ${reason}`)]);
    // Nobody knows what else is missing: nothing is removed from a store on the word of such a feed.
    expect(cut[1]).toMatchObject({ product: null });
    const short = await read(name, spelled(`${header}\n2,short,women/z.webp,Tees\n${row}`));
    expect(products(short)).toEqual(['2', '1']);
    expect(products(await read(name, spelled(`${header}\r\n2,short,women/z.webp,Tees\r\n`)))).toEqual(['2']);
  }
});

test('a second image of a product is another picture; the same one again is reported, and the first is kept', async () => {
  const entries = await read('feed.csv', `id,image\n1,a.jpg\n1,a.jpg\n1,women/z.webp\n2,a.jpg\n`);
  expect(products(entries)).toEqual(['1', '1', '2']);
  expect(problems(entries)).toEqual([
    'feed.csv row 2: duplicate id "1" with the same image: the first is row 1, and it is kept',
  ]);
});

test('image paths that lead out of the folder of the feed are refused', async () => {
  await symlink(join(outside, 'secret.jpg'), join(root, 'link.jpg'));
  await symlink(outside, join(root, 'up'));
  const hostile = [
    '../secret.jpg',
    'women/../../secret.jpg',
    join(outside, 'secret.jpg'),
    '/etc/passwd',
    'link.jpg',
    'up/secret.jpg',
    '.',
    '',
    'a.jpg\u0000.png',
    'https://evil.example/a.jpg',
    'file:///etc/passwd',
    '../shop-of-another/a.jpg',
  ];
  const lines = hostile.map((image, index) => JSON.stringify({ id: index, image }));
  const entries = await read('feed.jsonl', lines.join('\n'));
  expect(products(entries)).toEqual([]);
  expect(problems(entries)).toHaveLength(hostile.length);
  // What does not exist out there is answered as what does: a feed learns nothing.
  const [existing, absent] = await read(
    'probe.jsonl',
    '{"id":1,"image":"../secret.jpg"}\n{"id":2,"image":"../absent.jpg"}',
  );
  expect((existing as { reason: string }).reason.replace('secret', 'absent')).toBe(
    (absent as { reason: string }).reason,
  );
});

test('an absolute path inside the folder is good', async () => {
  expect(products(await read('feed.jsonl', JSON.stringify({ id: 1, image: join(root, 'a.jpg') })))).toEqual(['1']);
});

test('a line without an end is dropped, not kept in memory', async () => {
  const long = `{"id": 1, "image": "${'x'.repeat(3 << 20)}"}`;
  const entries = await read('feed.jsonl', `${long}\n{"id": 2, "image": "a.jpg"}\n`);
  expect(products(entries)).toEqual(['2']);
  expect(problems(entries)).toEqual([expect.stringContaining('longer than')]);
  const csv = await read('feed.csv', `id,image\n1,"${'x'.repeat(3 << 20)}\n2,a.jpg\n`);
  expect(products(csv)).toEqual(['2']);
  expect(problems(csv)).toEqual([expect.stringContaining('longer than')]);
});

test.each([
  ['absent', 'catalogue-missing'],
  ['notes.txt', 'usage'],
])('%s is no catalogue', async (name, code) => {
  await expect(read(name)).rejects.toMatchObject({ code, message: expect.stringContaining('.jsonl') });
});
