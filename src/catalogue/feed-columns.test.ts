import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry } from './catalogue.ts';
import { parseAttributeFlag } from './feed-columns.ts';
import { type CatalogueOptions, readCatalogue } from './read-catalogue-node.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepshop-columns-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function read(
  name: string,
  text: string | Uint8Array,
  options: CatalogueOptions = {},
): Promise<CatalogueEntry[]> {
  const path = join(root, name);
  await writeFile(path, text);
  const entries: CatalogueEntry[] = [];
  for await (const entry of readCatalogue(path, { fetch: true, ...options })) entries.push(entry);
  return entries;
}

const picture = 'https://s.example/a.jpg';

test('a feed in the words of its shop is read by --map', async () => {
  const text = `Artikelnummer;Größe;Bild;PreisBrutto;Farbe;Bestand\n7;M;${picture};19,90;rot;3\n8;L;${picture};5;blau;0\n`;
  const mapping = {
    columns: {
      id: 'Artikelnummer',
      variant: 'Größe',
      image: 'bild',
      price: 'PreisBrutto',
      color: 'Farbe',
      'in-stock': 'Bestand',
    },
  };
  expect(await read('feed.csv', text, { mapping })).toMatchObject([
    { product: '7', variant: 'M', price: 19.9, colour: 'rot', inStock: true },
    { product: '8', variant: 'L', price: 5, colour: 'blau', inStock: false },
  ]);
});

test('further attributes have a type, and a value that is none of it costs its row', async () => {
  const text = `id,image,Material,shoe size,Vegan\n1,${picture},wool,"41,5",yes\n2,${picture},,,\n3,${picture},silk,XL,no\n`;
  const mapping = { attributes: { material: 'string', shoe_size: 'number', vegan: 'boolean' } } as const;
  const entries = await read('feed.csv', text, { mapping });
  expect(entries).toMatchObject([
    { further: { material: 'wool', shoe_size: 41.5, vegan: true } },
    { further: { material: null, shoe_size: null, vegan: null } },
    { kind: 'problem', reason: 'shoe_size: not a number: "XL"' },
  ]);
});

test.each(['feed.csv', 'feed.jsonl'])(
  'a column that is not there is an error that lists those that are (%s)',
  async (name) => {
    const text = name === 'feed.csv' ? `id,image,Preis\n1,${picture},5\n` : `{"id":1,"image":"${picture}","Preis":5}\n`;
    const wrong = read(name, text, { mapping: { columns: { price: 'PreisBrutto' } } });
    await expect(wrong).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/--map price=PreisBrutto: .*expected one of id, image, Preis; got PreisBrutto/),
    });
    // Also where it is of a field that no row can be without, and has a "=" in its name.
    const foto = read(name, text, { mapping: { columns: { image: 'foto=1' } } });
    await expect(foto).rejects.toThrow(/--map image=foto=1: .*expected one of id, image, Preis; got foto=1/);
    const unknown = read(name, text, { mapping: { attributes: { material: 'string' } } });
    await expect(unknown).rejects.toThrow(/--attribute material: .*expected one of id, image, Preis; got material/);
    const field = read(name, text, { mapping: { columns: { prize: 'Preis' } } });
    await expect(field).rejects.toThrow(/--map prize=Preis: .*expected one of id, variant, title/);
  },
);

test('JSON lines may have several images, and lists of words', async () => {
  const text = JSON.stringify({
    id: 1,
    image: [picture, 'https://s.example/b.jpg', picture],
    tags: ['a', 'b'],
    available: true,
  });
  const entries = await read('feed.jsonl', text, { mapping: { attributes: { tags: 'string' } } });
  expect(entries).toMatchObject([
    { image: picture, inStock: true, further: { tags: 'a, b' } },
    { image: 'https://s.example/b.jpg' },
  ]);
  expect(entries).toHaveLength(2);
});

test.each<[string, string]>([
  ['material', 'material string'],
  ['size:number', 'size number'],
  ['is_vegan:boolean', 'is_vegan boolean'],
])('--attribute %s is %s', (flag, expected) => {
  expect(parseAttributeFlag(flag).join(' ')).toBe(expected);
});

test.each<[string, RegExp]>([
  ['size:float', /expected string, number or boolean; got float/],
  ['shoe size', /letters, digits and underscores/],
  ['', /letters/],
  ['a:b:c', /letters/],
  ['price', /already.*--map price=COLUMN/],
  ['product', /already/],
  ['__proto__:string:x', /letters/],
])('--attribute %j is refused', (flag, message) => {
  expect(() => parseAttributeFlag(flag)).toThrow(message);
});

