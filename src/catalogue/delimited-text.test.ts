import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DelimitedRow, readDelimitedRows } from './delimited-text.ts';

async function read(
  text: string,
  { format = 'csv' as 'csv' | 'tsv', pieceLength = 1e6, maxLength = 200 } = {},
): Promise<DelimitedRow[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
  }
  const rows: DelimitedRow[] = [];
  for await (const row of readDelimitedRows(pieces(), format, maxLength)) rows.push(row);
  return rows;
}

test('quotes keep separators, quotes and line ends in a field', async () => {
  const text = 'a,b\r\n"1,5","say ""hi"""\r\n\r\n"two\nlines",\n,x\n';
  for (const pieceLength of [1, 2, 3, 100]) {
    expect(await read(text, { pieceLength })).toEqual([
      ['a', 'b'],
      ['1,5', 'say "hi"'],
      ['two\nlines', ''],
      ['', 'x'],
    ]);
  }
});

test('semicolons separate where the header has them, and commas stay in the fields', async () => {
  expect(await read('id;price\n1;2,50')).toEqual([
    ['id', 'price'],
    ['1', '2,50'],
  ]);
  expect(await read('id,title\n1,red; blue')).toEqual([
    ['id', 'title'],
    ['1', 'red; blue'],
  ]);
});

test('a first line sep=X says what separates, and is no row', async () => {
  for (const pieceLength of [1, 4, 100]) {
    expect(await read('sep=|\r\nid|price\r\n1|2,5;0\r\n', { pieceLength })).toEqual([
      ['id', 'price'],
      ['1', '2,5;0'],
    ]);
  }
  expect(await read('"sep=,"\na,b;c;d\n')).toEqual([['a', 'b;c;d']]);
  expect(await read('sep=;')).toEqual([]);
  // A column may be called so.
  expect(await read('sep=;,id\n1,2\n')).toEqual([
    ['sep=;', 'id'],
    ['1', '2'],
  ]);
});

test('a quote inside a field is a letter', async () => {
  expect(await read('a,b\n5" heel,a "fine" tee\n')).toEqual([
    ['a', 'b'],
    ['5" heel', 'a "fine" tee'],
  ]);
});

test('a quote that is never closed costs its own line', async () => {
  expect(await read('a,b\n1,"open\n2,x\n3,y\n')).toEqual([
    ['a', 'b'],
    { problem: 'a quote is not closed' },
    ['2', 'x'],
    ['3', 'y'],
  ]);
  const long = `a,b\n1,"open\n${'2,x\n'.repeat(100)}`;
  for (const pieceLength of [7, 1e6]) {
    const rows = await read(long, { pieceLength });
    expect(rows.filter((row) => 'problem' in row)).toHaveLength(1);
    expect(rows).toHaveLength(102);
  }
});

test('a row that is too long is dropped and the next one read', async () => {
  const text = `a,b\n1,${'x'.repeat(1000)}\n2,y\n`;
  for (const pieceLength of [1, 50, 1e6]) {
    const rows = await read(text, { pieceLength });
    expect(rows).toEqual([['a', 'b'], { problem: 'the row is longer than 200 characters' }, ['2', 'y']]);
  }
});

test('tabs separate and quotes are letters in TSV', async () => {
  expect(await read('a\tb\n"5 inch\t"x"\n', { format: 'tsv' })).toEqual([
    ['a', 'b'],
    ['"5 inch', '"x"'],
  ]);
});

test('what was quoted comes back, however it is cut into pieces', async () => {
  const field = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é'), minLength: 1, maxLength: 6 });
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (table, pieceLength) => {
      const header = ['one', 'two', 'three'];
      const quoted = table.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      const text = [header.join(','), ...quoted].join('\n');
      expect(await read(text, { pieceLength, maxLength: 1000 })).toEqual([header, ...table]);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('quotes that are closed nowhere, or far away, cost one line each, and no time', async () => {
  for (const line of ['1,"x\n', '1,"x""y\n', '1,""""x\n']) {
    for (const ending of ['2,z\n', '2,"z"\n']) {
      const text = `a,b\n${line.repeat(100_000)}${ending}`;
      // Pieces that end within a row, on a quote too.
      for (const pieceLength of [1 << 16, (1 << 16) + 3]) {
        const rows = await read(text, { pieceLength, maxLength: 1 << 18 });
        expect(rows.slice(0, 2)).toEqual([['a', 'b'], { problem: 'the row is longer than 262144 characters' }]);
        // At least those that end too far from their quote.
        expect(rows.length).toBeGreaterThan(40_000);
      }
    }
  }
});

test('whatever the quotes, rows are the same however they are cut into pieces', async () => {
  const text = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', '\r', 'a'), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 10 }), async (body, pieceLength) => {
      const whole = await read(`a,b\n${body}`, { maxLength: 1000 });
      expect(await read(`a,b\n${body}`, { pieceLength, maxLength: 1000 })).toEqual(whole);
    }),
    { seed: 11, numRuns: 1000 },
  );
});
