import { expect, it } from 'vitest';
import { noFilter } from './filter-choice.ts';
import { addressOf, type Place, placeOf } from './view.ts';

const parse = (address: string) => placeOf(new URL(address, 'http://localhost'));

it('every page has an address that leads back to it', () => {
  const filter = { values: { brand: ['Böhm & Co'] }, price: { from: 5, to: 10 } };
  const places: Place[] = [
    { view: { page: 'search' }, filter: noFilter },
    { view: { page: 'search' }, filter },
    { view: { page: 'favourites' }, filter: noFilter },
    { view: { page: 'admin' }, filter: noFilter },
    { view: { page: 'similar', like: ['a b/ü?#', 'c'], not: ['d&e'] }, filter },
    { view: { page: 'shared', items: ['ds-0001', 'ds-0002'] }, filter: noFilter },
  ];
  for (const place of places) expect(parse(addressOf(place))).toEqual(place);
});

it('reads as a person would write it', () => {
  expect(addressOf({ view: { page: 'shared', items: ['ds-0001'] }, filter: noFilter })).toBe('/shared?item=ds-0001');
});

it('addresses that say nothing lead to the search', () => {
  for (const address of ['/nowhere', '/shared', '/similar?not=a', '/similar?like='])
    expect(parse(address).view).toEqual({ page: 'search' });
  expect(parse('/favourites/').view).toEqual({ page: 'favourites' });
  const many = parse(`/shared?${Array.from({ length: 50 }, (_, index) => `item=${index}&item=${index}`).join('&')}`);
  expect(many.view.page === 'shared' && many.view.items.length).toBe(20);
});
