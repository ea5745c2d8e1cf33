import { describe, expect, it } from 'vitest';
import type { Point } from './geometry.ts';
import { emptyMap, paint, visibleAreas } from './visibility.ts';

const rectangle = (x1: number, y1: number, x2: number, y2: number): Point[] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

describe('visibleAreas', () => {
  it('gives a rectangle its own box and area', () => {
    const map = emptyMap(40, 30);
    paint(map, rectangle(3, 4, 20.5, 9), 0);
    expect(visibleAreas(map, 1)).toEqual([{ box: [3, 4, 20.5, 9], area: 17.5 * 5 }]);
  });

  it('cuts what a later outline hides', () => {
    const map = emptyMap(40, 30);
    paint(map, rectangle(0, 0, 20, 10), 0);
    paint(map, rectangle(10, -5, 50, 20), 1);
    expect(visibleAreas(map, 2).map((seen) => seen?.box)).toEqual([
      [0, 0, 10, 10],
      [10, 0, 40, 20],
    ]);
  });

  it('is null for what is hidden or outside', () => {
    const map = emptyMap(20, 20);
    paint(map, rectangle(2, 2, 5, 5), 0);
    paint(map, rectangle(0, 0, 10, 10), -1);
    paint(map, rectangle(30, 30, 40, 40), 1);
    expect(visibleAreas(map, 2)).toEqual([null, null]);
  });

  it('does not stretch a box to a speck, but to a second large piece', () => {
    const map = emptyMap(60, 40);
    paint(map, rectangle(0, 0, 20, 20), 0);
    paint(map, rectangle(30, 30, 33, 33), 0);
    paint(map, rectangle(0, 30, 10, 40), 1);
    paint(map, rectangle(50, 30, 60, 40), 1);
    expect(visibleAreas(map, 2).map((seen) => seen?.box)).toEqual([
      [0, 0, 20, 20],
      [0, 30, 60, 40],
    ]);
  });

  it('joins the arms of a U into one piece', () => {
    const map = emptyMap(40, 40);
    paint(map, rectangle(0, 0, 2, 30), 0);
    paint(map, rectangle(30, 0, 31, 3), 0);
    paint(map, rectangle(30, 3, 31, 30), 0);
    paint(map, rectangle(0, 30, 31, 32), 0);
    expect(visibleAreas(map, 1)[0]?.box).toEqual([0, 0, 31, 32]);
  });
});
