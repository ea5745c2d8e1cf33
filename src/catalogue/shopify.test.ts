import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry, SkippedProduct } from './catalogue.ts';
import type { FeedMapping } from './feed-columns.ts';
import { readCatalogue } from './read-catalogue-node.ts';
import { shopifyColumnNames } from './shopify.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepshop-shopify-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const skipped: SkippedProduct[] = [];

async function read(text: string, mapping: FeedMapping = {}): Promise<CatalogueEntry[]> {
  const path = join(root, 'products.csv');
  await writeFile(path, text);
  skipped.length = 0;
  const entries: CatalogueEntry[] = [];
  const options = { mapping, fetch: true, onSkip: (product: SkippedProduct) => skipped.push(product) };
  for await (const entry of readCatalogue(path, options)) entries.push(entry);
  return entries;
}

/** What identifies each picture, and a few of its facts. */
const brief = (entries: readonly CatalogueEntry[]) =>
  entries.map((entry) =>
    entry.kind === 'problem'
      ? entry.reason
      : [entry.product, entry.variant, entry.image, entry.colour, entry.price, entry.inStock].join(' | '),
  );

const header =
  'Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,' +
  'Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Image Position,Variant Image,Status';
const cdn = 'https://cdn.example/s/files';

test('rows of one handle are a product: pictures of variants, and those of the product as a whole', async () => {
  const entries = await read(
    [
      header,
      `linen-tee,"Linen ""Fjord"" Tee","<p>Soft, and<br>
long</p>",Nordby,Apparel > Tops,T-Shirts,"summer, linen",true,Color,Sand,Size,S,LT-S-S,shopify,3,deny,29.00,${cdn}/front.jpg,2,${cdn}/sand.jpg,active`,
      `linen-tee,,,,,,,,,Sand,,M,LT-S-M,shopify,0,deny,31.00,${cdn}/sand.jpg,1,${cdn}/sand.jpg,`,
      `linen-tee,,,,,,,,,Moss,,S,LT-M-S,shopify,0,deny,27.50,${cdn}/moss.jpg,3,${cdn}/moss.jpg,`,
      `linen-tee,,,,,,,,,,,,,,,,,${cdn}/back.jpg,4,,`,
    ].join('\r\n'),
  );
  expect(brief(entries)).toEqual([
    `linen-tee |  | ${cdn}/front.jpg |  | 27.5 | true`,
    `linen-tee |  | ${cdn}/back.jpg |  | 27.5 | true`,
    `linen-tee | LT-S-S | ${cdn}/sand.jpg | Sand | 29 | true`,
    `linen-tee | LT-S-M | ${cdn}/sand.jpg | Sand | 31 | false`,
    `linen-tee | LT-M-S | ${cdn}/moss.jpg | Moss | 27.5 | false`,
  ]);
  expect(entries[1]).toMatchObject({
    source: 'products.csv row 4',
    title: 'Linen "Fjord" Tee',
    brand: 'Nordby',
    category: 'T-Shirts',
    currency: null,
    place: { kind: 'address', url: `${cdn}/back.jpg` },
  });
});

test('drafts, archived and unpublished products are passed over and told of', async () => {
  const row = (handle: string, published: string, status: string) =>
    `${handle},T,,,,,,${published},,,,,,,,,1,${cdn}/${handle}.jpg,1,,${status}`;
  const entries = await read(
    [
      header,
      row('a', 'true', 'active'),
      row('b', 'true', 'draft'),
      `b,,,,,,,,,Red,,,B-R,,,,1,${cdn}/b2.jpg,2,,`,
      row('c', 'false', 'archived'),
      row('d', 'FALSE', 'active'),
      row('e', 'true', 'Unlisted'),
      row('f', 'true', ''),
      '',
    ].join('\n'),
  );
  expect(entries.map((entry) => (entry.kind === 'picture' ? entry.product : entry.reason))).toEqual(['a', 'f']);
  expect(skipped.map(({ product, reason }) => `${product} ${reason}`)).toEqual([
    'b draft',
    'c archived',
    'd unpublished',
    'e unlisted',
  ]);
});

