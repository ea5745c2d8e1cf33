import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyLists, tinyPhotos } from '../../../tests/fixtures/deepfashion-lists.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { readAttributeLabels, readAttributes, readLandmarks } from './attribute-lists.ts';
import { deepFashionCategories } from './categories.ts';
import { readBoxes, readCategories, readPartition, readPhotoList } from './lists.ts';

const source = (where: string, content: string | Uint8Array) => ({
  where,
  chunks: [typeof content === 'string' ? new TextEncoder().encode(content) : content],
});

/** Each list through its reader; the others are sound. */
const readers = {
  'list_category_cloth.txt': (text: string | Uint8Array) => readCategories(source('list_category_cloth.txt', text)),
  'list_category_img.txt': (text: string | Uint8Array) => readPhotoList(source('list_category_img.txt', text), 50),
  'list_bbox.txt': async (text: string | Uint8Array) => readBoxes(source('list_bbox.txt', text), await photos),
  'list_attr_cloth.txt': (text: string | Uint8Array) => readAttributes(source('list_attr_cloth.txt', text)),
  'list_attr_img.txt': async (text: string | Uint8Array) =>
    readAttributeLabels(source('list_attr_img.txt', text), await photos, 3),
  'list_landmarks.txt': async (text: string | Uint8Array) =>
    readLandmarks(source('list_landmarks.txt', text), await photos),
  'list_eval_partition.txt': async (text: string | Uint8Array) =>
    readPartition(source('list_eval_partition.txt', text), await photos),
};
type ListName = keyof typeof readers;

const tiny = tinyPhotos(['Tee', 'Blouse', 'Dress', 'Jacket']);
const texts = tinyLists(tiny) as Record<ListName, string>;
const photos = readPhotoList(source('list_category_img.txt', texts['list_category_img.txt']), 50);
/** The text of a list with the lines in another order. */
const reversed = (text: string) => {
  const [count, columns, ...rows] = text.trimEnd().split('\n');
  return [count, columns, ...rows.reverse()].join('\n');
};

describe('the lists', () => {
  it('name fifty categories', async () => {
    expect(await readers['list_category_cloth.txt'](texts['list_category_cloth.txt'])).toEqual(deepFashionCategories);
  });

  it('name photos and their categories', async () => {
    const { names, categories } = await photos;
    expect(names).toEqual(tiny.map(({ name }) => name));
    expect(names[2]).toBe('img/Nice Dress_2/img_00000003.jpg');
    expect([...categories]).toEqual([18, 3, 41, 11]);
  });

  it.each(['as they are', 'in another order'])(
    'give boxes, parts, attributes and landmarks of each photo, %s',
    async (order) => {
      const given = (name: ListName) => (order === 'as they are' ? texts[name] : reversed(texts[name]));
      const boxes = await readBoxes(source('b', given('list_bbox.txt')), await photos);
      expect([...boxes]).toEqual(tiny.flatMap(({ box }) => box));
      const parts = await readPartition(source('p', given('list_eval_partition.txt')), await photos);
      expect([...parts]).toEqual([0, 0, 2, 1]);
      const { start, count, ids, tally } = await readAttributeLabels(
        source('a', given('list_attr_img.txt')),
        await photos,
        3,
      );
      const idsOf = [...start].map((from, photo) => [...ids.subarray(from, from + count[photo])]);
      expect(idsOf).toEqual([[1, 3], [], [1], [3]]);
      expect(tally).toEqual({ present: 4, absent: 4, unknown: 4 });
      const landmarks = await readLandmarks(source('l', given('list_landmarks.txt')), await photos);
      expect([...landmarks.count]).toEqual([3, 3, 3, 3]);
      expect([...landmarks.clothesType]).toEqual([1, 1, 1, 1]);
      expect([...landmarks.points.subarray(24, 33)]).toEqual([5, 6, 0, 45, 6, 1, 0, 0, 2]);
    },
  );

  it('may leave out the variation of landmarks, and have no landmark for a photo', async () => {
    const [first, second, third, fourth] = tiny.map(({ name }) => name);
    const rows = [`${first} 1 0 010 020`, `${second} 1`, `${third} 3 0`, `${fourth} 2 4 2 0 0 1 5 -6`];
    const text = ['4', 'image_name clothes_type', ...rows].join('\n');
    const { clothesType, count, points } = await readLandmarks(source('l', text), await photos);
    expect([...clothesType]).toEqual([1, 1, 3, 2]);
    expect([...count]).toEqual([1, 0, 0, 2]);
    expect([...points.subarray(72, 78)]).toEqual([0, 0, 2, 5, -6, 1]);
  });

  it('name attributes of several words', async () => {
    expect(await readers['list_attr_cloth.txt'](texts['list_attr_cloth.txt'])).toEqual([
      { name: 'a-line', kind: 'shape' },
      { name: 'abstract chevron print', kind: 'texture' },
      { name: 'cotton', kind: 'fabric' },
    ]);
  });
});

