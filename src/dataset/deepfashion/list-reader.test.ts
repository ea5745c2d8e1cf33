import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeepShopError } from '../../errors/errors.ts';
import { type ListRow, readList } from './list-reader.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Rows of two columns as [name, number], from pieces of the given lengths. */
async function read(
  text: string | Uint8Array,
  pieceLength = Number.POSITIVE_INFINITY,
): Promise<[string, number | null][]> {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const rows: [string, number | null][] = [];
  await readList({ where: 'list.txt', chunks: pieces(bytes, pieceLength) }, ['image_name', 'label'], (row: ListRow) => {
    const label = row.takeInteger();
    rows.push([row.rest(), label]);
  });
  return rows;
}

function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  if (length === Number.POSITIVE_INFINITY) yield bytes;
  else for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

describe('a list', () => {
  it('has names with spaces, and runs of spaces between fields', async () => {
    const text = '3\nimage_name  label\nimg/A B/1.jpg     7\n  img/C/2.jpg 12  \nimg/D  E/3.jpg\t-5\n';
    expect(await read(text)).toEqual([
      ['img/A B/1.jpg', 7],
      ['img/C/2.jpg', 12],
      ['img/D  E/3.jpg', -5],
    ]);
  });

  it.each([
    ['line ends of Windows', '1\r\nimage_name  label\r\na b.jpg  072\r\n'],
    ['no end of the last line', '1\nimage_name label\na b.jpg 72'],
    ['a byte order mark', '\ufeff1\nimage_name label\na b.jpg 72\n'],
    ['empty lines at its end', '1\nimage_name label\na b.jpg 72\n\n \n'],
  ])('may have %s', async (_, text) => {
    expect(await read(text)).toEqual([['a b.jpg', 72]]);
  });

  it('may be empty of rows', async () => {
    expect(await read('0\nimage_name label\n')).toEqual([]);
  });

  it('reads the same whatever pieces it comes in', async () => {
    const text = '3\nimage_name  label\nimg/A B/1.jpg     7\nimg/Ü/2.jpg 12  \r\nimg/D  E/3.jpg\t-5';
    for (const length of [1, 2, 3, 7, 20]) expect(await read(text, length)).toEqual(await read(text));
  });
});

describe('a list is refused with file, line, expected, got and cure', () => {
  it.each([
    ['an empty file', '', /list\.txt line 0: the list ends early; expected .*got an empty file\. .*Copy it again/],
    [
      'without a number of rows',
      'image_name label\n',
      /list\.txt line 1: line 1 is not the number.*got "image_name label"/,
    ],
    ['with other columns', '1\nimage_name x_1\na 1\n', /line 2: .*expected "image_name label"; got "image_name x_1"/],
    ['without columns', '1\na.jpg 1\n', /line 2/],
    ['that was cut off', '3\nimage_name label\na 1\nb 2\n', /line 4: the list ends early; expected 3 rows.*got 2 rows/],
    [
      'with more rows than it says',
      '1\nimage_name label\na 1\nb 2\n',
      /line 4: more rows.*expected as many as it says \(1\); got one more: "b 2".*Correct/,
    ],
    ['without line ends', `1\nimage_name label\n${'x'.repeat(3 << 20)}`, /line 3: the line has no end/],
  ])('%s', async (_, text, message) => {
    const error = await read(text, 1 << 19).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'dataset-list' });
    expect(error.message).toMatch(message);
  });

  it('that is not UTF-8', async () => {
    const bytes = Uint8Array.from([...bytesOf('1\nimage_name label\n'), 0xff, 0xfe, 0x20, 0x31]);
    await expect(read(bytes)).rejects.toThrow(/line 3: the line is not text; expected UTF-8/);
  });

  it('whatever bytes it holds: rows or a clear error', async () => {
    const plausible = fc.tuple(fc.constantFrom('1\nimage_name label\n', '2\r\nimage_name label\r\n', ''), fc.string());
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      plausible.map(([head, tail]) => bytesOf(head + tail)),
      fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.from([...bytesOf('1\nimage_name label\n'), ...tail])),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (content, length) => {
        const outcome = await read(content, length).catch((error) => error);
        expect(Array.isArray(outcome) || (outcome instanceof DeepShopError && outcome.code === 'dataset-list')).toBe(
          true,
        );
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('the fields of a row', () => {
  async function rowOf(text: string): Promise<ListRow> {
    let found: ListRow | undefined;
    await readList({ where: 'list.txt', chunks: [bytesOf(`1\nname\n${text}\n`)] }, ['name'], (row) => {
      found = row;
    });
    return found!;
  }

  it('come from the right, whole numbers as such', async () => {
    const row = await rowOf('a b 007 -12 x9 9');
    expect([row.takeInteger(), row.takeInteger(), row.takeField(), row.takeInteger()]).toEqual([9, null, 'x9', -12]);
    expect([
      row.takeInteger(),
      row.takeInteger(),
      row.rest(),
      row.takeField(),
      row.takeField(),
      row.takeField(),
    ]).toEqual([7, null, 'a b', 'b', 'a', '']);
  });

  it('of more than nine digits are no numbers', async () => {
    expect((await rowOf('a 1234567890')).takeInteger()).toBeNull();
    expect((await rowOf('a 123456789')).takeInteger()).toBe(123456789);
    expect((await rowOf('a 1.5')).takeInteger()).toBeNull();
  });

  it('of three values come with their places', async () => {
    const taken: [number, number][] = [];
    const row = await rowOf('a b  1 -1   0 1');
    expect(row.takeTernary(4, (place, value) => taken.push([place, value]))).toBe(0);
    expect(taken.reverse()).toEqual([
      [0, 1],
      [1, -1],
      [2, 0],
      [3, 1],
    ]);
    expect(row.rest()).toBe('a b');
  });

  it.each(['a 2 1', 'a -0 1', 'a 11 1', 'a +1 1', 'a 1'])('of other values are left: %s', async (text) => {
    const row = await rowOf(text);
    expect(row.takeTernary(2, () => {})).toBe(1);
  });
});
