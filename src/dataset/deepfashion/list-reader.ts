/**
 * @file The form of DeepFashion's list files, read as a stream: line 1 the number of rows, line 2 the names of the columns,
 * then rows whose fields are apart by runs of spaces. The first field is a name that may hold spaces itself, so rows
 * are read from their right end.
 *
 * Reference: the README of the Category and Attribute Prediction Benchmark.
 */
import { DatasetError, type DatasetErrorCode } from '../dataset-error.ts';

/** A list file that is about to be read. */
export interface ListSource {
  /** The file's name, for messages. */
  readonly where: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A row with 1,000 attributes has some 3 kB; a file without line ends is not read into memory. */
const maxLineBytes = 1 << 20;
const lineFeed = 10;

/**
 * Reads a list from its first byte to its last.
 *
 * @param columns the names that line 2 must begin with
 * @param readRow is handed the same object for every row
 * @returns how many rows there were: what line 1 said
 * @throws DatasetError that names file and line
 */
export async function readList(
  { where, chunks }: ListSource,
  columns: readonly string[],
  readRow: (row: ListRow) => void,
): Promise<number> {
  const row = new ListRow(where);
  let promised = 0;
  let numRows = 0;
  const readLine = (bytes: Uint8Array, start: number, end: number) => {
    row.open(bytes, start, end);
    if (row.line === 1) promised = parseCount(row);
    else if (row.line === 2) checkColumns(row, columns);
    else if (!row.isBlank()) {
      if (++numRows > promised) throw moreRows(row, promised);
      readRow(row);
    }
  };
  let pending: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const line = start === 0 ? join(pending, chunk.subarray(0, end)) : null;
      if (line === null) readLine(chunk, start, end);
      else readLine(line, 0, line.length);
      start = end + 1;
    }
    // A copy: whoever reads the file may fill the same memory anew.
    pending = start === 0 ? join(pending, chunk).slice() : chunk.slice(start);
    if (pending.length > maxLineBytes) throw lineTooLong(where, row.line + 1);
  }
  if (pending.length > 0) readLine(pending, 0, pending.length);
  if (row.line < 2 || numRows < promised) throw endsEarly(where, row.line, numRows, promised);
  return numRows;
}

/** A row that gives its fields from the right; what is left of them is the name. */
export class ListRow {
  readonly where: string;
  /** From 1. */
  line = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(where: string) {
    this.where = where;
  }

  /** Moves on to the next line. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.line++;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    // A byte order mark, which editors leave at the start of a file.
    if (this.line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf)
      this.#start += 3;
    while (this.#start < this.#end && isSpace(bytes[this.#start])) this.#start++;
    this.#trimEnd();
  }

  isBlank(): boolean {
    return this.#start === this.#end;
  }

  /** Takes the last field; '' when nothing is left. */
  takeField(): string {
    let from = this.#end;
    while (from > this.#start && !isSpace(this.#bytes[from - 1])) from--;
    const field = this.#text(from, this.#end);
    this.#end = from;
    this.#trimEnd();
    return field;
  }

  /** Takes the last field where it is a whole number of at most nine digits; null, and takes nothing, where not. */
  takeInteger(): number | null {
    const bytes = this.#bytes;
    let at = this.#end;
    let value = 0;
    for (let place = 1; at > this.#start && place < 1e9; place *= 10) {
      const digit = bytes[at - 1] - 48;
      if (digit < 0 || digit > 9) break;
      value += digit * place;
      at--;
    }
    if (at === this.#end) return null;
    const isNegative = at > this.#start && bytes[at - 1] === 45;
    if (isNegative) at--;
    if (at > this.#start && !isSpace(bytes[at - 1])) return null;
    this.#end = at;
    this.#trimEnd();
    return isNegative ? -value : value;
  }

  /**
   * Takes fields that are each 1, 0 or -1.
   *
   * @param visit is told the place (from 0, counted from the left) and value of each, from the right
   * @returns how many of `count` could not be taken
   */
  takeTernary(count: number, visit: (place: number, value: 1 | 0 | -1) => void): number {
    const bytes = this.#bytes;
    let at = this.#end;
    let left = count;
    while (left > 0) {
      const digit = at > this.#start ? bytes[at - 1] : undefined;
      if (digit !== 48 && digit !== 49) break;
      let from = at - 1;
      const isNegative = digit === 49 && from > this.#start && bytes[from - 1] === 45;
      if (isNegative) from--;
      if (from > this.#start && !isSpace(bytes[from - 1])) break;
      left--;
      visit(left, isNegative ? -1 : digit === 49 ? 1 : 0);
      while (from > this.#start && isSpace(bytes[from - 1])) from--;
      at = from;
    }
    this.#end = at;
    return left;
  }

  /** What is left of the row: the name. */
  rest(): string {
    return this.#text(this.#start, this.#end);
  }

  /** The error of a row that cannot be used. */
  refuse(
    summary: string,
    facts: { readonly expected: string; readonly got: string; readonly cure?: string },
    code: DatasetErrorCode = 'dataset-list',
  ): DatasetError {
    return new DatasetError(code, summary, { where: `${this.where} line ${this.line}`, cure: copyAgain, ...facts });
  }

  #trimEnd(): void {
    while (this.#end > this.#start && isSpace(this.#bytes[this.#end - 1])) this.#end--;
  }

  #text(start: number, end: number): string {
    const bytes = this.#bytes.subarray(start, end);
    try {
      return decoder.decode(bytes);
    } catch {
      const got = quoted(new TextDecoder().decode(bytes));
      throw this.refuse('the line is not text', { expected: 'UTF-8', got });
    }
  }
}

const copyAgain = 'Is it the file as it was downloaded? Copy it again.';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A piece of a file for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function parseCount(row: ListRow): number {
  const text = row.rest();
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw row.refuse('line 1 is not the number of rows', { expected: 'a whole number', got: quoted(text) });
}

function checkColumns(row: ListRow, columns: readonly string[]): void {
  const text = row.rest();
  const found = text.split(/\s+/);
  if (columns.every((name, index) => found[index] === name)) return;
  const expected = quoted(columns.join(' '));
  throw row.refuse('line 2 does not name the columns of this list', { expected, got: quoted(text) });
}

function moreRows(row: ListRow, promised: number): DatasetError {
  const cure = 'Correct the number in line 1, or remove the rows that are too many.';
  const got = `one more: ${quoted(row.rest())}`;
  return row.refuse('more rows than line 1 says', { expected: `as many as it says (${promised})`, got, cure });
}

function endsEarly(where: string, line: number, numRows: number, promised: number): DatasetError {
  const expected =
    line < 2 ? 'the number of rows, the names of the columns, then rows' : `${promised} rows, as line 1 says`;
  const got = line === 0 ? 'an empty file' : `${numRows} rows`;
  const facts = { where: `${where} line ${line}`, expected, got, cure: copyAgain };
  return new DatasetError('dataset-list', 'the list ends early', facts);
}

function lineTooLong(where: string, line: number): DatasetError {
  return new DatasetError('dataset-list', 'the line has no end', {
    where: `${where} line ${line}`,
    expected: `lines of at most ${maxLineBytes} bytes`,
    got: 'more',
    cure: copyAgain,
  });
}
