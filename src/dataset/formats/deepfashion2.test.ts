import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../tests/fixtures/set-files.ts';
import { DatasetError } from '../dataset-error.ts';
import { deepFashion2Categories, parseDeepFashion2 } from './deepfashion2.ts';

const item = { category_id: 1, category_name: 'short sleeve top', bounding_box: [10, 20, 40, 60], style: 1 };

const parse = (value: unknown) => parseDeepFashion2(JSON.stringify(value), 'annos/1.json');

describe('an annotation of DeepFashion2', () => {
  it('has boxes as corners, classes, landmarks, pair and style; what else it says is left', () => {
    const landmarks = [12, 22, 2, 30, 22, 1, 0, 0, 0];
    const first = { ...item, landmarks, segmentation: [[1, 2, 3, 4, 5, 6]], scale: 2, occlusion: 1, zoom_in: 1 };
    const second = { ...item, category_id: 13, category_name: 'sling dress', style: 0, viewpoint: 2 };
    expect(parse({ item1: first, item2: second, source: 'user', pair_id: 7 })).toEqual({
      source: 'user',
      pairId: 7,
      objects: [
        { categoryId: 1, bbox: [10, 20, 30, 40], facts: { landmarks, pair_id: 7, style: 1 } },
        { categoryId: 13, bbox: [10, 20, 30, 40], facts: { landmarks: undefined, pair_id: 7, style: 0 } },
      ],
    });
  });

  it('has its garments in the order of their numbers, whatever the order of the file', () => {
    const numbered = { item10: { ...item, style: 10 }, item2: { ...item, style: 2 }, item1: item };
    expect(parse(numbered).objects.map(({ facts }) => facts?.style)).toEqual([1, 2, 10]);
  });

  it('may have no garment, and leave out names, source, pair and style', () => {
    expect(parse({ source: 'shop', pair_id: 3 })).toEqual({ source: 'shop', pairId: 3, objects: [] });
    const { objects } = parse({ item1: { category_id: 8, bounding_box: [0, 0, 0.5, 1.25] } });
    expect(objects).toMatchObject([{ categoryId: 8, bbox: [0, 0, 0.5, 1.25] }]);
  });

  it('has thirteen classes, counted from 1', () => {
    expect(deepFashion2Categories).toHaveLength(13);
    for (const { id, name } of deepFashion2Categories) {
      const { objects } = parse({ item1: { ...item, category_id: id, category_name: name.replaceAll(' ', '_') } });
      expect(objects[0].categoryId).toBe(id);
    }
  });

  it.each([
    ['cut short', '{"item1": {"category_id"', 'dataset-not-json', /^annos\/1\.json: the file is not JSON/],
    ['empty', ' \n', 'dataset-not-json', /an empty file/],
    ['a list', '[]', 'dataset-not-deepfashion2', /the file: .*array/],
    ['nothing', 'null', 'dataset-not-deepfashion2', /the file: .*null/],
    ['a pair that is a word', '{"pair_id": "7"}', 'dataset-not-deepfashion2', /pair_id: .*string/],
    ['another format', '{"images": [], "annotations": []}', 'dataset-not-deepfashion2', /got images; annotations/],
  ])('is refused where it is %s', (_, text, code, message) => {
    expect(() => parseDeepFashion2(text, 'annos/1.json')).toThrow(refusal(code, message));
  });

  it.each([
    ['no box', { bounding_box: undefined }, /item1\.bounding_box: /],
    ['a box of three numbers', { bounding_box: [1, 2, 3] }, /item1\.bounding_box: /],
    ['a box of words', { bounding_box: ['1', '2', '3', '4'] }, /item1\.bounding_box\.0: .*string/],
    ['a box that is not finite', { bounding_box: [1, null, 3, 4] }, /item1\.bounding_box\.1: .*null/],
    ['no class', { category_id: undefined }, /item1\.category_id: /],
    ['a class that is none of the 13', { category_id: 14, category_name: undefined }, /1 to 13.*item1\.category_id: /],
    ['class 0', { category_id: 0 }, /item1\.category_id: /],
    ['half a class', { category_id: 1.5 }, /item1\.category_id: /],
    [
      'a name of another class',
      { category_name: 'trousers' },
      /item1: category_id 1, which is "short sleeve top".*"trousers"/,
    ],
    ['landmarks of words', { landmarks: ['x'] }, /item1\.landmarks\.0: /],
    ['a style that is a word', { style: 'one' }, /item1\.style: /],
  ])('is refused where a garment has %s', (_, change, message) => {
    expect(() => parse({ item1: { ...item, ...change } })).toThrow(refusal('dataset-not-deepfashion2', message));
  });

  it('is refused where a garment stands under another key, as it would be lost', () => {
    for (const key of ['Item1', 'item', 'item 1', '__proto__']) {
      const text = `{"source": "user", ${JSON.stringify(key)}: ${JSON.stringify(item)}}`;
      expect(() => parseDeepFashion2(text, 'annos/1.json')).toThrow(
        refusal('dataset-not-deepfashion2', new RegExp(`a garment under "${key}"`)),
      );
    }
  });

  it('is read or refused by a DatasetError, whatever the JSON', () => {
    const loose = fc.record(
      { category_id: fc.jsonValue(), bounding_box: fc.jsonValue(), landmarks: fc.jsonValue(), style: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const keys = fc.constantFrom('item1', 'item02', 'item', 'source', 'pair_id', '__proto__', 'constructor');
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.oneof(loose, fc.jsonValue()))), (value) => {
        try {
          expect(parse(value).objects.length).toBeLessThanOrEqual(2);
        } catch (error) {
          if (!(error instanceof DatasetError)) throw error;
          expect(error.message).toMatch(/^annos\/1\.json: /);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
