import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry } from './catalogue.ts';
import { readXmlItems } from './feed-xml.ts';
import { type CatalogueOptions, countEntries, readCatalogue } from './read-catalogue-node.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepshop-merchant-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const now = Date.UTC(2026, 5, 15);

async function read(
  name: string,
  text: string | Uint8Array,
  options: CatalogueOptions = {},
): Promise<CatalogueEntry[]> {
  const path = join(root, name);
  await writeFile(path, text);
  const entries: CatalogueEntry[] = [];
  for await (const entry of readCatalogue(path, { fetch: true, now, ...options })) entries.push(entry);
  expect(await countEntries(path, { fetch: true, now, ...options })).toBe(entries.length);
  return entries;
}

const problems = (entries: readonly CatalogueEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'problem' ? [`${entry.source}: ${entry.reason}`] : []));
const keys = (entries: readonly CatalogueEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'picture' ? [`${entry.product} ${entry.variant} ${entry.image}`] : []));

const tsvHeader =
  'id\ttitle\tlink\timage link\tadditional image link\tprice\tsale price\tsale price effective date\tavailability\titem group id\tgoogle product category\tproduct type\tcolor\tgender\tmaterial';

test('a TSV feed: groups are products, items variants, several images an item', async () => {
  const entries = await read(
    'merchant.txt',
    [
      tsvHeader,
      'A-1\t5" heel\thttps://s.example/a\thttps://s.example/a.jpg\thttps://s.example/b.jpg,https://s.example/c.jpg\t59.90 EUR\t\t\tin_stock\tA\t187\tShoes > Pumps\tred\tfemale\tleather',
      'A-2\tHeel\t\thttps://s.example/d.jpg\t\t59.90 EUR\t\t\tout of stock\tA\t187\t\tblack\t\t',
      'B\tBag\t\thttps://s.example/e.jpg\t\t12 EUR\t\t\tpreorder\t\tBags\t\t\t\t',
    ].join('\n'),
    { mapping: { attributes: { material: 'string' } } },
  );
  expect(keys(entries)).toEqual([
    'A A-1 https://s.example/a.jpg',
    'A A-1 https://s.example/b.jpg',
    'A A-1 https://s.example/c.jpg',
    'A A-2 https://s.example/d.jpg',
    'B  https://s.example/e.jpg',
  ]);
  expect(entries[0]).toMatchObject({
    title: '5" heel',
    category: 'Shoes > Pumps',
    colour: 'red',
    gender: 'female',
    price: 59.9,
    currency: 'EUR',
    inStock: true,
    url: 'https://s.example/a',
    further: { material: 'leather' },
  });
  expect(entries[3]).toMatchObject({ category: '187', inStock: false, further: { material: null } });
  expect(entries[4]).toMatchObject({ category: 'Bags', inStock: false });
});

test.each<[string, string, string, number]>([
  ['20 EUR', '15 EUR', '', 15],
  ['20 EUR', '15.00 EUR', '2026-06-01T00:00+0200/2026-06-30T23:59+0200', 15],
  ['20 EUR', '15 EUR', '2026-06-01T00:00:00Z/2026-06-14T23:59:59Z', 20],
  ['20 EUR', '15 EUR', '2027-01-01T00:00+01:00/2027-01-31T00:00+01:00', 20],
  ['20 EUR', '15 EUR', 'soon', 20],
  ['20 EUR', '15 USD', '', 20],
  ['20 EUR', '25 EUR', '', 20],
  ['20 EUR', '', '', 20],
  ['', '15 EUR', '', 15],
])('of %j and the sale at %j (%j) the price is %d', async (price, sale, dates, expected) => {
  const row = ['1', 'T', '', 'https://s.example/a.jpg', '', price, sale, dates, 'in stock'].join('\t');
  expect(await read('feed.tsv', `${tsvHeader}\n${row}\n`)).toMatchObject([{ price: expected, currency: 'EUR' }]);
});

