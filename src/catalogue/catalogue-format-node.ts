/** @file What kind of catalogue a source is: by its ending, its first line, or what the user said. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { readDelimitedRows } from './delimited-text.ts';
import { plainName } from './feed-columns.ts';
import { readHead } from './feed-text-node.ts';

export const catalogueFormats = ['folder', 'csv', 'jsonl', 'shopify', 'merchant'] as const;
/** `csv` is any delimited text whose columns have no format of their own. */
export type CatalogueFormat = (typeof catalogueFormats)[number];

export type CatalogueKind =
  | { readonly format: 'folder' }
  | { readonly format: 'jsonl' }
  | ({ readonly format: 'csv' | 'shopify'; readonly syntax: 'csv' | 'tsv' } & ForcedFormat)
  | ({ readonly format: 'merchant'; readonly syntax: 'csv' | 'tsv' | 'xml' } & ForcedFormat);

interface ForcedFormat {
  /** What helps where the columns are not those of the format: of one that was asked for where the guess is another. */
  readonly headerCure?: string | undefined;
}

type Syntax = 'csv' | 'tsv' | 'jsonl' | 'xml';

const syntaxes: { readonly [ending: string]: Syntax } = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.xml': 'xml',
  '.rss': 'xml',
  '.atom': 'xml',
};
const expected =
  'a folder of pictures, or a feed: CSV (.csv), tab-separated (.tsv, .tab), JSON lines (.jsonl, .ndjson), ' +
  'a Shopify export (.csv), or a Google Merchant feed (.xml, .rss, .atom, tab-separated .txt or .tsv)';
/** Files that people take for feeds, and how they become one. */
const conversions: { readonly [ending: string]: string } = {
  '.xlsx': 'Export the sheet as CSV (UTF-8) and index that file.',
  '.xls': 'Export the sheet as CSV (UTF-8) and index that file.',
  '.ods': 'Export the sheet as CSV (UTF-8) and index that file.',
  '.numbers': 'Export the sheet as CSV (UTF-8) and index that file.',
  '.json': 'Write one object a line into a .jsonl file, or export CSV.',
  '.zip': 'Unpack it and index the feed or the folder in it.',
};

/**
 * @param wanted the user's word, which counts before the guess
 * @throws DeepShopError where there is nothing; UsageError where the kind cannot be told, or is not what was wanted
 */
export async function recogniseCatalogue(source: string, wanted?: CatalogueFormat): Promise<CatalogueKind> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(source)).isDirectory();
  } catch {
    const cure = `Check the path; a catalogue is ${expected}.`;
    throw new DeepShopError('catalogue-missing', 'there is no such file or folder', { where: source, cure });
  }
  if (isFolder) {
    if (wanted === undefined || wanted === 'folder') return { format: 'folder' };
    throw unlike(source, wanted, 'a folder');
  }
  const ending = extname(source).toLowerCase();
  const known = Object.hasOwn(syntaxes, ending) ? syntaxes[ending] : undefined;
  const head = await readHead(source);
  const syntax = known ?? syntaxOf(head);
  if (known === undefined && wanted === undefined && !(await isMerchantText(ending, head, syntax))) {
    const got = ending === '' ? 'a file without an ending' : `a ${ending} file`;
    const cure = Object.hasOwn(conversions, ending)
      ? conversions[ending]
      : 'Export the catalogue as CSV; if this is a feed under another ending, say which with --format.';
    throw new UsageError('a catalogue of an unknown kind', { where: source, expected, got, cure });
  }
  switch (wanted) {
    case undefined:
      if (syntax === 'jsonl') return { format: 'jsonl' };
      if (syntax === 'xml') return { format: 'merchant', syntax };
      return { format: await formatOfHeader(head, syntax), syntax };
    case 'jsonl':
      if (syntax === 'jsonl' || known === undefined) return { format: 'jsonl' };
      break;
    case 'csv':
    case 'shopify':
      if (syntax === 'csv' || syntax === 'tsv')
        return { format: wanted, syntax, headerCure: await cureOf(wanted, head, syntax) };
      break;
    case 'merchant':
      if (syntax === 'xml') return { format: wanted, syntax };
      if (syntax !== 'jsonl') return { format: wanted, syntax, headerCure: await cureOf(wanted, head, syntax) };
      break;
    case 'folder':
      break;
  }
  throw unlike(source, wanted, `a file of ${syntax.toUpperCase()}`);
}

const leaveOut = 'Leave --format out, and it is guessed.';

/** Undefined where the guess would be the same. */
async function cureOf(wanted: CatalogueFormat, head: string, syntax: 'csv' | 'tsv'): Promise<string | undefined> {
  const guess = await formatOfHeader(head, syntax);
  return guess === wanted ? undefined : `${leaveOut.slice(0, -1)}: as ${guess}.`;
}

function unlike(where: string, wanted: CatalogueFormat, got: string): UsageError {
  const what = { folder: 'a folder', csv: 'CSV or TSV', jsonl: 'JSON lines', shopify: 'CSV', merchant: 'TSV or XML' };
  return new UsageError(`not a catalogue of the format ${wanted}`, {
    where,
    expected: what[wanted],
    got,
    cure: leaveOut,
  });
}

/** Of a file whose ending says nothing. */
function syntaxOf(head: string): Syntax {
  const start = head.trimStart();
  if (start.startsWith('<')) return 'xml';
  if (start.startsWith('{')) return 'jsonl';
  return start.slice(0, start.search(/\n|$/)).includes('\t') ? 'tsv' : 'csv';
}

/** Merchant Center exports its tab-separated feeds as `.txt`. */
async function isMerchantText(ending: string, head: string, syntax: Syntax): Promise<boolean> {
  return ending === '.txt' && syntax === 'tsv' && (await formatOfHeader(head, syntax)) === 'merchant';
}

/** Exports of known shops name columns that no other feed has. */
async function formatOfHeader(head: string, syntax: 'csv' | 'tsv'): Promise<'csv' | 'shopify' | 'merchant'> {
  const columns = new Set((await firstRow(head, syntax)).map(plainName));
  const hasAny = (...names: readonly string[]) => names.some((name) => columns.has(name));
  if (hasAny('handle', 'urlhandle') && hasAny('imagesrc', 'productimageurl', 'option1value')) return 'shopify';
  const isMerchant =
    hasAny('id') && hasAny('imagelink') && hasAny('availability', 'itemgroupid', 'googleproductcategory');
  return isMerchant ? 'merchant' : 'csv';
}

async function firstRow(head: string, syntax: 'csv' | 'tsv'): Promise<readonly string[]> {
  async function* once() {
    yield head;
  }
  for await (const row of readDelimitedRows(once(), syntax, head.length)) return 'problem' in row ? [] : row;
  return [];
}