const name = (index: number) => tiny[index].name;
const faults: [string, ListName, (text: string) => string, code: string, RegExp][] = [
  [
    'a label above the categories',
    'list_category_img.txt',
    (t) => t.replace(/18\n/, '51\n'),
    'dataset-list',
    /line 3: a category label.*from 1 to 50; got 51/,
  ],
  ['a label of 0', 'list_category_img.txt', (t) => t.replace(/18\n/, '0\n'), 'dataset-list', /from 1 to 50; got 0/],
  ['a label that is a word', 'list_category_img.txt', (t) => t.replace(/18\n/, 'Tee\n'), 'dataset-list', /got "Tee"/],
  [
    'a photo twice',
    'list_category_img.txt',
    (t) => t.replace(name(1), name(0)),
    'dataset-duplicate-id',
    /line 4: the same photo twice.*again.*Remove/,
  ],
  [
    'a name that leads out',
    'list_category_img.txt',
    (t) => t.replace(name(1), '../up.jpg'),
    'dataset-file-name',
    /line 4: the name.*"\.\.\/up\.jpg"/,
  ],
  [
    'an absolute name',
    'list_category_img.txt',
    (t) => t.replace(name(1), '/etc/hostname'),
    'dataset-file-name',
    /line 4/,
  ],
  ['a drive', 'list_category_img.txt', (t) => t.replace(name(1), 'C:\\up.jpg'), 'dataset-file-name', /line 4/],
  [
    'a row without a name',
    'list_category_img.txt',
    (t) => t.replace(name(1), ''),
    'dataset-list',
    /a photo without a name/,
  ],
  [
    'a box that ends before it begins',
    'list_bbox.txt',
    (t) => t.replace('044', '002'),
    'dataset-box-size',
    /list_bbox\.txt line 3: the box ends before it begins; expected x_1 <= x_2.*x_1 4, y_1 6, x_2 2, y_2 66/,
  ],
  [
    'a box with a word',
    'list_bbox.txt',
    (t) => t.replace('044', 'wide'),
    'dataset-list',
    /line 3: x_2 cannot be used.*got "wide"/,
  ],
  [
    'a box with too few numbers',
    'list_bbox.txt',
    (t) => t.replace(/004 {2}006/, '006'),
    'dataset-list',
    /line 3: x_1 cannot be used/,
  ],
  [
    'a photo that the other list lacks',
    'list_bbox.txt',
    (t) => t.replace(name(1), 'img/else.jpg'),
    'dataset-list-rows',
    /line 4: list_category_img\.txt does not have this photo.*"img\/else\.jpg"/,
  ],
  [
    'a photo too few',
    'list_bbox.txt',
    (t) => t.replace('4\n', '3\n').replace(/.*Jacket.*\n/, ''),
    'dataset-list-rows',
    /list_bbox\.txt: 1 photo of list_category_img\.txt is not in this list.*no img\/Jacket/,
  ],
  [
    'a photo twice in another list',
    'list_bbox.txt',
    (t) => t.replace(name(1), name(0)),
    'dataset-duplicate-id',
    /line 4/,
  ],
  [
    'an unknown part',
    'list_eval_partition.txt',
    (t) => t.replace('test', 'dev'),
    'dataset-list',
    /line 5: an unknown part; expected train, val, test; got "dev"/,
  ],
  [
    'a kind of attribute that there is not',
    'list_attr_cloth.txt',
    (t) => t.replace('a-line  3', 'a-line  6'),
    'dataset-list',
    /from 1 to 5; got 6/,
  ],
  [
    'another value of an attribute',
    'list_attr_img.txt',
    (t) => t.replace(' 1  0  1', ' 1  2  1'),
    'dataset-list',
    /line 3: the row has too few attributes; expected 3 values.*got 1 of them, after "2"/,
  ],
  [
    'too many attributes',
    'list_attr_img.txt',
    (t) => t.replace(' 1  0  1', ' 1  0  1  1'),
    'dataset-list-rows',
    /line 3.*expected a photo, then 3 values.*no more/,
  ],
  [
    'half a landmark',
    'list_landmarks.txt',
    (t) => t.replace(/^(.*Tee.*) 000 000$/m, '$1 000'),
    'dataset-list',
    /line 3/,
  ],
  [
    'nine landmarks',
    'list_landmarks.txt',
    (t) => t.replace(/^(.*Tee.*)$/m, `$1${' 0 1 1'.repeat(6)}`),
    'dataset-list',
    /line 3.*at most 8 landmarks/,
  ],
  [
    'a strange visibility',
    'list_landmarks.txt',
    (t) => t.replace('2 000 000', '3 000 000'),
    'dataset-list',
    /line 3: an impossible landmark.*got 3 0 0/,
  ],
  [
    'a strange type of clothes',
    'list_landmarks.txt',
    (t) => t.replace(/ 1 {2}0 {2}0/, ' 4  0  0'),
    'dataset-list',
    /line 3: an unknown type of clothes/,
  ],
  [
    'a category twice',
    'list_category_cloth.txt',
    (t) => t.replace('Blazer', 'Anorak'),
    'dataset-duplicate-id',
    /line 4: the same category twice/,
  ],
  [
    'a strange type of category',
    'list_category_cloth.txt',
    (t) => t.replace(/1\nBlazer/, '4\nBlazer'),
    'dataset-list',
    /from 1 to 3; got 4/,
  ],
];

