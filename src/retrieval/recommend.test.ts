import { describe, expect, test } from 'vitest';
import { shapes, shapesEngine } from '../../tests/shapes-engine.ts';
import { shopOf, shopSchema, turned } from '../../tests/shop-rows.ts';
import { parseFilter } from '../stores/parse-filter.ts';
import type { Row } from '../stores/row.ts';
import { recommendForBox, recommendForPhoto, recommendLikeItems, recommendLook } from './recommend.ts';

const ids = (answer: { readonly items: readonly { readonly id: string }[] }) => answer.items.map(({ id }) => id);
const filterOf = (expression: string) => parseFilter(expression, shopSchema);
const priced = (product: string, degrees: number, price: number, others: Partial<Row> = {}) =>
  turned(product, degrees, { attributes: { price }, ...others });

describe('more like an item', () => {
  const like = ['a'];

  test('itself is not answered; the order is of similarity, within its class first', async () => {
    const store = await shopOf([turned('a', 0), turned('b', 40), turned('c', 20), turned('bag', 10, { label: 'bag' })]);
    const answer = await recommendLikeItems(store, { like }, { top: 9 });
    expect(ids(answer)).toEqual(['c', 'b', 'bag']);
    expect(answer).toMatchObject({ label: 'tee', score: null, wholePicture: false, total: 3, ofKind: 2, hidden: 0 });
    // Of the whole list, whatever page is asked for.
    expect(await recommendLikeItems(store, { like }, { top: 1, offset: 2 })).toMatchObject({ total: 3, ofKind: 2 });
    const any = await recommendLikeItems(store, { like }, { top: 9, search: { anyCategory: true } });
    expect(ids(any)).toEqual(['bag', 'c', 'b']);
    expect(any.ofKind).toBe(3);
  });

  test('several are met in the middle, and what is not liked is turned away from', async () => {
    const rows = [turned('a', 0), turned('z', 60), turned('mid', 30), turned('low', -10), turned('high', 75)];
    const store = await shopOf(rows);
    expect(ids(await recommendLikeItems(store, { like: ['a', 'z'] }, { top: 1 }))).toEqual(['mid']);
    expect(ids(await recommendLikeItems(store, { like, not: ['z'] }, { top: 1 }))).toEqual(['low']);
    expect(ids(await recommendLikeItems(store, { like: ['mid'], not: ['a'] }, { top: 9 }))).toEqual([
      'z',
      'high',
      'low',
    ]);
  });

  test('a variant has an id of its own; unknown ids and nothing to like are refused', async () => {
    const store = await shopOf([
      turned('shirt', 0, { variant: 'shirt-red' }),
      turned('shirt', 80, { variant: 'shirt-blue' }),
      turned('red', 10),
      turned('blue', 70),
    ]);
    expect(ids(await recommendLikeItems(store, { like: ['shirt-red'] }, { top: 1 }))).toEqual(['red']);
    expect(ids(await recommendLikeItems(store, { like: ['shirt-blue'] }, { top: 1 }))).toEqual(['blue']);
    for (const id of ['nope', '', '" or 1 = 1'])
      await expect(recommendLikeItems(store, { like: [id] }, { top: 1 })).rejects.toMatchObject({ code: 'store-item' });
    await expect(recommendLikeItems(store, { like: [], not: ['red'] }, { top: 1 })).rejects.toMatchObject({
      code: 'store-query',
    });
  });
});

test('an item is what its picture sells, not what else is on it', async () => {
  const worn = turned('shirt', 80, { label: 'trousers', region: 1 });
  const store = await shopOf([turned('shirt', 0), worn, turned('b', 10), turned('c', 70, { label: 'trousers' })]);
  const answer = await recommendLikeItems(store, { like: ['shirt'] }, { top: 9 });
  expect(answer.label).toBe('tee');
  expect(answer.items[0].similarity).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 5);
});

describe('an item', () => {
  test('names its variants that pass the filter, nearest first, and the products that show the same photo', async () => {
    const variant = (name: string, degrees: number, price: number) =>
      priced('shirt', degrees, price, { variant: name, image: `${name}.jpg` });
    const store = await shopOf([
      turned('a', 0),
      variant('red', 10, 20),
      variant('blue', 60, 30),
      variant('green', 30, 40),
      { ...variant('green', 50, 40), region: 1 },
      variant('gold', 20, 400),
      variant('', 40, 20),
      priced('twin', 12, 25),
    ]);
    const { items, total } = await recommendLikeItems(
      store,
      { like: ['a'] },
      { top: 9, search: { filter: filterOf('price < 100') } },
    );
    expect(total).toBe(1);
    const [item] = items;
    expect(item).toMatchObject({
      id: 'red',
      product: 'shirt',
      price: 20,
      url: null,
      image: 'red.jpg',
      duplicates: ['twin'],
    });
    expect(item!.variants.map(({ id, price }) => [id, price])).toEqual([
      ['green', 40],
      ['blue', 30],
    ]);
    expect(item!.variants[0].similarity).toBeCloseTo(Math.cos(Math.PI / 6), 5);
  });

  test('is graded where the space is calibrated and one garment is compared with another', async () => {
    const store = await shopOf([
      turned('a', 0),
      turned('b', 20),
      turned('c', 40),
      turned('d', 80),
      turned('w', 30, { label: null }),
    ]);
    const calibration = { strong: 0.9, fair: 0.7, pairs: 100, source: 'by hand' };
    const matches = async (options: object, not: readonly string[] = []) =>
      (await recommendLikeItems(store, { like: ['a'], not }, { top: 9, calibration, ...options })).items.map(
        ({ match }) => match,
      );
    expect(await matches({})).toEqual(['strong', 'fair', 'weak', null]);
    expect(await matches({ calibration: undefined })).toEqual([null, null, null, null]);
    expect(await matches({}, ['d'])).toEqual([null, null, null]);
    const far = await recommendLikeItems(
      store,
      { like: ['d'] },
      { top: 1, calibration: { ...calibration, fair: 0.85 } },
    );
    expect(far.nothingSimilar).toBe(true);
    expect((await recommendLikeItems(store, { like: ['a'] }, { top: 9, calibration })).nothingSimilar).toBe(false);
    expect((await recommendLikeItems(store, { like: ['a'] }, { top: 9 })).nothingSimilar).toBe(false);
  });
});

