import { expect, test } from 'vitest';
import { expectReadOnce, hostileLength } from '../../tests/hostile-length.ts';
import { parseNumber, parsePrice } from './price.ts';

test.each<[string, number]>([
  ['-1,5', -1.5],
  ['42', 42],
  ['1e3', 1000],
  ['+ 1.299,00', 1299],
  ["-12'000", -12_000],
])('the number %j is %d', (text, number) => {
  expect(parseNumber(text)).toBe(number);
});

test.each(['', '-', '1-2', '1e999', 'Infinity', '9'.repeat(400), 'ten'])('%j is no number', (text) => {
  expect(parseNumber(text)).toBeNaN();
});

test.each([
  ['1 299 EUR', { amount: 1299, currency: 'EUR' }],
  ['5 . €', { amount: 5, currency: 'EUR' }],
  [`5${' '.repeat(60)}€`, { amount: 5, currency: 'EUR' }],
  [`5${' '.repeat(63)}€`, 'unreadable'],
  ['9'.repeat(65), 'unreadable'],
  ['EUR 5 USD', 'unreadable'],
  [' \n ', null],
])('the price %j', (text, price) => {
  expect(parsePrice(text)).toEqual(price);
});

const spaces = ' '.repeat(hostileLength);
test.each([
  ['spaces', `1${spaces}x`],
  ['spaces after a currency', `EUR${spaces}x`],
  ['spaces after a sign', `-${spaces}x`],
  ['digits', `${'1'.repeat(hostileLength)}x`],
  ['digits apart', `${'1 '.repeat(hostileLength / 2)}x`],
  ['points', `${'1.'.repeat(hostileLength / 2)}x`],
  ['what is only points', `1${'.'.repeat(hostileLength)}`],
])('%s, very many, are read once', async (_, text) => {
  expect(await expectReadOnce(() => parsePrice(text))).toBe('unreadable');
  await expectReadOnce(() => parseNumber(text));
});
