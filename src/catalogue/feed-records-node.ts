/** @file Records of delimited text, JSON lines and XML as streams, with a cap on each record: a feed is outside data. */
import { basename } from 'node:path';
import { DeepShopError } from '../errors/errors.ts';
import { plural } from '../text/plural.ts';
import type { CatalogueProblem } from './catalogue.ts';
import { type DelimitedRow, readDelimitedRows } from './delimited-text.ts';
import { type FeedColumns, plainName } from './feed-columns.ts';
import { readLines, readText } from './feed-text-node.ts';
import { readXmlItems } from './feed-xml.ts';
import { type MeasuredRecord, requireSeen } from './require-seen.ts';

/** No honest product is described in more; a file without line ends is not read into memory. */
export const defaultMaxRecord = 1 << 20;
/** The widest exports have a few hundred. */
const maxColumns = 4096;

export interface FeedRecord {
  /** From 1, the header not counted. */
  readonly row: number;
  readonly record: unknown;
  /** Columns of the header that the row ends before; of a row that the feed may break off in, also a last one that is empty. */
  readonly unread?: readonly string[];
}

export interface RecordOptions {
  readonly columns: FeedColumns;
  /** Fields without which no row can be used. */
  readonly required: readonly string[];
  /** Characters (bytes in JSON) of a record at most. */
  readonly maxRecord: number;
  /** What helps where the header is not one, if there is better to say than how one looks. */
  readonly headerCure?: string | undefined;
}

/**
 * Rows of a CSV or TSV file whose first line names the columns. A row that cannot be read is a problem of its own, and so is
 * a last one that has too few fields and no line end: the feed was cut off in it. Others may have too few: spreadsheets
 * leave out empty cells at the end of a row.
 */
export async function* readDelimitedRecords(
  path: string,
  format: 'csv' | 'tsv',
  options: RecordOptions,
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  let header: Header | undefined;
  let row = 0;
  let end = '';
  async function* pieces() {
    for await (const piece of readText(path)) {
      if (piece !== '') end = piece.slice(-1);
      yield piece;
    }
  }
  for await (const { value: fields, isLast } of markLast(readDelimitedRows(pieces(), format, options.maxRecord))) {
    if (header === undefined) {
      header = readHeader(fields, path, options);
      continue;
    }
    row += 1;
    const source = `${basename(path)} row ${row}`;
    if ('problem' in fields) {
      yield { kind: 'problem', source, reason: fields.problem, product: null };
    } else if (fields.length > header.names.length) {
      const reason = `${fields.length} fields, but the header names ${plural(header.names.length, 'column')}: quote fields that hold a separator`;
      yield { kind: 'problem', source, reason, product: null };
    } else {
      const isOpen = isLast && end !== '\n';
      const numRead = isOpen && fields.at(-1) === '' ? fields.length - 1 : fields.length;
      if (isOpen && fields.length < header.names.length) {
        const reason = `${plural(fields.length, 'field')}, but the header names ${plural(header.names.length, 'column')}, and no line end follows: the feed was cut off here? Save it again; if it is whole, end its last line`;
        yield { kind: 'problem', source, reason, product: null };
      } else yield { row, record: header.toRecord(fields), unread: header.names.slice(numRead) };
    }
  }
}

/** The same values, each with whether another follows. */
async function* markLast<T>(values: AsyncIterable<T>): AsyncGenerator<{ readonly value: T; readonly isLast: boolean }> {
  let held: { readonly value: T } | undefined;
  for await (const value of values) {
    if (held !== undefined) yield { ...held, isLast: false };
    held = { value };
  }
  if (held !== undefined) yield { ...held, isLast: true };
}

interface Header {
  readonly names: readonly string[];
  toRecord(fields: readonly string[]): object;
}

