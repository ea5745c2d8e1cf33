import { expect, it } from 'vitest';
import { isExamplePage, productPage } from './product-page.ts';

it.each([
  ['https://shop.test/items/1'],
  ['http://localhost:8080/items/1'],
  ['HTTPS://www.shop.com/example'],
  ['https://example.shop.com/'],
  ['https://myexample.com/'],
  ['https://example.com.shop.de/'],
])('leads to %s', (url) => {
  expect([productPage(url), isExamplePage(url)]).toEqual([url, false]);
});

it.each([
  ['https://shop.example/items/ds-0001'],
  ['https://SHOP.EXAMPLE:8443/items/1'],
  ['https://shop.example./items/1'],
  ['http://example.com/'],
  ['https://www.example.org/items/1'],
])('knows that %s is nowhere', (url) => {
  expect([productPage(url), isExamplePage(url)]).toEqual([null, true]);
});

it.each([[null], [''], ['javascript:alert(1)//shop.example'], ['/items/1'], ['shop.example/items/1']])(
  'takes %s for no address',
  (url) => {
    expect([productPage(url), isExamplePage(url)]).toEqual([null, false]);
  },
);
