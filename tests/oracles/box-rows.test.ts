import { expect, test } from 'vitest';
import { concatBoxes, findLargeBoxes } from './box-rows.ts';

const boxes = Float32Array.of(0, 0, 4, 2, -3, 5, 7, 30, 6, 6, 6, 9);

test('a box with one short side is not large', () => {
  expect([...findLargeBoxes(boxes, 2)]).toEqual([0, 1]);
  expect([...findLargeBoxes(boxes, 2.5)]).toEqual([1]);
  expect([...findLargeBoxes(boxes, 0)]).toEqual([0, 1, 2]);
});

test('sets of boxes are joined in order, empty ones too', () => {
  expect(concatBoxes([boxes.subarray(0, 4), new Float32Array(0), boxes.subarray(4)])).toEqual(boxes);
});
