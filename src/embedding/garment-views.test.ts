import { expect, test } from 'vitest';
import type { DatasetRecord } from '../dataset/dataset.ts';
import { garmentViews } from './garment-views.ts';

function record(labels: readonly number[], items: readonly (string | null)[], maskPath: string | null = null) {
  const boxes = new Float32Array(4 * labels.length);
  const facts = { imageId: 1, fileName: 'a.jpg', photoPath: 'a.jpg', maskPath, width: 9, height: 9 };
  return {
    ...facts,
    boxes,
    labels: Int32Array.from(labels),
    items,
    crowdBoxes: boxes.slice(0, 0),
  } satisfies DatasetRecord;
}

test('a garment with a mask is photographed again; an item is seen on each of its photos', () => {
  const flat = [record([3], [null], 'a.png'), record([2, 3], [null, null], 'b.png')];
  const pairs = [record([1, 2], ['7/1', '7/2']), record([2], ['7/2']), record([5], ['7/3'])];
  expect(garmentViews([flat, pairs], 2)).toEqual([
    { label: 3, views: [0, 1, 2].map((again) => ({ record: 0, box: 0, again })) },
    {
      label: 2,
      views: [
        { record: 2, box: 1, again: 0 },
        { record: 3, box: 0, again: 0 },
      ],
    },
  ]);
});

test('items of two data sets are never the same', () => {
  const one = [record([1], ['7/1'])];
  expect(garmentViews([one, one], 2)).toEqual([]);
});
