import { expect, test } from 'vitest';
import { type FeedPicture, noFacts } from './catalogue.ts';
import { fillMissing, parseAddressPattern, parseCurrency } from './fill-missing.ts';

const picture = (product: string, others: Partial<FeedPicture> = {}): FeedPicture => ({
  ...noFacts,
  kind: 'picture',
  source: 'feed.csv row 1',
  row: 1,
  product,
  variant: '',
  image: 'a.jpg',
  title: 'Tee',
  ...others,
});
const url = 'https://shop.example/products/{handle}?from=photo';

test('the address is made of the id, and of nothing in it that could lead elsewhere', () => {
  const addressOf = (product: string) => fillMissing(picture(product), { url }).url;
  expect(addressOf('linen-tee')).toBe('https://shop.example/products/linen-tee?from=photo');
  expect(addressOf('a/../b?c=1#"><script>')).toBe(
    'https://shop.example/products/a%2F..%2Fb%3Fc%3D1%23%22%3E%3Cscript%3E?from=photo',
  );
  expect(addressOf('$&größe')).toBe('https://shop.example/products/%24%26gr%C3%B6%C3%9Fe?from=photo');
  // Half of a surrogate pair, as JSON may hold one.
  expect(addressOf('\uD83D')).toBe('https://shop.example/products/%EF%BF%BD?from=photo');
  expect(addressOf('x'.repeat(5000))).toBeNull();
  expect(fillMissing(picture('7'), { url: 'https://shop.example/{id}/{id}' }).url).toBe('https://shop.example/7/7');
});

test('what the feed says stays, and a price that is none has no currency', () => {
  const given = picture('1', { price: 5, currency: 'SEK', url: 'https://other.example/1' });
  expect(fillMissing(given, { url, currency: 'EUR' })).toEqual(given);
  expect(fillMissing(picture('1', { price: 5 }), { currency: 'EUR' })).toMatchObject({ currency: 'EUR', url: null });
  expect(fillMissing(picture('1'), { currency: 'EUR' })).toMatchObject({ currency: null });
  expect(fillMissing(given, {})).toEqual(given);
});

test.each<[string, RegExp]>([
  ['https://shop.example/products/', /one address for all items; expected .*\{handle\} or \{id\}/],
  ['https://shop.example/{sku}', /an unknown place in an address.*got \{sku\}/],
  ['javascript:alert("{id}")', /not an address/],
  ['shop.example/{id}', /not an address/],
  ['{id}', /not an address/],
  ['https://{id}.shop.example/', /a host that depends on the item/],
  ['https://{id}/x', /a host that depends on the item/],
])('--url %s is refused', (text, message) => {
  expect(() => parseAddressPattern(text)).toThrow(message);
});

test('a currency has three letters', () => {
  expect(parseCurrency('eur')).toBe('EUR');
  for (const text of ['€', 'EURO', '', 'E1R']) expect(() => parseCurrency(text)).toThrow(/ISO 4217.*got/);
});
