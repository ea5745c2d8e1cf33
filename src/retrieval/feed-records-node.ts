/** @file Records of delimited text and JSON lines as streams, with a cap on each record: a feed is outside data. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { DeepShopError } from '../errors/errors.ts';
import type { CatalogueProblem } from './catalogue.ts';

/** No honest product is described in more; a file without line ends is not read into memory. */
const maxRecordBytes = 1 << 20;

export interface FeedRecord {
  /** From 1, the header not counted. */
  readonly row: number;
  readonly record: unknown;
}

/** Rows of a CSV or TSV file whose first line names the columns. */
export async function* readDelimitedRecords(
  path: string,
  format: 'csv' | 'tsv',
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  const problems: CatalogueProblem[] = [];
  let row = 0;
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      columns: (header: string[]) => header.map((name) => name.trim()),
      // Tab-separated feeds do not quote: a title may begin with an inch sign.
      ...(format === 'tsv' ? { delimiter: '\t', quote: null } : { delimiter: [',', ';'] }),
      max_record_size: maxRecordBytes,
      relax_column_count_less: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        row += 1;
        problems.push({
          kind: 'problem',
          source: `${basename(path)} row ${row}`,
          reason: error?.message ?? 'unreadable',
        });
        return undefined;
      },
      on_record: (record) => {
        row += 1;
        return { row, record } satisfies FeedRecord;
      },
    }),
  );
  try {
    for await (const record of parser) {
      yield* problems.splice(0);
      yield record as FeedRecord;
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    yield* problems.splice(0);
    yield { kind: 'problem', source: basename(path), reason: `reading stopped: ${cause.message}` };
  }
  yield* problems.splice(0);
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
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
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
  } catch (cause) {
    throw new DeepShopError(
      'catalogue-unreadable',
      'the feed cannot be read',
      { where: path, got: String(cause) },
      { cause },
    );
  }
  if (length > 0) yield finish();
}
