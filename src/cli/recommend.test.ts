import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { shapes, shapesEngine } from '../../tests/shapes-engine.ts';
import { shopSchema, turned } from '../../tests/shop-rows.ts';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { openStoreForWriting } from '../stores/exact-store-node.ts';
import type { Row } from '../stores/row.ts';
import { run } from './main.ts';

let folder = '';
const store = () => join(folder, 'store');
const photo = () => join(folder, 'query.png');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommend-'));
  const item = (product: string, vector: readonly number[], attributes: Row['attributes'], others: Partial<Row> = {}) =>
    turned(product, 0, { contentHash: product, vector: Float32Array.from(vector), attributes, ...others });
  const opened = await openStoreForWriting(store(), {
    space: shapesEngine.space('garment'),
    modelId: 'shapes',
    schema: shopSchema,
  });
  await opened.upsert([
    item('red', [200, 10, 0], { title: 'Red tee', brand: 'Acme', price: 90, currency: 'EUR', colours: '#c80000:1.00' }),
    item('rust', [150, 110, 0], { title: 'Rust tee', brand: 'Böhm & Co', price: 20, currency: 'EUR' }),
    item('green', [20, 200, 20], {
      title: 'Green\u001b[2J tee',
      brand: 'Acme',
      price: 30,
      url: 'https://shop.example/g',
    }),
    item(
      'jeans',
      [10, 0, 200],
      { title: 'Jeans', brand: 'Acme', price: 60 },
      { label: 'trousers', variant: 'jeans-w30' },
    ),
    item(
      'jeans',
      [60, 0, 200],
      { title: 'Jeans', price: 70 },
      { label: 'trousers', variant: 'jeans-w32', image: '2.jpg' },
    ),
  ]);
  await opened.commit();
  await opened.close();
  const { width, height, pixels } = shapes([8, 4, 60, 40, [200, 0, 0]], [74, 30, 18, 60, [0, 0, 200]]);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(photo());
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function recommend(engine: GarmentEngine, ...argv: string[]) {
  const line = ['node', 'deepshop', 'recommend', ...argv, '--store', store()];
  const { out, err } = await captureOutput(() => run(line, async () => engine));
  return { status: process.exitCode ?? 0, out, err };
}

async function json(...argv: string[]) {
  const { out, ...rest } = await recommend(shapesEngine, ...argv, '--json');
  return { ...rest, photos: JSON.parse(out).photos };
}

const ids = (garment: { items: { id: string }[] }) => garment.items.map(({ id }) => id);

