import { expect, test } from 'vitest';
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
