/**
 * @file Feeds of full size, drawn here and read as `deepshop index` reads them, each in a process of its own: time and peak
 * memory. A million rows of CSV, 200,000 items of XML, and records without an end of 2.2 GB. Nothing is fetched.
 *
 *     npm run bench -- feeds [--share=1]
 *
 * `--share` is the part of each size that is drawn. The largest feed takes 2.2 GB of the system's folder for temporary
 * files, and is removed before the next is drawn.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Random } from '../src/random/random.ts';
import { demoCatalogue } from '../src/studio/catalogue.ts';
import { plural } from '../src/text/plural.ts';
import type { FeedReading } from './read-feed.ts';

const [csvRows, xmlItems, endlessBytes] = [1_000_000, 200_000, 2.2e9];
const reader = fileURLToPath(new URL('./read-feed.ts', import.meta.url));
const items = demoCatalogue(1, 300);

interface DrawnFeed {
  readonly what: string;
  readonly file: string;
  readonly draw: (share: number) => Iterable<string>;
  /** How many pictures and lines of the report it must give. */
  readonly expected: (share: number) => readonly [pictures: number, problems: number];
}

const feeds: readonly DrawnFeed[] = [
  {
    what: 'rows of CSV',
    file: 'rows.csv',
    draw: (share) => drawRows(share * csvRows),
    expected: (share) => [share * csvRows, 0],
  },
  {
    what: 'items of XML',
    file: 'items.xml',
    draw: (share) => drawItems(share * xmlItems),
    expected: (share) => [share * xmlItems, 0],
  },
  {
    what: 'a line of JSON without an end',
    file: 'line.jsonl',
    draw: (share) => endless('{"id":1,"image":"https://cdn.example/1.jpg"}\n{"title":"', share),
    expected: () => [1, 1],
  },
  {
    what: 'a field of CSV without an end',
    file: 'field.csv',
    draw: (share) => endless('id,image,title\n1,https://cdn.example/1.jpg,"', share),
    expected: () => [0, 1],
  },
  {
    what: 'an item of XML without an end',
    file: 'item.xml',
    draw: (share) => endless('<rss version="2.0"><channel><item><title>', share, '</title></item></channel></rss>'),
    expected: () => [0, 1],
  },
];

export async function run(): Promise<void> {
  const share = Number(process.argv.find((flag) => flag.startsWith('--share='))?.slice('--share='.length) ?? 1);
  if (!(share > 0 && share <= 1)) throw new Error('--share is more than 0 and at most 1');
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-feeds-'));
  try {
    for (const { what, file, draw, expected } of feeds) {
      const path = join(folder, file);
      await pipeline(Readable.from(draw(share)), createWriteStream(path, { flush: true }));
      const { size } = await stat(path);
      const reading = await read(path);
      print(what, size, reading);
      const [pictures, problems] = expected(share).map(Math.round);
      if (reading.pictures !== pictures || reading.problems !== problems || reading.refusal !== null) {
        throw new Error(`${file}: expected ${pictures} pictures and ${problems} problems`);
      }
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function read(path: string): Promise<FeedReading> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', reader, path]);
  return JSON.parse(stdout);
}

function print(what: string, size: number, reading: FeedReading): void {
  const { pictures, problems, reason, refusal, seconds, processorSeconds, peak, before, load } = reading;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  const outcome = refusal ?? `${plural(pictures, 'picture')}, ${plural(problems, 'line')} of the report`;
  console.log(
    `  ${what}, ${megabytes(size)} MB: ${outcome}; ${seconds.toFixed(1)} s (${processorSeconds.toFixed(1)} s of processor time), peak memory ${megabytes(peak)} MB (${megabytes(before)} before), load ${load.toFixed(1)}`,
  );
  if (reason !== null) console.log(`    ${reason}`);
}

function* drawRows(count: number): Generator<string> {
  const random = new Random(1);
  yield 'id,title,image,category,brand,price,currency,url\n';
  for (let row = 0; row < Math.round(count); row++) {
    const { title, label, brand, currency } = items[row % items.length];
    const price = (random.below(20_000) / 100).toFixed(2);
    yield `p-${row},"${title}",https://cdn.example/pictures/${row}.jpg,${label},${brand},${price},${currency},https://shop.example/products/${row}\n`;
  }
}

function* drawItems(count: number): Generator<string> {
  const random = new Random(1);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Demo</title>\n';
  for (let row = 0; row < Math.round(count); row++) {
    const { title, label, brand, currency } = items[row % items.length];
    const price = (1 + random.below(20_000) / 100).toFixed(2);
    const tags = [
      `<g:id>p-${row}</g:id><title>${title}</title>`,
      `<description>${title}, seen from above. A drawn garment of the demo shop, as no other has it.</description>`,
      `<link>https://shop.example/products/${row}</link><g:image_link>https://cdn.example/pictures/${row}.jpg</g:image_link>`,
      `<g:product_type>${label}</g:product_type><g:brand>${brand.replace('&', '&amp;')}</g:brand>`,
      `<g:price>${price} ${currency}</g:price><g:availability>in_stock</g:availability>`,
    ];
    yield `<item>${tags.join('\n  ')}</item>\n`;
  }
  yield '</channel></rss>\n';
}

/** One record that goes on to the end of the file. */
function* endless(begin: string, share: number, end = ''): Generator<string> {
  yield begin;
  const piece = 'a'.repeat(1 << 20);
  for (let left = share * endlessBytes; left > 0; left -= piece.length) yield piece.slice(0, Math.max(1, left));
  yield end;
}