describe('deepshop recommend', () => {
  test('one document with all that a program needs of an item', async () => {
    const { status, photos } = await json(photo(), '--top', '1');
    expect(status).toBe(0);
    const [tee, trousers] = photos[0].garments;
    expect(tee).toEqual({
      box: [8, 4, 68, 44],
      label: 'tee',
      score: expect.any(Number),
      wholePicture: false,
      items: [
        {
          id: 'red',
          title: 'Red tee',
          label: 'tee',
          similarity: expect.closeTo(0.9988, 3),
          image: 'red.jpg',
          product: 'red',
          variants: [],
          price: 90,
          currency: 'EUR',
          url: null,
          match: null,
          why: {
            box: 'detected',
            sameClass: true,
            colourDistance: expect.closeTo(0, 0),
            textureSimilarity: null,
            shapeSimilarity: expect.closeTo(1 / 3, 2),
            hidden: 0,
            words: ['also tee', 'nearly the same colours'],
          },
        },
      ],
      total: 4,
      ofKind: 3,
      facets: {
        brand: [
          { value: 'Acme', count: 2 },
          { value: 'Böhm & Co', count: 1 },
        ],
        price: [{ from: 20, to: 90, currency: 'EUR', count: 2 }],
      },
    });
    expect(trousers.items[0]).toMatchObject({
      id: 'jeans-w30',
      product: 'jeans',
      variants: [{ id: 'jeans-w32', price: 70 }],
    });
  });

  test('--filter keeps to it and tells what it hides', async () => {
    const { photos } = await json(photo(), '--filter', 'price <= 50 and brand in ("Acme", "Böhm & Co")');
    const [tee] = photos[0].garments;
    expect(ids(tee)).toEqual(['rust', 'green']);
    expect(tee).toMatchObject({ hidden: 1, total: 2 });
    expect(tee.items[0].why).toMatchObject({ hidden: 1 });
    const { out } = await recommend(shapesEngine, photo(), '--filter', 'price > 1000');
    // Of its class; the trousers are none that it could have been.
    expect(out).toContain('no item passes the filter\n    without the filter there are 3 items like this tee\n');
    expect(out).toContain('without the filter there is 1 item like these trousers\n');
  });

  test("--box asks for what is in it; outside of the photo it is that photo's error", async () => {
    const { photos } = await json(photo(), '--box', '70,26,96,94', '--top', '1');
    expect(photos[0].garments).toMatchObject([{ box: [70, 26, 96, 94], label: 'trousers', score: null }]);
    const outside = await json(photo(), '--box', '200,200,300,300');
    expect(outside.photos[0].error).toMatchObject({ code: 'box-outside' });
    expect(outside.status).toBe(1);
  });

  test('--box partly outside of the photo is cut to it, and that is said', async () => {
    const { status, out, err } = await recommend(shapesEngine, photo(), '--box', '70,26,120,900', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out).photos[0].garments).toMatchObject([{ box: [70, 26, 96, 96] }]);
    expect(err).toMatch(
      /query\.png: --box 70,26,120,900 reaches beyond the 96 x 96 pixels of the photo; looked in 70,26,96,96\n$/,
    );
    expect((await recommend(shapesEngine, photo(), '--box', '70,26,96,96')).err).toBe('');
  });

  test('--like and --not without a photo', async () => {
    const { status, photos } = await json('--like', 'red', '--top', '2');
    expect(status).toBe(0);
    expect(photos).toMatchObject([{ file: null, like: ['red'], not: [], garments: [{ label: 'tee', score: null }] }]);
    expect(ids(photos[0].garments[0])).toEqual(['rust', 'green']);
    const two = await json('--like', 'rust', '--like', 'jeans-w30', '--not', 'green', '--any-category');
    expect(ids(two.photos[0].garments[0])).toEqual(['red']);
    const { out } = await recommend(
      shapesEngine,
      '--like',
      'red',
      '--not',
      'rust',
      '--facet',
      'brand',
      '--facet',
      'price',
    );
    expect(out).toMatch(/^like red; not rust\n {2}tee\n/);
    // No one has measured what likeness to two items is worth.
    expect(out).toMatch(/^ {4}[- ]\d\.\d{3} {2}- {7}\S/m);
    expect(out).toContain('    brand: Acme 1\n');
    expect(out).toContain('    price: 30.00 to 70.00 2\n');
    expect(out).not.toContain('\u001b[2J');
  });

  test('--look gives no product twice, with --diverse and --exact too; --offset is the next page', async () => {
    const { photos } = await json(photo(), '--look', '--top', '9', '--diverse', '--exact');
    const shown = photos[0].garments.flatMap(ids);
    expect(shown.sort()).toEqual(['green', 'jeans-w30', 'red', 'rust']);
    const page = await json('--like', 'red', '--top', '1', '--offset', '1');
    expect(ids(page.photos[0].garments[0])).toEqual(['green']);
    const { out } = await recommend(shapesEngine, '--like', 'red', '--offset', '50');
    expect(out).toContain('there are no more than 3 items');
  });

  test('with a calibrated model items have grades, and nothing similar is said in words', async () => {
    const calibrated = (strong: number, fair: number): GarmentEngine => ({
      ...shapesEngine,
      space: (descriptor) => ({
        ...shapesEngine.space(descriptor),
        calibration: { strong, fair, pairs: 10, source: 'by hand' },
      }),
    });
    const graded = await recommend(calibrated(0.99, 0.9), photo(), '--json');
    const [tee] = JSON.parse(graded.out).photos[0].garments;
    expect(tee.items.map(({ match }: { match: string }) => match)).toEqual(['strong', 'weak', 'weak']);
    expect(tee).not.toHaveProperty('nothingSimilar');
    const { out } = await recommend(calibrated(1, 1), photo());
    expect(out).toMatch(/^ {2}tee .*\n {4}Nothing very similar here\. These come nearest\.\n {5}\d/m);
    const none = JSON.parse((await recommend(calibrated(1, 1), photo(), '--json')).out);
    expect(none.photos[0].garments[0].nothingSimilar).toBe(true);
  });
});

describe('wrong usage is exit code 2, with nothing on stdout', () => {
  test.each<[string[], RegExp]>([
    [
      ['--filter', 'price <= 50 and colr = "red"'],
      /character 17.*got colr\. Did you mean colour\?\nprice <= 50 and colr = "red"\n {16}\^\n$/,
    ],
    [['--filter', 'brand < "b"'], /order on a field that is no number.*\nbrand < "b"\n {6}\^\n$/],
    [['--filter', 'price <= "50"'], /expected a number.*got "50" \(text\)\nprice <= "50"\n {9}\^\n$/],
    [['--filter', ''], /expected a field.*\n\n\^\n$/],
    [['--box', '1,2,3'], /expected x1,y1,x2,y2/],
    [['--box', '9,9,3,3'], /expected x1,y1,x2,y2/],
    [['--box', '1,2,,4'], /expected x1,y1,x2,y2/],
    [['--offset', '-1'], /expected a whole number/],
    [['--top', '100000000'], /expected a whole number from 1 to 1000; --offset shows what follows/],
    [['--facet', 'colr'], /--facet: a facet of a field that items do not have; expected one of product.*got colr/],
    [['a.png', '--box', '1,2,3,4'], /--box is about one photo; expected one; got 2/],
  ])('%j', async (argv, message) => {
    const { status, out, err } = await recommend(shapesEngine, photo(), ...argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });

  test.each<[string[], RegExp]>([
    [[], /nothing to be similar to; expected a photo or --like ID; got neither/],
    [['--not', 'red'], /got --not alone/],
    [['--like', 'red', '--look'], /--look is about a photo/],
    [['--like', 'red', '--box', '1,2,3,4'], /--box is about a photo/],
    [['--like', 'red', '--out', 'sheets'], /--out is about a photo/],
  ])('without a photo: %j', async (argv, message) => {
    const { status, out, err } = await recommend(shapesEngine, ...argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('without a store: how one is made', async () => {
    const { out, err } = await captureOutput(() => run(['node', 'deepshop', 'recommend', photo()]));
    expect({ status: process.exitCode, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/no store to look in; expected --store DIR; got none. .*deepshop index.*deepshop demo/);
  });
});

test('an item that the store lacks fails once, not once a photo', async () => {
  const { status, out } = await recommend(shapesEngine, photo(), photo(), '--like', 'nope', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(out).error.code).toBe('store-item');
});
