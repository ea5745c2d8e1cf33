/** @file Records of delimited text and JSON lines as streams, with a cap on each record: a feed is outside data. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { TextDecoder } from 'node:util';
import { DeepShopError } from '../errors/errors.ts';
import type { CatalogueProblem } from './catalogue.ts';
import { type DelimitedRow, readDelimitedRows } from './delimited-text.ts';
import { missingColumns } from './feed-row.ts';

/** No honest product is described in more; a file without line ends is not read into memory. */
const maxRecordBytes = 1 << 20;

export interface FeedRecord {
  /** From 1, the header not counted. */
  readonly row: number;
  readonly record: unknown;
}

/** Rows of a CSV or TSV file whose first line names the columns. A row that cannot be read is a problem of its own. */
export async function* readDelimitedRecords(
  path: string,
  format: 'csv' | 'tsv',
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  let columns: readonly string[] | undefined;
  let row = 0;
  for await (const fields of readDelimitedRows(readText(path), format, maxRecordBytes)) {
    if (columns === undefined) {
      columns = readHeader(fields, path);
      continue;
    }
    row += 1;
    const source = `${basename(path)} row ${row}`;
    if ('problem' in fields) {
      yield { kind: 'problem', source, reason: fields.problem };
    } else if (fields.length > columns.length) {
      const reason = `${fields.length} fields, but the header names ${columns.length} columns: quote fields that hold a separator`;
      yield { kind: 'problem', source, reason };
    } else {
      yield { row, record: Object.fromEntries(fields.map((value, index) => [columns![index], value])) };
    }
  }
}

/** The names of the columns; those that no feed can do without must be among them. */
function readHeader(fields: DelimitedRow, where: string): string[] {
  const missing = 'problem' in fields ? [] : missingColumns(fields);
  if (!('problem' in fields) && missing.length === 0) return fields.map((name) => name.trim());
  throw new DeepShopError('catalogue-unreadable', 'the first line does not name the columns', {
    where,
    expected:
      missing.length === 0
        ? 'names of columns'
        : missing.map(({ field, names }) => `a column with the ${field} (${names})`).join(' and '),
    got: 'problem' in fields ? fields.problem : JSON.stringify(fields.join(' | ').slice(0, 120)),
    cure: 'Put a line of names first, for example id,title,image,category,price,url.',
  });
}

/** One JSON object a line; empty lines are passed over. */
export async function* readJsonLines(path: string): AsyncGenerator<FeedRecord | CatalogueProblem> {
  let row = 0;
  for await (const line of readLines(path)) {
    if (line !== 'too-long' && line.trim() === '') continue;
    row += 1;
    const source = `${basename(path)} row ${row}`;
    if (line === 'too-long') {
      yield { kind: 'problem', source, reason: `the line is longer than ${maxRecordBytes} bytes` };
      continue;
    }
    try {
      yield { row, record: JSON.parse(line) as unknown };
    } catch (error) {
      yield { kind: 'problem', source, reason: `not JSON: ${(error as Error).message}` };
    }
  }
}

/** Lines of UTF-8 text; the bytes of one that is too long are dropped as they come. */
async function* readLines(path: string): AsyncGenerator<string | 'too-long'> {
  let kept: Buffer[] = [];
  let length = 0;
  const finish = () => {
    const line =
      length > maxRecordBytes
        ? 'too-long'
        : Buffer.concat(kept)
            .toString('utf8')
            .replace(/^\uFEFF/, '');
    kept = [];
    length = 0;
    return line;
  };
  let isFirst = true;
  for await (const chunk of readChunks(path)) {
    if (isFirst) requireUtf8(chunk, path);
    isFirst = false;
    let at = 0;
    for (let end = chunk.indexOf(10, at); end >= 0; end = chunk.indexOf(10, at)) {
      length += end - at;
      if (length <= maxRecordBytes) kept.push(chunk.subarray(at, end));
      yield finish();
      at = end + 1;
    }
    length += chunk.length - at;
    if (length <= maxRecordBytes) kept.push(chunk.subarray(at));
    else kept = [];
  }
  if (length > 0) yield finish();
}

/** JSON is UTF-8 (RFC 8259). */
function requireUtf8(start: Uint8Array, where: string): void {
  const encoding = encodingOf(start);
  if (encoding === 'utf-8') return;
  const facts = { where, expected: 'utf-8', got: encoding, cure: 'Save the feed as UTF-8.' };
  throw new DeepShopError('catalogue-unreadable', 'JSON lines in another encoding', facts);
}

async function* readText(path: string): AsyncGenerator<string> {
  // The decoder drops a byte order mark.
  let decoder: TextDecoder | undefined;
  for await (const chunk of readChunks(path)) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder !== undefined) yield decoder.decode();
}

/** UTF-16 by its byte order mark, or by the zero byte of a first character that is ASCII, as names of columns are. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8';
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new DeepShopError(
      'catalogue-unreadable',
      'the feed cannot be read',
      { where: path, expected: 'a file that can be read', got: String(cause), cure: 'Check its permissions.' },
      { cause },
    );
  }
}