test('pages are pieces of one list, diverse or not, and facets are of all of it', async () => {
  const brands = ['A', 'B', 'C'];
  const rows = Array.from({ length: 40 }, (_, at) =>
    turned(`p${at}`, 2 * at, { label: at % 3 === 0 ? 'bag' : 'tee', attributes: { brand: brands[at % 3] } }),
  );
  const store = await shopOf([turned('a', 0), ...rows]);
  for (const isDiverse of [false, true]) {
    const ask = (offset: number, top: number) => recommendLikeItems(store, { like: ['a'] }, { top, offset, isDiverse });
    // As many as there are tees: none of another class joins.
    const whole = await ask(0, rows.filter(({ label }) => label === 'tee').length);
    expect(whole.items.every(({ label }) => label === 'tee')).toBe(true);
    expect(whole.items).toHaveLength(whole.total);
    const pages = [];
    for (let offset = 0; offset < whole.total; offset += 7) pages.push(await ask(offset, 7));
    expect(pages.flatMap(ids)).toEqual(ids(whole));
    for (const page of pages) expect(page).toMatchObject({ total: whole.total, facets: whole.facets });
    const counts = whole.facets.brand!.map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(whole.total);
    expect(await ask(1000, 7)).toMatchObject({ items: [], total: whole.total });
  }
});

describe('a photo', () => {
  // Two wide shapes and a tall one; the engine's vectors are their colours.
  const photo = shapes([8, 4, 60, 30, [200, 0, 0]], [8, 40, 60, 28, [190, 60, 0]], [74, 30, 18, 60, [0, 0, 200]]);
  const item = (product: string, vector: readonly number[], label = 'tee') =>
    turned(product, 0, { label, contentHash: product, vector: Float32Array.from(vector) });
  const shop = () =>
    shopOf([
      item('red', [200, 10, 0]),
      item('rust', [150, 110, 0]),
      item('green', [20, 200, 20]),
      item('jeans', [10, 0, 200], 'trousers'),
    ]);
  const asked = { engine: shapesEngine, descriptor: 'garment' } as const;
  const two = { top: 2 };

  test('is answered garment by garment; to shop the look, no product comes twice', async () => {
    const store = await shop();
    const answers = await recommendForPhoto(photo, { ...asked, store }, two);
    expect(answers.map(({ label }) => label)).toEqual(['tee', 'tee', 'trousers']);
    expect(answers.map(ids)).toEqual([
      ['red', 'rust'],
      ['red', 'rust'],
      ['jeans', 'green'],
    ]);
    const look = await recommendLook(photo, { ...asked, store }, { top: 9 });
    const all = look.flatMap(ids);
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(all)).toEqual(new Set(['red', 'rust', 'green', 'jeans']));
    expect(look.map((answer) => ids(answer)[0])).toEqual(['red', 'rust', 'jeans']);
  });

  test('of which a box is drawn is answered for it alone, with the class of what it covers', async () => {
    const store = await shop();
    const answer = await recommendForBox(photo, [70, 26, 96, 94], { ...asked, store }, two);
    expect(answer).toMatchObject({ box: [70, 26, 96, 94], label: 'trousers', score: null, wholePicture: false });
    expect(answer.items[0]).toMatchObject({ id: 'jeans', why: { box: 'drawn', sameClass: true } });
    const corner = await recommendForBox(photo, [-5, -5, 20, 14], { ...asked, store }, two);
    expect(corner).toMatchObject({ box: [0, 0, 20, 14], label: null });
    const outside = recommendForBox(photo, [200, 200, 300, 300], { ...asked, store }, two);
    await expect(outside).rejects.toMatchObject({ code: 'box-outside' });
  });

  test('is moved by examples of the same class, not by others', async () => {
    const store = await shop();
    const [tee, , trousers] = await recommendForPhoto(
      photo,
      { ...asked, store },
      { ...two, examples: { like: ['green'] } },
    );
    expect(ids(tee!)).toEqual(['rust', 'red']);
    expect(trousers!.items[0].id).toBe('jeans');
    const before = (await recommendForPhoto(photo, { ...asked, store }, two))[2];
    expect(trousers!.items[0].similarity).toBe(before.items[0].similarity);
  });

  test('whose garment may be of two classes is answered with both first', async () => {
    const store = await shop();
    const engine = {
      ...shapesEngine,
      analyse: async (...args: Parameters<typeof shapesEngine.analyse>) => {
        const { detections, ...rest } = await shapesEngine.analyse(...args);
        const alternatives = [
          { label: 'trousers', score: 0.9 * detections[0].score },
          { label: 'bag', score: 0.1 * detections[0].score },
        ];
        return { ...rest, detections: [{ ...detections[0], alternatives }] };
      },
    };
    const bag = item('bag', [200, 0, 0], 'bag');
    await store.upsert([bag]);
    const [answer] = await recommendForPhoto(photo, { ...asked, engine, store }, { top: 9 });
    expect(ids(answer!)).toEqual(['red', 'rust', 'green', 'jeans', 'bag']);
  });
});