test('headers that are too wide, or have a name twice, are refused', async () => {
  await expect(read('feed.csv', `id,image${',x'.repeat(500_000)}\n1,a.jpg\n`)).rejects.toThrow(
    /at most 4096 columns; got 500002/,
  );
  await expect(read('feed.csv', `id,image${',column'.repeat(1_000_000)}\n1,a.jpg\n`)).rejects.toThrow(
    /longer than 1048576 characters/,
  );
  await expect(read('feed.csv', `id,price,image,Price\n1,2,${picture},3\n`)).rejects.toThrow(
    /two columns have one name.*got "Price"/,
  );
  // What is not read may have any name, and a row may be as wide as it likes.
  const entries = await read('feed.csv', `id,image,,,note,note\n1,${picture},,,x,y\n2${',z'.repeat(400_000)}\n`);
  expect(entries).toMatchObject([
    { product: '1' },
    { kind: 'problem', reason: expect.stringMatching(/^400001 fields, but the header names 6 columns/) },
  ]);
});

test('an additional image may have several columns', async () => {
  const header = 'id\timage_link\tadditional_image_link\tadditional_image_link\tavailability';
  const entries = await read(
    'feed.tsv',
    `${header}\n1\t${picture}\thttps://s.example/b.jpg\thttps://s.example/c.jpg\tin stock\n`,
  );
  expect(entries).toMatchObject(['a', 'b', 'c'].map((name) => ({ image: `https://s.example/${name}.jpg` })));
  expect(entries).toHaveLength(3);
});

test('zero bytes and bytes of another encoding are told where they matter', async () => {
  expect(await read('feed.csv', `id,image,title\n1\0,${picture},x\n2,${picture},a\0b\n`)).toMatchObject([
    { kind: 'problem', reason: 'id: has a zero byte' },
    { product: '2', title: 'a\0b' },
  ]);
  const latin = Buffer.from(`id,image,title,note\n1,${picture},Größe,\n2,${picture},Tee,Größe\n`, 'latin1');
  expect(await read('latin.csv', latin)).toMatchObject([
    { kind: 'problem', reason: expect.stringMatching(/^title: bytes that are not UTF-8/) },
    { product: '2' },
  ]);
  expect(await read('empty.csv', '')).toEqual([]);
  await expect(read('zeros.csv', Buffer.alloc(5000))).rejects.toThrow(/does not name the columns/);
});

test('a line is read up to its bound, whatever the feed', async () => {
  const long = 'x'.repeat(5000);
  const options = { maxRecord: 1000 };
  const csv = await read(
    'feed.csv',
    `id,image,title\n1,${picture},${long}\n2,${picture},${long}\n3,${picture},ok\n`,
    options,
  );
  expect(csv.map((entry) => entry.kind)).toEqual(['problem', 'problem', 'picture']);
  const jsonl = await read('feed.jsonl', `{"id":1,"title":"${long}"}\n{"id":2,"image":"${picture}"}\n`, options);
  expect(jsonl.map((entry) => entry.kind)).toEqual(['problem', 'picture']);
});

test('the kind of a feed is told by its ending and header, or by the user', async () => {
  const merchant = `id\timage link\tavailability\n1\t${picture}\tin stock\n`;
  expect(await read('feed.txt', merchant)).toMatchObject([{ product: '1', inStock: true }]);
  await expect(read('notes.txt', 'id\timage\n1\ta.jpg\n')).rejects.toThrow(
    /unknown kind.*CSV \(.csv\).*got a .txt file.*Export the catalogue as CSV.*--format/,
  );
  await expect(read('sheet.xlsx', 'PK\u0003\u0004')).rejects.toThrow(/got a .xlsx file. Export the sheet as CSV/);
  expect(await read('export.dat', `id,image\n1,${picture}\n`, { format: 'csv' })).toMatchObject([{ product: '1' }]);
  expect(await read('export', `{"id":1,"image":"${picture}"}`, { format: 'jsonl' })).toMatchObject([{ product: '1' }]);
  expect(
    await read('export', `<rss><item><id>1</id><image_link>${picture}</image_link></item></rss>`, {
      format: 'merchant',
    }),
  ).toMatchObject([{ product: '1' }]);
  await expect(read('feed.csv', merchant, { format: 'jsonl' })).rejects.toThrow(
    /expected JSON lines; got a file of CSV/,
  );
  await expect(read('feed.csv', merchant, { format: 'folder' })).rejects.toThrow(/expected a folder/);
  await expect(readCatalogue(root, { format: 'csv' }).next()).rejects.toThrow(/got a folder/);
});

test('an address is a problem that names --fetch, unless pictures may be fetched', async () => {
  const text = `id,image\n1,${picture}\n2,//cdn.example/a.jpg\n3,http://\n4,data:image/png;base64\n`;
  expect(await read('feed.csv', text, { fetch: false })).toMatchObject([
    { reason: expect.stringContaining('--fetch') },
    { reason: expect.stringContaining('--fetch') },
    { reason: expect.stringContaining('cannot be read') },
    { reason: expect.stringContaining('neither a file') },
  ]);
  expect(await read('feed.csv', text)).toMatchObject([
    { place: { kind: 'address', url: picture } },
    { image: '//cdn.example/a.jpg', place: { kind: 'address', url: 'https://cdn.example/a.jpg' } },
    { kind: 'problem' },
    { kind: 'problem' },
  ]);
});
