/** @file Reads a catalogue from a folder of pictures or a CSV, TSV or JSONL feed, one entry at a time. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { pathInside } from '../files/path-inside-node.ts';
import { type CatalogueEntry, type CatalogueProblem, reportDuplicates } from './catalogue.ts';
import { readDelimitedRecords, readJsonLines } from './feed-records-node.ts';
import { parseFeedRow } from './feed-row.ts';

/** Files of a folder that are meant as pictures; those that cannot be read are reported by the reader, with their reason. */
const pictureExtensions = new Set('.jpg .jpeg .jfif .png .webp .avif .heic .heif .gif .tif .tiff .bmp .svg'.split(' '));

/**
 * The entries of a catalogue, in a fixed order.
 *
 * @param source a folder, or a `.csv`, `.tsv`, `.jsonl` or `.ndjson` file whose image paths are relative to its folder
 * @throws UsageError when the source is neither
 */
export async function* readCatalogue(source: string): AsyncGenerator<CatalogueEntry> {
  yield* reportDuplicates(await openCatalogue(source));
}

async function openCatalogue(source: string): Promise<AsyncGenerator<CatalogueEntry>> {
  const expected = 'a folder of pictures, or a .csv, .tsv, .jsonl or .ndjson file';
  let isFolder: boolean;
  try {
    isFolder = (await stat(source)).isDirectory();
  } catch {
    const facts = { where: source, expected, cure: 'Check the path.' };
    throw new DeepShopError('catalogue-missing', 'the catalogue cannot be found', facts);
  }
  if (isFolder) return readFolder(source);
  switch (extname(source).toLowerCase()) {
    case '.csv':
      return readFeed(source, readDelimitedRecords(source, 'csv'));
    case '.tsv':
    case '.tab':
      return readFeed(source, readDelimitedRecords(source, 'tsv'));
    case '.jsonl':
    case '.ndjson':
      return readFeed(source, readJsonLines(source));
    default:
      throw new UsageError('a catalogue of an unknown kind', {
        where: source,
        expected,
        got: extname(source) || 'no ending',
      });
  }
}

/** Every picture under the folder; its path relative to the folder, with forward slashes, is the id. */
async function* readFolder(folder: string): AsyncGenerator<CatalogueEntry> {
  const root = await realpath(folder);
  for await (const path of walk(root)) {
    const id = relative(root, path).split(sep).join('/');
    const found = await resolveInside(root, id);
    if ('problem' in found) {
      yield { kind: 'problem', source: id, reason: found.problem };
      continue;
    }
    yield {
      kind: 'picture',
      source: id,
      product: id,
      variant: '',
      image: id,
      file: found.file,
      title: basename(path, extname(path)),
      ...{ category: null, brand: null, colour: null, pattern: null, price: null, currency: null, url: null },
    };
  }
}

/** Files in the order of their names; hidden ones and linked folders are left out. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (pictureExtensions.has(extname(entry.name).toLowerCase())) yield path;
  }
}

async function* readFeed(
  feed: string,
  records: AsyncIterable<{ readonly row: number; readonly record: unknown } | CatalogueProblem>,
): AsyncGenerator<CatalogueEntry> {
  const root = await realpath(dirname(feed));
  for await (const found of records) {
    if ('kind' in found) {
      yield found;
      continue;
    }
    const parsed = parseFeedRow(found.record);
    const source = `${basename(feed)} row ${found.row}`;
    if ('problem' in parsed) {
      yield { kind: 'problem', source, reason: parsed.problem };
      continue;
    }
    const picture = await resolveInside(root, parsed.image);
    if ('problem' in picture) {
      yield { kind: 'problem', source, reason: picture.problem };
      continue;
    }
    const { id, image, title, price, currency, ...others } = parsed;
    yield {
      kind: 'picture',
      source,
      product: id,
      variant: '',
      image,
      file: picture.file,
      title: title ?? id,
      price: price?.amount ?? null,
      currency: currency ?? price?.currency ?? null,
      ...others,
    };
  }
}

/** The real path of an image, which must lie in the root once links are followed. */
async function resolveInside(root: string, image: string): Promise<{ file: string } | { problem: string }> {
  const quoted = JSON.stringify(image);
  if (image.includes('\u0000')) return { problem: `image path ${quoted} has a zero byte` };
  // Letters before a colon, but not a drive of Windows.
  if (/^[a-z][a-z\d+.-]+:/i.test(image))
    return { problem: `image ${quoted} is an address: download it beside the feed` };
  const found = await pathInside(root, image);
  if (found === 'outside') {
    return { problem: `image path ${quoted} leads out of the folder of the catalogue: move the picture into it` };
  }
  const facts = found === 'missing' ? null : await stat(found.path).catch(() => null);
  if (found === 'missing' || facts === null) return { problem: `image ${quoted} does not exist` };
  // Reading a named pipe would wait for ever.
  return facts.isFile() ? { file: found.path } : { problem: `image ${quoted} is no file` };
}
