/** @file Reads a catalogue from a folder of pictures or a feed of any format, one entry at a time. */
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  type CatalogueEntry,
  type CatalogueProblem,
  type FeedPicture,
  reportDuplicates,
  type SkippedProduct,
} from './catalogue.ts';
import { type CatalogueFormat, type CatalogueKind, recogniseCatalogue } from './catalogue-format-node.ts';
import { type ColumnNames, type EmptyColumn, FeedColumns, type FeedMapping } from './feed-columns.ts';
import { picturesOf, type RowPlace } from './feed-pictures.ts';
import {
  defaultMaxRecord,
  type FeedRecord,
  type RecordOptions,
  readDelimitedRecords,
  readJsonLines,
  readXmlRecords,
} from './feed-records-node.ts';
import { feedColumnNames, keyIn, parseFeedRow } from './feed-row.ts';
import { type FeedDefaults, fillMissing } from './fill-missing.ts';
import { merchantColumnNames, parseMerchantRow } from './merchant.ts';
import { findPicture } from './picture-place-node.ts';
import { readFolder } from './read-folder-node.ts';
import { isInShard, type Shard } from './shard.ts';
import { readShopifyPictures, shopifyColumnNames } from './shopify.ts';

export interface CatalogueOptions {
  /** Guessed where it is not given. */
  readonly format?: CatalogueFormat | undefined;
  readonly mapping?: FeedMapping | undefined;
  /** Whether images at addresses are entries; without it they are problems. Nothing is fetched here in either case. */
  readonly fetch?: boolean | undefined;
  /** Told of each product that its shop does not show. */
  readonly onSkip?: ((skipped: SkippedProduct) => void) | undefined;
  /** What holds for items of which the feed does not say it. */
  readonly defaults?: FeedDefaults | undefined;
  /** Told, once the feed is read, of each column that the user named and that no row had a value in. */
  readonly onEmptyColumn?: ((column: EmptyColumn) => void) | undefined;
  /** Characters of a record at most; a longer one is a problem, and is not kept in memory. */
  readonly maxRecord?: number | undefined;
  /** Milliseconds: when sale prices are judged. */
  readonly now?: number | undefined;
  /** Products of other shards are passed over. A problem that may be of any product is in every shard. */
  readonly shard?: Shard | undefined;
}

/**
 * The entries of a catalogue, in a fixed order. Image paths of a feed are relative to its folder, and stay in it.
 *
 * @param source a folder, or a file of CSV, TSV, JSON lines, a Shopify product export or a Google Merchant feed
 * @throws DeepShopError when the source is missing or cannot be read at all; UsageError when its kind cannot be told, or
 *   the mapping names a column that is not there
 */
export async function* readCatalogue(source: string, options: CatalogueOptions = {}): AsyncGenerator<CatalogueEntry> {
  yield* reportDuplicates(placePictures(source, options));
}

/** How many entries {@link readCatalogue} gives; asks neither disk nor network for pictures. */
export async function countEntries(source: string, options: CatalogueOptions = {}): Promise<number> {
  let count = 0;
  const kind = await recogniseCatalogue(source, options.format);
  for await (const _ of openFeed(source, kind, { ...options, onSkip: undefined, onEmptyColumn: undefined })) count += 1;
  return count;
}

async function* placePictures(source: string, options: CatalogueOptions): AsyncGenerator<CatalogueEntry> {
  const kind = await recogniseCatalogue(source, options.format);
  const root = await realpath(kind.format === 'folder' ? source : dirname(source));
  for await (const entry of openFeed(source, kind, options)) {
    if (entry.kind === 'problem') {
      yield entry;
      continue;
    }
    const place = await findPicture(root, entry.image, { fetch: options.fetch ?? false });
    const { source: at, product } = entry;
    if ('problem' in place) yield { kind: 'problem', source: at, reason: place.problem, product };
    else yield { ...entry, place };
  }
}

