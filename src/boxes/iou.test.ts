import fc from 'fast-check';
import { expect, test } from 'vitest';
import parts from '../../tests/golden/detector-parts.json' with { type: 'json' };
import { expectClose } from '../../tests/golden/expect-close.ts';
import { pairwiseIntersectionOverArea, pairwiseIou } from './iou.ts';

const square = Float32Array.of(0, 0, 4, 4);
const others = Float32Array.of(0, 0, 4, 4, 2, 0, 6, 4, 4, 0, 8, 4, 1, 1, 2, 2, 1, 1, 1, 1);

test('overlap of boxes that can be checked by eye', () => {
  expectNumbers(pairwiseIou(square, others), [1, 1 / 3, 0, 1 / 16, 0]);
  expectNumbers(pairwiseIntersectionOverArea(square, others), [1, 0.5, 0, 1 / 16, 0]);
  expectNumbers(pairwiseIntersectionOverArea(others, square), [1, 0.5, 0, 1, 0]);
});

test('two empty boxes do not overlap', () => {
  const empty = Float32Array.of(3, 3, 3, 3);
  expect([...pairwiseIou(empty, empty)]).toEqual([0]);
  expect([...pairwiseIntersectionOverArea(empty, square)]).toEqual([0]);
});

test('no boxes give an empty table', () => {
  expect(pairwiseIou(new Float32Array(0), others)).toHaveLength(0);
  expect(pairwiseIou(others, new Float32Array(0))).toHaveLength(0);
});

test('IoU equals torchvision bit by bit', () => {
  const { groundTruth, candidates, iou } = parts.matching;
  const actual = pairwiseIou(Float32Array.from(groundTruth), Float32Array.from(candidates.slice(0, 160)));
  expectClose(actual, Float32Array.from(iou), 0, parts);
});

const coordinate = fc.float({ min: -500, max: 500, noNaN: true });
const box = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .map(([a, b, c, d]) => [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]);
const boxes = fc.array(box, { minLength: 1, maxLength: 6 }).map((list) => Float32Array.from(list.flat()));

test('IoU is symmetric and within 0 and 1', () => {
  fc.assert(
    fc.property(boxes, boxes, (a, b) => {
      const forth = pairwiseIou(a, b);
      const back = pairwiseIou(b, a);
      for (let row = 0; row < a.length / 4; row++) {
        for (let column = 0; column < b.length / 4; column++) {
          const value = forth[(row * b.length) / 4 + column];
          expect(value).toBe(back[(column * a.length) / 4 + row]);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }
    }),
    { seed: 3 },
  );
});

test('a box overlaps itself wholly', () => {
  const overlapsItself = (a: Float32Array) => {
    const side = Math.min(a[2] - a[0], a[3] - a[1]);
    if (side > 1e-3) expect(pairwiseIou(a.subarray(0, 4), a.subarray(0, 4))[0]).toBe(1);
  };
  fc.assert(fc.property(boxes, overlapsItself), { seed: 4 });
});

function expectNumbers(actual: Float32Array, wanted: readonly number[]): void {
  expect(actual).toEqual(Float32Array.from(wanted));
}
