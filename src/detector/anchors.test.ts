import { expect, test } from 'vitest';
import parts from '../../tests/golden/detector-parts.json' with { type: 'json' };
import { expectClose } from '../../tests/golden/expect-close.ts';
import { anchorsFor, cellAnchors } from './anchors.ts';

test('a cell has one anchor for each ratio and size, ratio outer, rounded, halves to even', () => {
  expect([...cellAnchors([16], [1])]).toEqual([-8, -8, 8, 8]);
  expect([...cellAnchors([5, 7], [1])]).toEqual([-2, -2, 2, 2, -4, -4, 4, 4]);
  expect([...cellAnchors([4, 8], [0.25, 1])]).toEqual([-4, -1, 4, 1, -8, -2, 8, 2, -2, -2, 2, 2, -4, -4, 4, 4]);
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