test('variants without a SKU, or with the same one, are told apart by their options', async () => {
  const entries = await read(
    [
      header,
      `scarf,Scarf,,,,,,true,Farbe,Blau,Muster,kariert,,,,continue,9,,,${cdn}/1.jpg,active`,
      `scarf,,,,,,,,,Rot,,gestreift,X1,,,deny,9,,,${cdn}/2.jpg,`,
      `scarf,,,,,,,,,Grün,,uni,X1,,4,deny,9,,,${cdn}/3.jpg,`,
      `belt,Belt,,,,,,true,Title,Default Title,,,B-1,shopify,-2,deny,12,${cdn}/belt.jpg,1,,active`,
    ].join('\n'),
  );
  expect(brief(entries)).toEqual([
    `scarf | Blau / kariert | ${cdn}/1.jpg | Blau | 9 | true`,
    `scarf | Rot / gestreift | ${cdn}/2.jpg | Rot | 9 | `,
    `scarf | Grün / uni | ${cdn}/3.jpg | Grün | 9 | true`,
    `belt |  | ${cdn}/belt.jpg |  | 12 | false`,
  ]);
  expect(entries[0]).toMatchObject({ pattern: 'kariert' });
});

test('the columns of the newer export are known too', async () => {
  const entries = await read(
    [
      'Title,URL handle,Vendor,Type,Published on online store,Status,SKU,Option1 name,Option1 value,Price,Inventory quantity,Continue selling when out of stock,Product image URL,Image position,Variant image URL',
      `Cap,cap,Nordby,Hats,TRUE,Active,C-1,Color,Red,15,0,TRUE,${cdn}/c.jpg,1,${cdn}/red.jpg`,
    ].join('\n'),
  );
  expect(brief(entries)).toEqual([
    `cap |  | ${cdn}/c.jpg | Red | 15 | true`,
    `cap | C-1 | ${cdn}/red.jpg | Red | 15 | true`,
  ]);
});

test('further attributes hold for the variant, else for the product', async () => {
  const entries = await read(
    [
      `${header},Fabric (product.metafields.custom.fabric)`,
      `tee,Tee,,,,,"a, b",true,Size,S,,,T-S,,,,5,,,${cdn}/s.jpg,active,wool`,
      `tee,,,,,,,,,M,,,T-M,,,,5,,,${cdn}/m.jpg,,`,
    ].join('\n'),
    {
      attributes: { material: 'string', tags: 'string' },
      columns: { material: 'Fabric (product.metafields.custom.fabric)' },
    },
  );
  expect(entries).toMatchObject([
    { variant: 'T-S', further: { material: 'wool', tags: 'a, b' } },
    { variant: 'T-M', further: { material: 'wool', tags: 'a, b' } },
  ]);
});

test('faults cost a row or a product, not the export', async () => {
  const entries = await read(
    [
      header,
      `bare,Bare,,,,,,true,,,,,,,,,1,,,,active`,
      `late,,,,,,,,,Red,,,L-1,,,,1,${cdn}/l.jpg,1,,`,
      `dear,Dear,,,,,,true,,,,,,,,,on request,${cdn}/d.jpg,1,,active`,
      `,,,,,,,,,,,,,,,,,${cdn}/of-nobody.jpg,2,,`,
      `script,<b>Tee</b> & co,,,,,,true,,,,,,,,,1,javascript:alert(1),1,,active`,
      `good,Good,,,,,,true,,,,,,,,,1,${cdn}/g.jpg,1,,active`,
    ].join('\n'),
  );
  expect(brief(entries)).toEqual([
    'handle "bare" has no image',
    'price: not a price: "on request"',
    'handle is missing',
    'handle "late" goes on where it did not begin (no title): sort the export by handle',
    'image "javascript:alert(1)" is neither a file nor an http or https address',
    `good |  | ${cdn}/g.jpg |  | 1 | `,
  ]);
});

