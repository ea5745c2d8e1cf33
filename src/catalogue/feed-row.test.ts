import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectReadOnce, hostileLength } from '../../tests/hostile-length.ts';
import type { AttributeSchema } from './attributes.ts';
import { FeedColumns } from './feed-columns.ts';
import { feedColumnNames, parseFeedRow } from './feed-row.ts';

const parse = (record: unknown) => parseFeedRow(record, new FeedColumns(feedColumnNames));
const good = { id: '1', image: 'a.jpg' };

test('columns are found by the names that feeds use', () => {
  const row = {
    SKU: 7,
    Name: 'Tee',
    'Image Path': 'a.jpg',
    Product_Type: 'tees',
    Color: 'red',
    link: 'https://shop.example/7',
  };
  expect(parse(row)).toEqual({
    id: '7',
    title: 'Tee',
    variant: null,
    image: ['a.jpg'],
    additionalImages: [],
    category: 'tees',
    colour: 'red',
    url: 'https://shop.example/7',
    price: null,
    currency: null,
    brand: null,
    pattern: null,
    gender: null,
    inStock: null,
    further: {},
  });
});

test.each<[string | number, number, string | null]>([
  ['19.99', 19.99, null],
  [19.99, 19.99, null],
  ['19,99 €', 19.99, 'EUR'],
  ['EUR 1.299,00', 1299, 'EUR'],
  ['1,299', 1299, null],
  ['$5', 5, 'USD'],
  ['12.50 usd', 12.5, 'USD'],
  ['.5', 0.5, null],
  ["1'299.95 CHF", 1299.95, 'CHF'],
])('the price %j is %d %s', (price, amount, currency) => {
  expect(parse({ ...good, price })).toMatchObject({ price: { amount, currency } });
});

test.each<[object, string]>([
  [{ id: '1' }, 'image is missing'],
  [{ id: ' ', image: 'a.jpg' }, 'id: must not be empty'],
  [{ ...good, price: 'on request' }, 'price: not a price: "on request"'],
  [{ ...good, price: -1 }, 'price: not a price: -1'],
  [{ ...good, price: `1${' '.repeat(70)}x` }, `price: not a price: "1${' '.repeat(58)}...`],
  [{ ...good, url: 'javascript:alert(1)' }, 'url: must be an http or https address'],
  [{ ...good, title: 'x'.repeat(5000) }, 'title: '],
  [{ ...good, id: { $gt: '' } }, 'id: '],
  [['1', 'a.jpg'], 'not an object'],
])('%j is refused: %s', (row, problem) => {
  expect((parse(row) as { problem: string }).problem).toContain(problem);
});

test('names of every object are no columns', () => {
  expect(parse(JSON.parse('{"__proto__": {"id": "1"}, "constructor": "x", "image": "a.jpg"}'))).toMatchObject({
    problem: 'id is missing',
  });
});

describe('further attributes', () => {
  const attributes = { text: 'string', count: 'number', truth: 'boolean' } as const;
  const further = (record: object, schema: AttributeSchema = attributes) =>
    parseFeedRow({ ...good, ...record }, new FeedColumns(feedColumnNames, { attributes: schema }), schema);

  test.each<[object, object]>([
    [{ text: ['red', 7, true, null] }, { text: 'red, 7, true' }],
    [{ text: false }, { text: 'false' }],
    [{ text: [] }, { text: null }],
    [{ count: '1.299,5' }, { count: 1299.5 }],
    [{ truth: 'Yes' }, { truth: true }],
    [{ truth: 0 }, { truth: false }],
  ])('%j is %j', (record, expected) => {
    expect(further(record)).toMatchObject({ further: expected });
  });

  const noText = { toString: 1, valueOf: 1 };
  const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
  test.each<[string, unknown, string]>([
    ['text', noText, 'text: not a string: an object'],
    ['text', [noText], 'text: not a string: an array'],
    ['text', [['red']], 'text: not a string: an array'],
    ['text', deep, 'text: not a string: an array'],
    ['text', 'x'.repeat(5000), `text: not a string: "${'x'.repeat(59)}...`],
    ['count', noText, 'count: not a number: an object'],
    ['count', deep, 'count: not a number: an array'],
    ['count', true, 'count: not a number: true'],
    ['count', '9'.repeat(400), `count: not a number: "${'9'.repeat(59)}...`],
    ['truth', noText, 'truth: not a boolean: an object'],
    ['truth', deep, 'truth: not a boolean: an array'],
    ['truth', ['yes'], 'truth: not a boolean: an array'],
    ['truth', 'perhaps', 'truth: not a boolean: "perhaps"'],
  ])('that cannot be kept refuse the row: %s, case %#', (name, value, problem) => {
    expect(further({ [name]: value })).toMatchObject({ problem });
  });

  test('whatever a row holds, it is a row or a problem', () => {
    const names = [...Object.keys(attributes), ...Object.values(feedColumnNames).flatMap(([name]) => name ?? [])];
    const hostile = fc.constantFrom<unknown>(deep, noText, [noText], '\ud800', 'x'.repeat(5000));
    const record = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), hostile));
    fc.assert(
      fc.property(record, (values) => {
        const row = further(values);
        if ('problem' in row) expect(row.problem).not.toBe('');
        else expect(Object.keys(row.further)).toEqual(Object.keys(attributes));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test.each([
  ['price', `1${' '.repeat(hostileLength)}x`],
  ['availability', '/'.repeat(hostileLength)],
  ['availability', `${'_ '.repeat(hostileLength / 2)}x`],
  ['url', `http://${'a.'.repeat(hostileLength / 2)}`],
  ['title', ' '.repeat(hostileLength)],
  ['\u0315\u0300'.repeat(hostileLength / 2), 'x'],
  [`g${' '.repeat(hostileLength)}:`, 'x'],
  ['additionalimages', ','.repeat(hostileLength)],
])('a very long text is read once: case %#', async (column, value) => {
  expect(await expectReadOnce(() => parse({ ...good, [column]: value }))).toBeDefined();
});
