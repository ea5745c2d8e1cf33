/**
 * @file CSV and TSV as a stream of rows. Forgiving where feeds are careless, and able to go on after a row that it
 * cannot read: a quote that is never closed costs its own line, not the rest of the file.
 */

export type DelimitedRow = readonly string[] | { readonly problem: string };

interface Dialect {
  readonly delimiter: string;
  /** Tab-separated feeds do not quote: a title may begin with an inch sign. */
  readonly quotes: boolean;
}

/**
 * Rows of text that comes in pieces; empty lines are left out.
 *
 * CSV is separated by commas, or by the semicolons or tabs that the first line has more of, or by what a first line
 * `sep=;` says, which is then no row.
 *
 * @param maxLength characters of a row at most; a longer one becomes a problem and is not kept
 */
export async function* readDelimitedRows(
  pieces: AsyncIterable<string>,
  format: 'csv' | 'tsv',
  maxLength: number,
): AsyncGenerator<DelimitedRow> {
  let dialect: Dialect | undefined = format === 'tsv' ? { delimiter: '\t', quotes: false } : undefined;
  let text = '';
  let isDropping = false;
  function* take(isEnd: boolean): Generator<DelimitedRow> {
    let at = 0;
    const known: KnownClose = { from: Number.POSITIVE_INFINITY, close: -1 };
    while (at < text.length) {
      const lineEnd = text.indexOf('\n', at);
      if (isDropping) {
        if (lineEnd < 0) {
          at = text.length;
          break;
        }
        at = lineEnd + 1;
        isDropping = false;
        continue;
      }
      if (dialect === undefined) {
        if (lineEnd < 0 && !isEnd && text.length <= maxLength) break;
        const firstLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
        const declared = /^"?sep=(?<delimiter>.)"?\r?$/i.exec(firstLine)?.groups?.delimiter;
        dialect = { delimiter: declared ?? guessDelimiter(firstLine), quotes: true };
        if (declared !== undefined) {
          at = lineEnd < 0 ? text.length : lineEnd + 1;
          continue;
        }
      }
      const found = readRow(text, at, dialect, maxLength, known);
      if (found !== undefined && found.end - at <= maxLength && (isEnd || found.end < text.length)) {
        at = found.end;
        if (found.fields.length > 1 || found.fields[0] !== '') yield found.fields;
      } else if (isEnd || text.length - at > maxLength) {
        const isTooLong = text.length - at > maxLength;
        yield { problem: isTooLong ? `the row is longer than ${maxLength} characters` : 'a quote is not closed' };
        isDropping = true;
      } else {
        break;
      }
    }
    text = text.slice(at);
  }
  for await (const piece of pieces) {
    text += piece;
    yield* take(false);
  }
  yield* take(true);
}

/**
 * Where quotes that open from a place on are closed in the text at hand, -1 for nowhere. Rows that are given up one line
 * after another would each look as far for it.
 */
interface KnownClose {
  from: number;
  close: number;
}

/** The row that starts at a place and where the next one does; undefined when a quote is still open, or was for too long. */
function readRow(
  text: string,
  start: number,
  { delimiter, quotes }: Dialect,
  maxLength: number,
  known: KnownClose,
): { fields: string[]; end: number } | undefined {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    let field: string;
    if (quotes && text[at] === '"') {
      const close = findClosingQuote(text, at + 1, delimiter, known);
      // Before the text of the field is made: it may be very long, and the next row may end there too.
      if (close < 0 || close - start > maxLength) return undefined;
      field = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end += 1;
      field = text.slice(at, end);
      if (text[end] !== delimiter && field.endsWith('\r')) field = field.slice(0, -1);
      at = end;
    }
    fields.push(field);
    if (text[at] !== delimiter) return { fields, end: Math.min(at + 1, text.length) };
    at += 1;
  }
}

/** A quote before a separator or the end of a line; any other is part of the text, and so are two in a row. */
function findClosingQuote(text: string, start: number, delimiter: string, known: KnownClose): number {
  let at = start;
  if (start >= known.from && (known.close < 0 || start <= known.close)) {
    // Whoever looks from another place may pair the quotes that it begins with differently, but none after those.
    at = passQuotes(text, start, delimiter);
    if (text[at] === '"') return at;
    if (known.close < 0 || at <= known.close) return known.close;
  }
  for (at = text.indexOf('"', at); at >= 0; at = text.indexOf('"', at)) {
    at = passQuotes(text, at, delimiter);
    if (text[at] === '"') break;
  }
  known.from = start;
  known.close = at;
  return at;
}

/** Past quotes that stand together, or the one among them that closes. */
function passQuotes(text: string, start: number, delimiter: string): number {
  let at = start;
  while (text[at] === '"') {
    const next = text[at + 1];
    if (next === '"') {
      at += 2;
      continue;
    }
    if (next === undefined || next === delimiter || next === '\n' || (next === '\r' && text[at + 2] === '\n'))
      return at;
    at += 1;
  }
  return at;
}

function guessDelimiter(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}