/** The entries of a feed, or of the one shard of it that is asked for. */
async function* openFeed(
  source: string,
  kind: CatalogueKind,
  { shard, onSkip = () => {}, ...options }: CatalogueOptions,
): AsyncGenerator<FeedPicture | CatalogueProblem> {
  const isOurs = (product: string | null) => shard === undefined || product === null || isInShard(product, shard);
  const ours: CatalogueOptions = { ...options, onSkip: (skipped) => isOurs(skipped.product) && onSkip(skipped) };
  for await (const entry of openWholeFeed(source, kind, ours)) if (isOurs(entry.product)) yield entry;
}

async function* openWholeFeed(
  source: string,
  kind: CatalogueKind,
  options: CatalogueOptions,
): AsyncGenerator<FeedPicture | CatalogueProblem> {
  const { mapping, defaults = {}, onEmptyColumn = () => {} } = options;
  const columns = new FeedColumns(columnNames[kind.format], mapping, owners[kind.format]);
  for await (const entry of readKind(source, kind, columns, options)) {
    yield entry.kind === 'picture' ? fillMissing(entry, defaults) : entry;
  }
  for (const column of columns.emptyColumns()) onEmptyColumn(column);
}

const columnNames: { readonly [F in CatalogueFormat]: ColumnNames } = {
  folder: feedColumnNames,
  csv: feedColumnNames,
  jsonl: feedColumnNames,
  shopify: shopifyColumnNames,
  merchant: merchantColumnNames,
};
/** In messages about fields. */
const owners: { readonly [F in CatalogueFormat]?: string } = {
  shopify: 'a Shopify export does',
  merchant: 'a Merchant feed does',
};

function readKind(
  source: string,
  kind: CatalogueKind,
  columns: FeedColumns,
  { mapping = {}, onSkip, maxRecord = defaultMaxRecord, now = Date.now() }: CatalogueOptions,
): AsyncGenerator<FeedPicture | CatalogueProblem> {
  const { attributes = {} } = mapping;
  const name = basename(source);
  switch (kind.format) {
    case 'folder':
      return readFolder(source);
    case 'jsonl':
    case 'csv': {
      const options = { columns, required: ['id', 'image'], maxRecord };
      const records =
        kind.format === 'jsonl'
          ? readJsonLines(source, options)
          : readDelimitedRecords(source, kind.syntax, { ...options, headerCure: kind.headerCure });
      return readRows(records, name, (record, place) => {
        const row = parseFeedRow(record, columns, attributes);
        if (!('problem' in row)) return picturesOf(row, place);
        return { kind: 'problem', source: place.source, reason: row.problem, product: keyIn(row, 'id') };
      });
    }
    case 'shopify': {
      const options = { columns, required: ['handle', 'image'], maxRecord, headerCure: kind.headerCure };
      const records = readDelimitedRecords(source, kind.syntax, options);
      return readShopifyPictures(records, { columns, attributes, name, onSkip });
    }
    case 'merchant': {
      const options = { columns, required: ['id', 'image'], maxRecord, headerCure: kind.headerCure };
      const records = readMerchantRecords(source, kind.syntax, options);
      return readRows(records, name, (record, place) => parseMerchantRow(record, place, { columns, attributes, now }));
    }
  }
}

function readMerchantRecords(source: string, syntax: 'csv' | 'tsv' | 'xml', options: RecordOptions) {
  return syntax === 'xml' ? readXmlRecords(source, options) : readDelimitedRecords(source, syntax, options);
}

/** Feeds that have an item a row. */
async function* readRows(
  records: AsyncIterable<FeedRecord | CatalogueProblem>,
  name: string,
  parse: (record: unknown, place: RowPlace) => readonly FeedPicture[] | CatalogueProblem,
): AsyncGenerator<FeedPicture | CatalogueProblem> {
  for await (const found of records) {
    if (!('record' in found)) {
      yield found;
      continue;
    }
    const source = `${name} row ${found.row}`;
    const pictures = parse(found.record, { row: found.row, source });
    if ('kind' in pictures) yield pictures;
    else yield* pictures;
  }
}
