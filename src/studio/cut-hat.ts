/** @file Hats, in the coordinates of the head that wears them. */
import type { ShapeCut } from './cut.ts';
import type { Point } from './geometry.ts';
import { ellipse, smooth } from './geometry.ts';
import type { Part } from './part.ts';

/** Centre of the head above the point between the shoulders, and its half axes. */
export const HEAD = { y: -19, rx: 7.4, ry: 10.6 } as const;

const closed = (points: readonly Point[]): Point[] => smooth(points, { closed: true, steps: 6 });
const worn = { role: 'torso' } as const;

/** Parts of role `back` lie behind the head. */
export function hatParts(cut: ShapeCut): Part[] {
  const brow = HEAD.y - 5;
  switch (cut.form) {
    case 'beanie': {
      const dome = [
        ...smooth([
          [-8.2, brow],
          [-8.4, brow - 5],
          [-5.6, brow - 11.4],
          [0, brow - 13.6],
          [5.6, brow - 11.4],
          [8.4, brow - 5],
          [8.2, brow],
        ]),
        [0, brow + 1],
      ] as Point[];
      return [
        { ...worn, outline: dome, material: 'rib' },
        {
          ...worn,
          outline: closed([
            [-8.6, brow - 3.4],
            [0, brow - 2.6],
            [8.6, brow - 3.4],
            [8.7, brow + 1],
            [0, brow + 2.4],
            [-8.7, brow + 1],
          ]),
          material: 'rib',
          volume: 1.2,
        },
      ];
    }
    case 'fedora':
      return [
        { ...worn, outline: ellipse(0, brow - 0.2, 16.5, 3.8), material: 'cloth', volume: 0.8 },
        {
          ...worn,
          outline: [
            ...smooth([
              [-8.4, brow + 0.8],
              [-7.9, brow - 6],
              [-6.8, brow - 10.8],
              [-3.6, brow - 12.6],
              [0, brow - 11.2],
              [3.6, brow - 12.6],
              [6.8, brow - 10.8],
              [7.9, brow - 6],
              [8.4, brow + 0.8],
            ]),
            ...smooth([
              [5, brow + 2.2],
              [0, brow + 2.7],
              [-5, brow + 2.2],
            ]),
          ],
          material: 'cloth',
          volume: 1.2,
        },
        {
          ...worn,
          outline: closed([
            [-8.5, brow - 3.2],
            [0, brow - 1.2],
            [8.5, brow - 3.2],
            [8.5, brow + 0.4],
            [0, brow + 2.6],
            [-8.5, brow + 0.4],
          ]),
          material: 'accent',
          volume: 0.6,
        },
      ];
    case 'cap':
      return [
        {
          ...worn,
          outline: [
            ...smooth([
              [-8.3, brow + 0.4],
              [-8.2, brow - 5],
              [-5.4, brow - 10],
              [0, brow - 11.6],
              [5.4, brow - 10],
              [8.2, brow - 5],
              [8.3, brow + 0.4],
            ]),
            ...smooth([
              [4, brow - 0.8],
              [0, brow - 1.2],
              [-4, brow - 0.8],
            ]),
          ],
          material: 'cloth',
          seams: [
            {
              line: [
                [0, brow - 11.4],
                [0, brow - 1],
              ],
              width: 0.3,
              tone: 'dark',
            },
            {
              line: smooth([
                [-3.4, brow - 11],
                [-4.6, brow - 6],
                [-4.4, brow],
              ]),
              width: 0.25,
              tone: 'dark',
            },
            {
              line: smooth([
                [3.4, brow - 11],
                [4.6, brow - 6],
                [4.4, brow],
              ]),
              width: 0.25,
              tone: 'dark',
            },
          ],
        },
        {
          ...worn,
          outline: closed([
            [-8.4, brow - 0.6],
            [-4, brow - 2.2],
            [0, brow - 2.7],
            [4, brow - 2.2],
            [8.4, brow - 0.6],
            [10, brow + 2.6],
            [5.4, brow + 1.8],
            [0, brow + 1.4],
            [-5.4, brow + 1.8],
            [-10, brow + 2.6],
          ]),
          material: 'accent',
          volume: 0.9,
        },
      ];
    case 'bucket':
      return [
        {
          ...worn,
          outline: closed([
            [-9, brow - 1],
            [0, brow + 0.6],
            [9, brow - 1],
            [13.4, brow + 5.2],
            [7.4, brow + 6],
            [0, brow + 6.4],
            [-7.4, brow + 6],
            [-13.4, brow + 5.2],
          ]),
          material: 'cloth',
          seams: [
            {
              line: smooth([
                [-11.4, brow + 2.6],
                [0, brow + 4.2],
                [11.4, brow + 2.6],
              ]),
              width: 0.25,
              tone: 'dark',
            },
          ],
        },
        {
          ...worn,
          outline: [
            ...smooth([
              [-9.2, brow + 0.2],
              [-8.3, brow - 6],
              [-7.4, brow - 9.4],
              [0, brow - 10.8],
              [7.4, brow - 9.4],
              [8.3, brow - 6],
              [9.2, brow + 0.2],
            ]),
            [0, brow + 2],
          ] as Point[],
          material: 'cloth',
          volume: 1.1,
        },
      ];
    case 'sun-hat':
      return [
        {
          ...worn,
          outline: ellipse(0, brow + 0.4, 25, 6.4, 44),
          material: 'cloth',
          volume: 0.9,
          seams: [{ line: [...ellipse(0, brow + 0.2, 20, 4.8), [20, brow + 0.2]], width: 0.25, tone: 'dark' }],
        },
        {
          ...worn,
          outline: [
            ...smooth([
              [-9, brow + 0.6],
              [-8.4, brow - 6],
              [-5.4, brow - 11],
              [0, brow - 12.4],
              [5.4, brow - 11],
              [8.4, brow - 6],
              [9, brow + 0.6],
            ]),
            ...smooth([
              [5, brow + 2.4],
              [0, brow + 3],
              [-5, brow + 2.4],
            ]),
          ],
          material: 'cloth',
          volume: 1.2,
        },
        {
          ...worn,
          outline: closed([
            [-9.1, brow - 3],
            [0, brow - 0.8],
            [9.1, brow - 3],
            [9.1, brow + 0.4],
            [0, brow + 3],
            [-9.1, brow + 0.4],
          ]),
          material: 'accent',
          volume: 0.6,
        },
      ];
    default:
      return [
        {
          ...worn,
          outline: closed([
            [-8.4, brow + 0.6],
            [-11.6, brow - 4.4],
            [-9, brow - 9.4],
            [-1, brow - 11.4],
            [8, brow - 9],
            [13.2, brow - 3.6],
            [9.4, brow + 0.2],
            [0, brow + 1.4],
          ]),
          material: 'cloth',
          volume: 1.3,
        },
        {
          ...worn,
          outline: closed([
            [-8.6, brow - 0.8],
            [0, brow + 0.2],
            [8.8, brow - 1],
            [8.6, brow + 1],
            [0, brow + 2.2],
            [-8.6, brow + 1.2],
          ]),
          material: 'accent',
          volume: 0.6,
        },
        {
          ...worn,
          outline: closed([
            [-0.6, brow - 11],
            [0.4, brow - 11.4],
            [0.8, brow - 13.2],
            [-0.2, brow - 13.2],
          ]),
          material: 'cloth',
          volume: 0.4,
        },
      ];
  }
}
