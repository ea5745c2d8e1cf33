import { describe, expect, it } from 'vitest';
import { parseCoco } from '../../tests/coco-sets.ts';

const image = { id: 1, file_name: 'a.jpg', width: 100, height: 200 };
const annotation = { id: 1, image_id: 1, category_id: 7, bbox: [10, 20, 30, 40] };
const category = { id: 7, name: 'coat' };

function parse(changes: { images?: unknown; annotations?: unknown; categories?: unknown } = {}) {
  return parseCoco(
    JSON.stringify({ images: [image], annotations: [annotation], categories: [category], ...changes }),
    'labels.json',
  );
}
const box = (...bbox: number[]) => ({ annotations: [{ ...annotation, bbox }] });

describe('a COCO file', () => {
  it('is taken with what it leaves out filled in', () => {
    const { coco, clipped, empty } = parse();
    expect(coco.annotations).toEqual([{ ...annotation, area: 1200, iscrowd: 0 }]);
    expect([clipped, empty]).toEqual([0, 0]);
  });

  it('keeps what it says besides', () => {
    expect(parse({ images: [{ ...image, sender: 4, place: 'x' }] }).coco.images[0]).toMatchObject({
      sender: 4,
      place: 'x',
    });
  });

  it('has boxes that slightly overshoot cut back, and counted', () => {
    const { coco, clipped } = parse(box(-1, 10, 102, 193));
    expect(coco.annotations[0].bbox).toEqual([0, 10, 100, 190]);
    expect(clipped).toBe(1);
  });

  it('has boxes without an area left out, and counted', () => {
    expect(parse(box(10, 10, 0, 5))).toMatchObject({ empty: 1, coco: { annotations: [] } });
    expect(parse(box(101, 10, 1, 5))).toMatchObject({ empty: 1 });
  });
});

describe('a bad COCO file is refused, with where, expected and got', () => {
  it.each([
    [
      'is not JSON',
      () => parseCoco('{"images": [', 'labels.json'),
      'dataset-not-json',
      /labels\.json: the file is not JSON/,
    ],
    ['is empty', () => parseCoco('', 'labels.json'), 'dataset-not-json', /an empty file/],
    [
      'is something else',
      () => parseCoco('[]', 'labels.json'),
      'dataset-not-coco',
      /expected images, annotations with bbox/,
    ],
    [
      'has an image without a size',
      () => parse({ images: [{ id: 1, file_name: 'a.jpg' }] }),
      'dataset-not-coco',
      /images\.0\.width/,
    ],
    ['has a box of three numbers', () => parse(box(1, 2, 3)), 'dataset-not-coco', /annotations\.0\.bbox/],
    [
      'has a box that is not finite',
      () => parse({ annotations: [{ ...annotation, bbox: [1, 2, null, 4] }] }),
      'dataset-not-coco',
      /bbox/,
    ],
    [
      'has a box of negative size',
      () => parse(box(10, 10, -5, 5)),
      'dataset-box-size',
      /annotation 1 has \[10, 10, -5, 5\].*\[x1, y1, x2, y2\]\?/,
    ],
    [
      'has a box far outside',
      () => parse(box(50, 50, 90, 20)),
      'dataset-box-outside',
      /1 box far outside.*on a photo of 100 x 200/,
    ],
    [
      'names an unknown category',
      () => parse({ categories: [] }),
      'dataset-unknown-category',
      /annotation 1 names category 7/,
    ],
    ['names an unknown image', () => parse({ images: [] }), 'dataset-unknown-image', /annotation 1 names image 1/],
    [
      'repeats an image id',
      () => parse({ images: [image, { ...image, file_name: 'b.jpg' }] }),
      'dataset-duplicate-id',
      /the same image id/,
    ],
    [
      'repeats a file name',
      () => parse({ images: [image, { ...image, id: 2 }] }),
      'dataset-duplicate-id',
      /the same file name.*a\.jpg/,
    ],
    [
      'repeats an annotation id',
      () => parse({ annotations: [annotation, annotation] }),
      'dataset-duplicate-id',
      /the same annotation id/,
    ],
    [
      'repeats a category id',
      () => parse({ categories: [category, { id: 7, name: 'hat' }] }),
      'dataset-duplicate-id',
      /the same category id/,
    ],
    [
      'repeats a category name',
      () => parse({ categories: [category, { id: 8, name: 'coat' }] }),
      'dataset-duplicate-id',
      /the same category name/,
    ],
  ])('when it %s', (_, run, code, message) => {
    let error: unknown;
    try {
      run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
  });

  it('names the first faults and counts the rest', () => {
    const annotations = Array.from({ length: 9 }, (_, id) => ({ ...annotation, id, bbox: [0, 0, -1, 1] }));
    expect(() => parse({ annotations })).toThrow(/annotation 0 .*annotation 1 .*annotation 2 .*; and 6 more/);
  });
});