describe('a list is refused by file and line', () => {
  it.each(faults)('with %s', async (_, list, spoil, code, message) => {
    const spoilt = spoil(texts[list]);
    expect(spoilt).not.toBe(texts[list]);
    const error: DeepShopError = await readers[list](spoilt).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(DeepShopError);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(list);
    for (const fact of ['expected', 'got', 'where', 'cure']) expect(error.facts).toHaveProperty(fact);
  });
});

it('any bytes in the place of any list give a result or a clear error', async () => {
  const list = fc.constantFrom(...(Object.keys(readers) as ListName[]));
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 30 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc
        .constantFrom('\n', '\r\n', ' ', ' 1', '-1 ', '0', '99999999999', '\0', '../', '\ufeff')
        .map((text) => new TextEncoder().encode(text)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(list, fc.array(damage, { minLength: 1, maxLength: 4 }), async (which, damages) => {
      let bytes = [...new TextEncoder().encode(texts[which])];
      for (const { at, remove, insert } of damages) {
        const start = Math.floor(at * bytes.length);
        bytes = [...bytes.slice(0, start), ...insert, ...bytes.slice(start + remove)];
      }
      const error = await (readers[which](Uint8Array.from(bytes)) as Promise<unknown>).then(
        () => null,
        (thrown) => thrown,
      );
      if (error !== null) expect(error).toBeInstanceOf(DeepShopError);
    }),
    { seed: 1, numRuns: 1500 },
  );
});
