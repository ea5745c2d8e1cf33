import { expect, it } from 'vitest';
import { readFavourites, writeFavourites } from './stored-favourites.ts';

const storageOf = (text: string | null) => ({ getItem: () => text });

it('reads back what was written', () => {
  let stored = '';
  const item = {
    id: 'a',
    title: 'Tee',
    image: '/v1/x',
    price: 5,
    currency: 'EUR',
    url: 'https://shop.example/a',
    brand: 'B',
  };
  writeFavourites({ setItem: (_name, text) => (stored = text) }, [item]);
  expect(readFavourites(storageOf(stored))).toEqual([item]);
});

it('whatever lies there, the app starts; addresses that run code are no addresses', () => {
  for (const text of [null, '', '{', '3', 'null', '{"id":"a"}', '[null,3,{},{"id":7}]'])
    expect(readFavourites(storageOf(text))).toEqual([]);
  expect(readFavourites(storageOf('[{"id":"a","price":"5","url":"javascript:alert(1)"}]'))).toEqual([
    { id: 'a', title: 'a', image: null, price: null, currency: null, url: null, brand: null },
  ]);
});

it('storage that is full or forbidden is no fault', () => {
  const full = {
    setItem: () => {
      throw new Error('full');
    },
  };
  expect(() => writeFavourites(full, [])).not.toThrow();
});
