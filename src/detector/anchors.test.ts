import { expect, test } from 'vitest';
import parts from '../../tests/golden/detector-parts.json' with { type: 'json' };
import { expectClose } from '../../tests/golden/expect-close.ts';
import { anchorsFor, cellAnchors, placedCell } from './anchors.ts';

test('a cell has one anchor for each ratio and size, ratio outer, rounded, halves to even', () => {
  expect([...cellAnchors([16], [1])]).toEqual([-8, -8, 8, 8]);
  expect([...cellAnchors([5, 7], [1])]).toEqual([-2, -2, 2, 2, -4, -4, 4, 4]);
  expect([...cellAnchors([4, 8], [0.25, 1])]).toEqual([-4, -1, 4, 1, -8, -2, 8, 2, -2, -2, 2, 2, -4, -4, 4, 4]);
});

test("Detectron's sides are rounded at the size of the stride, and stand on the centres of places", () => {
  // generate_anchors(stride=4, sizes=(32,)): [-22, -10, 25, 13] and so on, last pixels included.
  const shapes = { sizes: [[32], [64]], ratios: [0.5, 1, 2], rounding: 'detectron', offset: 0.5 } as const;
  expect([...placedCell(shapes, 0, 4)]).toEqual([-22, -10, 26, 14, -14, -14, 18, 18, -10, -22, 14, 26]);
  expect([...placedCell(shapes, 1, 8)]).toEqual([-40, -20, 48, 28, -28, -28, 36, 36, -20, -44, 28, 52]);
});

test("Detectron2's sides are not rounded", () => {
  const half = Math.fround(16 * Math.SQRT2);
  const cell = cellAnchors([32], [0.5], 'none');
  expect([...cell]).toEqual([-half, -half / 2, half, half / 2]);
});

test('places go row by row, and levels are views of one array', () => {
  const shapes = { sizes: [[8], [16]], ratios: [1] };
  const sizes = [
    { height: 1, width: 2 },
    { height: 1, width: 1 },
  ];
  const { boxes, perLevel, levelStarts } = anchorsFor(sizes, 10, 20, shapes);
  expect([...boxes]).toEqual([-4, -4, 4, 4, 6, -4, 14, 4, -8, -8, 8, 8]);
  expect(levelStarts).toEqual([0, 2, 3]);
  expect([...perLevel[1]]).toEqual([-8, -8, 8, 8]);
  expect(perLevel[1].buffer).toBe(boxes.buffer);
});

test.each(parts.anchors)('anchors equal torchvision for features $features of an image $image', (golden) => {
  const sizes = golden.features.map(([height, width]) => ({ height, width }));
  const { boxes } = anchorsFor(sizes, golden.image[0], golden.image[1], golden);
  expectClose(boxes, golden.boxes, 0, parts);
});