test('a product whose first row ends before its status is not taken for active', async () => {
  const begin = `cut,Cut,,,,,,true,,,,,,,,,1,${cdn}/cut.jpg,1`;
  const good = `good,Good,,,,,,true,,,,,,,,,1,${cdn}/g.jpg,1,,active`;
  const untold = 'the row ends before its Status: whether the shop shows the product cannot be told';
  const shown = `good |  | ${cdn}/g.jpg |  | 1 | `;
  // As spreadsheets write a row whose last cells are empty; a variant's row has no status anyway.
  const short = await read(`${header}\n${begin}\n${good}\ngood,,,,,,,,,Red,,,G-R,,,,2,${cdn}/r.jpg,2\n`);
  expect(brief(short)).toEqual([untold, shown, `good |  | ${cdn}/r.jpg |  | 1 | `]);
  expect(short[0]).toMatchObject({ kind: 'problem', source: 'products.csv row 1', reason: untold, product: 'cut' });
  // Cut off right before the word.
  expect(brief(await read(`${header}\n${good}\n${begin},,`))).toEqual([untold, shown]);
  expect(brief(await read(`${header}\n${good}\n${begin},,\n`))).toHaveLength(2);
  expect(brief(await read(`${header}\n${good}\n${begin},,draft`))).toEqual([shown]);
});

test('an export that is cut off anywhere shows no draft, and says that it was cut', async () => {
  const rows = [
    `shirt,Shirt,"<p>Soft</p>\n<ul><li>30°, wash</li>\n<li>""Made"" well</li></ul>",Nordby,,,"a, b",true,,,,,S-1,,,,9,${cdn}/s.jpg,1,,active`,
    `secret,Secret,"<p>Soft</p>\n<ul><li>30°, wash</li>\n<li>""Made"" well</li></ul>",Nordby,,,"a, b",true,,,,,S-2,,,,9,${cdn}/x.jpg,1,,draft`,
  ];
  const whole = [header, ...rows].join('\n');
  for (let length = header.length + 1 + rows[0]!.length + 1; length < whole.length - 'draft'.length; length++) {
    const entries = await read(whole.slice(0, length));
    const pictures = entries.flatMap((entry) => (entry.kind === 'picture' ? [entry.product] : []));
    expect(pictures).toEqual(['shirt']);
    const invented = entries.filter(
      (entry) => entry.kind === 'problem' && /has no image|did not begin/.test(entry.reason),
    );
    expect({ length, invented }).toEqual({ length, invented: [] });
  }
});

test('columns for address and currency that a shop added are taken unasked', async () => {
  const row = (url: string) => `tee,Tee,,,,,,true,,,,,,,,,5,${cdn}/t.jpg,1,,active,${url},EUR`;
  for (const name of ['URL', 'Online Store URL', 'Product URL', 'Link']) {
    const entries = await read(`${header},${name},Currency\n${row('https://shop.example/products/tee')}\n`);
    expect(entries).toMatchObject([{ url: 'https://shop.example/products/tee', currency: 'EUR' }]);
  }
  const hostile = await read(`${header},URL,Currency\n${row('javascript:alert(1)')}\n`);
  expect(brief(hostile)).toEqual(['url: must be an http or https address']);
});

test('--map takes the names of this format, which the docs list', async () => {
  const mapped = read(`${header}\n`, { columns: { inStock: 'Status' } });
  const fields = Object.keys(shopifyColumnNames).join(', ');
  await expect(mapped).rejects.toThrow(`a field that a Shopify export does not have; expected one of ${fields};`);
  const docs = await readFile(new URL('../../docs/catalogues.md', import.meta.url), 'utf8');
  const [, table = ''] = /(\n\| field \| Shopify's column \|.*?)\n\n/s.exec(docs) ?? [];
  const listed = [...table.matchAll(/`([a-z]\w*)`/gi)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(shopifyColumnNames));
});