const rss = (...items: string[]) => `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<title>Nordby &amp; daughters</title><link>https://s.example</link>
${items.join('\n')}
</channel></rss>`;

test('an RSS feed: elements of Google first, then those of RSS', async () => {
  const entries = await read(
    'feed.xml',
    rss(
      `<item>
        <title>plain</title><g:title><![CDATA[Tee <b>"Fjord"</b> &amp; co]]></g:title>
        <g:id>T-1</g:id><g:item_group_id>T</g:item_group_id>
        <link>https://s.example/t?a=1&amp;b=2</link>
        <g:image_link>https://s.example/1.jpg</g:image_link>
        <g:additional_image_link>https://s.example/2.jpg</g:additional_image_link>
        <g:additional_image_link>https://s.example/3.jpg</g:additional_image_link>
        <g:price>19.99 EUR</g:price>
        <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
        <g:availability>in_stock</g:availability><!-- <g:price>1 EUR</g:price> -->
        <g:product_type>T-Shirts</g:product_type><g:brand>B&#246;hm &amp; Co</g:brand>
        <g:pattern>Striped</g:pattern><g:size>40</g:size>
      </item>`,
      '<item><g:id>U</g:id><g:title/><g:image_link>https://s.example/4.jpg</g:image_link></item>',
    ),
    { mapping: { attributes: { size: 'number' } } },
  );
  expect(keys(entries)).toEqual([
    'T T-1 https://s.example/1.jpg',
    'T T-1 https://s.example/2.jpg',
    'T T-1 https://s.example/3.jpg',
    'U  https://s.example/4.jpg',
  ]);
  expect(entries[0]).toMatchObject({
    source: 'feed.xml row 1',
    title: 'Tee <b>"Fjord"</b> &amp; co',
    price: 19.99,
    inStock: true,
    brand: 'Böhm & Co',
    pattern: 'Striped',
    url: 'https://s.example/t?a=1&b=2',
    further: { size: 40 },
  });
  expect(entries[3]).toMatchObject({ title: 'U', price: null });
});

test('an Atom feed with a prefix of its own', async () => {
  const entries = await read(
    'feed.atom',
    `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:goo="http://base.google.com/ns/1.0"><entry>
      <id>tag:s.example,2026:1</id><title>Cap</title><link rel='alternate' href='https://s.example/cap?x=1&amp;y=2'/>
      <goo:id>C</goo:id><goo:image_link>caps/1.jpg</goo:image_link></entry></feed>`,
  );
  expect(problems(entries)).toEqual(['feed.atom row 1: image "caps/1.jpg" does not exist']);
  const [cap] = await read(
    'feed.atom',
    `<feed xmlns:goo="http://base.google.com/ns/1.0"><entry><id>tag:1</id><link href='https://s.example/?x=1&amp;y=2'/>
      <goo:id>C</goo:id><goo:image_link>https://s.example/c.jpg</goo:image_link></entry></feed>`,
  );
  expect(cap).toMatchObject({ product: 'C', url: 'https://s.example/?x=1&y=2' });
});

test('a feed in the encoding that it declares, and one in UTF-16', async () => {
  const text = rss(
    '<item><g:id>1</g:id><title>Größe</title><g:image_link>https://s.example/1.jpg</g:image_link></item>',
  );
  const latin = Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1');
  expect(await read('latin.xml', latin)).toMatchObject([{ title: 'Größe' }]);
  expect(await read('utf16.xml', Buffer.from(`\uFEFF${text}`, 'utf16le'))).toMatchObject([{ title: 'Größe' }]);
  // Bytes of another encoding than the one declared are told, not guessed.
  expect(problems(await read('wrong.xml', Buffer.from(text, 'latin1')))).toEqual([
    expect.stringMatching(/title: bytes that are not UTF-8/),
  ]);
  await expect(read('odd.xml', text.replace('UTF-8', 'klingon'))).rejects.toMatchObject({
    code: 'catalogue-unreadable',
    message: expect.stringContaining('klingon'),
  });
});

