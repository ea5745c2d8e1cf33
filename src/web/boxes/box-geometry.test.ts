import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Box } from '../../client/client.ts';
import { arrowStep, boxAt, boxBetween, corners, middleBox, moveBox, resizeBox, smallestSide } from './box-geometry.ts';

const photo = { width: 400, height: 300 };

it('moves a box and stops at the edges', () => {
  expect(moveBox([10, 10, 60, 90], { x: 5, y: -4 }, photo)).toEqual([15, 6, 65, 86]);
  expect(moveBox([10, 10, 60, 90], { x: -50, y: 500 }, photo)).toEqual([0, 220, 50, 300]);
});

it('resizes by a corner, which does not pass the opposite one', () => {
  expect(resizeBox([100, 100, 200, 200], 'nw', { x: -20, y: 10 }, photo)).toEqual([80, 110, 200, 200]);
  expect(resizeBox([100, 100, 200, 200], 'se', { x: 500, y: -500 }, photo)).toEqual([100, 100, 400, 116]);
});

const boxes = fc
  .tuple(fc.integer({ min: 0, max: 380 }), fc.integer({ min: 0, max: 280 }), fc.nat(300), fc.nat(200))
  .map(([x, y, w, h]): Box => [x, y, Math.min(400, x + 20 + w), Math.min(300, y + 20 + h)]);
const steps = fc.record({ x: fc.integer({ min: -900, max: 900 }), y: fc.integer({ min: -900, max: 900 }) });

it('whatever is done, a box stays in the photo; moved, it keeps its size', () => {
  fc.assert(
    fc.property(boxes, steps, fc.constantFrom(...corners), (box, by, corner) => {
      const moved = moveBox(box, by, photo);
      expect(moved[2] - moved[0]).toBe(box[2] - box[0]);
      expect(moved[3] - moved[1]).toBe(box[3] - box[1]);
      const resized = resizeBox(box, corner, by, photo);
      for (const [x1, y1, x2, y2] of [moved, resized]) {
        expect(Math.min(x1, y1)).toBeGreaterThanOrEqual(0);
        expect(x2).toBeLessThanOrEqual(400);
        expect(y2).toBeLessThanOrEqual(300);
      }
      expect(resized[2] - resized[0]).toBeGreaterThanOrEqual(smallestSide(photo) - 1e-9);
      expect(resized[3] - resized[1]).toBeGreaterThanOrEqual(smallestSide(photo) - 1e-9);
    }),
  );
});

it('draws between two points in any order, and nothing for a tap', () => {
  expect(boxBetween({ x: 90, y: 80 }, { x: -5, y: 20 }, photo)).toEqual([0, 20, 90, 80]);
  expect(boxBetween({ x: 90, y: 80 }, { x: 91, y: 81 }, photo)).toBeNull();
  expect(middleBox(photo)).toEqual([100, 75, 300, 225]);
});

it('knows the arrow keys', () => {
  expect(arrowStep('ArrowLeft', photo)).toEqual({ x: -8, y: 0 });
  expect(arrowStep('ArrowDown', photo)).toEqual({ x: 0, y: 8 });
  expect(arrowStep('Enter', photo)).toBeNull();
});

it('a tap means the smallest box first, then the next larger', () => {
  const jacketAndTee: Box[] = [
    [0, 0, 200, 200],
    [50, 50, 150, 150],
  ];
  expect(boxAt({ x: 100, y: 100 }, jacketAndTee, -1)).toBe(1);
  expect(boxAt({ x: 100, y: 100 }, jacketAndTee, 1)).toBe(0);
  expect(boxAt({ x: 100, y: 100 }, jacketAndTee, 0)).toBe(1);
  expect(boxAt({ x: 10, y: 10 }, jacketAndTee, 0)).toBe(0);
  expect(boxAt({ x: 300, y: 10 }, jacketAndTee, 0)).toBe(-1);
});
