/** @file Records of delimited text and JSON lines as streams, with a cap on each record: a feed is outside data. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { DeepShopError } from '../errors/errors.ts';
import type { CatalogueProblem } from './catalogue.ts';
import { readDelimitedRows } from './delimited-text.ts';

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
      if ('problem' in fields) {
        const cure = 'The first line must name the columns.';
        throw new DeepShopError('catalogue-unreadable', 'a feed without a header', {
          where: path,
          got: fields.problem,
          cure,
        });
      }
      columns = fields.map((name) => name.trim());
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
  for await (const chunk of readChunks(path)) {
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

async function* readText(path: string): AsyncGenerator<string> {
  // The decoder drops a byte order mark.
  const decoder = new TextDecoder();
  for await (const chunk of readChunks(path)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new DeepShopError(
      'catalogue-unreadable',
      'the feed cannot be read',
      { where: path, got: String(cause) },
      { cause },
    );
  }
}