const item = (id: string, inner = '') =>
  `<item><g:id>${id}</g:id>${inner}<g:image_link>https://s.example/${id}.jpg</g:image_link></item>`;

test('a fault within an item costs that item', async () => {
  const entries = await read(
    'feed.xml',
    rss(
      item('1', '<title>Salt & Pepper, R&D; co</title>'),
      item('2', '<title>A&nbsp;tee</title>'),
      item('3', '<title>open'),
      item('4', '<g:link>javascript:alert(1)</g:link>'),
      item('5', '<title>size < 5</title>'),
      item('6', '</b>'),
      item('7', `<description>${'x'.repeat(3000)}</description>`),
      item('8', `<description><![CDATA[${'y'.repeat(9000)}]]></description>`),
      `<!--${'z'.repeat(200_000)}-->`,
      item('9'),
    ),
    { maxRecord: 2000 },
  );
  expect(keys(entries)).toEqual(['9  https://s.example/9.jpg']);
  expect(problems(entries)).toEqual([
    expect.stringMatching(/^feed.xml row 1: &D; is none of/),
    expect.stringMatching(/^feed.xml row 2: &nbsp; is none of .* write the character/),
    'feed.xml row 3: </item> where <title> is open',
    'feed.xml row 4: url: must be an http or https address',
    'feed.xml row 5: a bare "<": write &lt;',
    'feed.xml row 6: </b> where <item> is open',
    'feed.xml row 7: the item is longer than 2000 characters',
    'feed.xml row 8: the item is longer than 2000 characters',
  ]);
  const [first] = await read('and.xml', rss(item('1', '<title>Salt & Pepper</title>')));
  expect(first).toMatchObject({ title: 'Salt & Pepper' });
});

test.each<[string, string, RegExp]>([
  [
    'an entity bomb',
    `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${rss(item('1', '<title>&b;</title>'))}`,
    /line 1.*no document type.*Remove the <!DOCTYPE/,
  ],
  [
    'an external entity',
    `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>${rss(item('1', '<title>&x;</title>'))}`,
    /no document type/,
  ],
  [
    'a feed that is cut short',
    rss(item('1')).slice(0, -'</channel></rss>'.length),
    /line 5.*expected <\/channel>.*cut short/,
  ],
  ['a comment that is cut short', `${rss(item('1'))}<!-- x`, /expected -->; got a comment without an end.*cut short/],
  ['a page', 'Not found', /expected an RSS or Atom feed; got "Not found"/],
  ['no bytes', '', /no element/],
  ['a deep one', `<a>`.repeat(100), /deeper/],
  ['a tag without an end', `<rss ${'x'.repeat(100_000)}`, /a tag without an end|within a tag/],
  ['a second root', `<rss></rss><rss></rss>`, /after the end/],
])('%s is refused', async (_, text, message) => {
  await expect(read('feed.xml', text, { maxRecord: 50_000 })).rejects.toMatchObject({
    code: 'catalogue-unreadable',
    message: expect.stringMatching(message),
  });
});

test('a feed is the same however it is cut into pieces', async () => {
  const text = rss(
    item('1', '<title>A &amp; B &#128087; <![CDATA[<x> ]] ]]></title>'),
    item('2', `<title a='>' b=">">t</title><!-- > -->`),
    item('3', '<title>&quot;q&quot;</title>'),
    item('4', '<title>open'),
  );
  const run = async (length: number) => {
    async function* pieces() {
      for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
    }
    const items = [];
    for await (const found of readXmlItems(pieces(), 'feed.xml', { maxRecord: 1000 })) items.push(found);
    return items;
  };
  const whole = await run(1e6);
  expect(whole.map((found) => ('record' in found ? found.record.title : found.problem))).toEqual([
    'A & B 👗 <x> ]]',
    't',
    '"q"',
    '</item> where <title> is open',
  ]);
  for (const length of [1, 2, 3, 7, 64]) expect(await run(length)).toEqual(whole);
});
