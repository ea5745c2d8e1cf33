import { expect, test } from 'vitest';
import { boxAreas, clipBoxes, gatherBoxes } from './boxes.ts';

const boxes = Float32Array.of(0, 0, 4, 2, -3, 5, 7, 30, 6, 6, 6, 9);

test('the width of a box is x2 - x1, and its area the product of its sides', () => {
  expect([...boxAreas(boxes)]).toEqual([8, 250, 0]);
});

test('clipping moves edges into the image and keeps the input', () => {
  expect([...clipBoxes(boxes, 10, 5)]).toEqual([0, 0, 4, 2, 0, 5, 5, 10, 5, 6, 5, 9]);
  expect(boxes[4]).toBe(-3);
});

test('boxes are gathered in the order of the indices', () => {
  expect([...gatherBoxes(boxes, Int32Array.of(2, 0))]).toEqual([6, 6, 6, 9, 0, 0, 4, 2]);
});