/** The names of the columns; those that no feed can do without must be among them, and none twice that is read. */
function readHeader(fields: DelimitedRow, where: string, { columns, required, headerCure }: RecordOptions): Header {
  if (!('problem' in fields) && fields.length > maxColumns) {
    const facts = { where, expected: `at most ${maxColumns} columns`, got: String(fields.length) };
    throw new DeepShopError('catalogue-unreadable', 'too many columns', { ...facts, cure: 'Is this a feed?' });
  }
  const names = 'problem' in fields ? [] : fields.map((name) => name.trim());
  if (!('problem' in fields)) columns.requireAsked(names, where);
  const missing = 'problem' in fields ? [] : columns.missing(required, names);
  if ('problem' in fields || missing.length > 0) {
    throw new DeepShopError('catalogue-unreadable', 'the first line does not name the columns', {
      where,
      expected:
        missing.length === 0
          ? 'names of columns'
          : missing.map(({ field, names }) => `a column with the ${field} (${names.join(', ')})`).join(' and '),
      got: 'problem' in fields ? fields.problem : JSON.stringify(fields.join(' | ').slice(0, 120)),
      cure:
        headerCure ??
        'Put a line of names first, for example id,title,image,category,price,url, or name your columns with --map.',
    });
  }
  const repeated = repeatedNames(names.filter((name) => columns.reads(name)));
  // Merchant feeds may repeat the column of additional images.
  const lists = new Set(repeated.filter((name) => plainName(name) === 'additionalimagelink'));
  const [twice] = repeated.filter((name) => !lists.has(name));
  if (twice !== undefined) {
    throw new DeepShopError('catalogue-unreadable', 'two columns have one name', {
      where,
      expected: 'each column that is read to have a name of its own',
      got: JSON.stringify(twice),
      cure: 'Rename one of them.',
    });
  }
  return {
    names,
    toRecord(values) {
      const record = Object.fromEntries(values.map((value, index) => [names[index], value]));
      for (const list of lists) {
        const joined = values.filter((_, index) => plainName(names[index]) === plainName(list));
        Object.assign(record, { [list]: joined.join(',') });
      }
      return record;
    },
  };
}

/** The later one of every two that are the same but for case and spaces. */
function repeatedNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => {
    const plain = plainName(name);
    if (seen.has(plain)) return true;
    seen.add(plain);
    return false;
  });
}

/** One JSON object a line; empty lines are passed over. */
export async function* readJsonLines(
  path: string,
  { columns, maxRecord }: RecordOptions,
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  yield* requireSeen(parseJsonLines(path, maxRecord), columns, path);
}

async function* parseJsonLines(path: string, maxRecord: number): AsyncGenerator<MeasuredRecord> {
  let row = 0;
  for await (const line of readLines(path, maxRecord)) {
    if (line !== 'too-long' && line.trim() === '') continue;
    row += 1;
    const source = `${basename(path)} row ${row}`;
    if (line === 'too-long') {
      const reason = `the line is longer than ${maxRecord} bytes`;
      yield { found: { kind: 'problem', source, reason, product: null }, length: 0 };
      continue;
    }
    try {
      yield { found: { row, record: JSON.parse(line) as unknown }, length: line.length };
    } catch (error) {
      const reason = `not JSON: ${(error as Error).message}`;
      yield { found: { kind: 'problem', source, reason, product: null }, length: 0 };
    }
  }
}

/** The items of an RSS or Atom feed, in their order. */
export async function* readXmlRecords(
  path: string,
  { columns, maxRecord }: RecordOptions,
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  yield* requireSeen(numberItems(path, maxRecord), columns, path);
}

async function* numberItems(path: string, maxRecord: number): AsyncGenerator<MeasuredRecord> {
  let row = 0;
  for await (const item of readXmlItems(readText(path), path, { maxRecord })) {
    row += 1;
    const source = `${basename(path)} row ${row}`;
    if ('problem' in item) {
      yield { found: { kind: 'problem', source, reason: item.problem, product: null }, length: 0 };
      continue;
    }
    let length = 0;
    for (const [name, value] of Object.entries(item.record)) length += name.length + value.length;
    yield { found: { row, record: item.record }, length };
  }
}
