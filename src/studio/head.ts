/** @file The drawn head: face and hair. */
import type { Side } from './body.ts';
import { HEAD } from './cut-hat.ts';
import type { Point } from './geometry.ts';
import { ellipse, mirror, smooth } from './geometry.ts';
import type { Part } from './part.ts';
import type { Person } from './person.ts';
import { skinPart } from './person.ts';

export function headParts(): Part[] {
  const { y, rx, ry } = HEAD;
  const half: Point[] = [
    [0, y - ry],
    [rx * 0.72, y - ry * 0.8],
    [rx, y - ry * 0.2],
    [rx * 0.92, y + ry * 0.35],
    [rx * 0.58, y + ry * 0.82],
    [0, y + ry],
  ];
  const face = [...smooth(half), ...smooth(mirror(half).reverse())];
  const ear = (side: Side) => skinPart(ellipse(side * rx * 1.02, y + 0.6, 1.4, 2.6), 0.4);
  const eye = (side: Side): NonNullable<Part['seams']> => [
    {
      line: smooth([
        [side * 1.6, y - 0.2],
        [side * 3, y - 0.7],
        [side * 4.6, y + 0.1],
      ]),
      width: 0.55,
      tone: 'dark',
    },
    { line: ellipse(side * 3.1, y + 0.2, 0.75, 0.7, 10), width: 0.2, tone: 'dark', filled: true },
    {
      line: smooth([
        [side * 1.5, y - 2.3],
        [side * 3.2, y - 3],
        [side * 5, y - 2.2],
      ]),
      width: 0.5,
      tone: 'dark',
    },
  ];
  const features: NonNullable<Part['seams']> = [
    ...eye(-1),
    ...eye(1),
    {
      line: smooth([
        [0.5, y],
        [0.9, y + 2.4],
        [1, y + 3.4],
        [-0.4, y + 3.7],
      ]),
      width: 0.3,
      tone: 'dark',
    },
    {
      line: smooth(
        [
          [-2, y + 6.2],
          [-0.7, y + 5.8],
          [0, y + 6],
          [0.7, y + 5.8],
          [2, y + 6.2],
          [0.9, y + 7.1],
          [-0.9, y + 7.1],
        ],
        { closed: true, steps: 4 },
      ),
      width: 0.2,
      tone: 'accent',
      filled: true,
    },
  ];
  return [ear(-1), ear(1), skinPart(face, 0.9, features)];
}

const hairPart = (outline: readonly Point[], role: Part['role'] = 'torso'): Part => ({
  outline,
  role,
  material: 'plain',
  volume: 0.9,
});

/** `back` parts fall behind the shoulders. */
export function hairParts({ style }: Person): Part[] {
  const { y, rx, ry } = HEAD;
  const top = y - ry;
  const fringe = (low: number, part: number): Part => {
    const [w, brow] = [rx + 0.9, y - ry * 0.42];
    return hairPart([
      ...smooth([
        [-w, y + low],
        [-w - 0.3, y - 3],
        [-w + 1, top + 2.6],
        [0, top - 2],
        [w - 1, top + 2.6],
        [w + 0.3, y - 3],
        [w, y + low],
      ]),
      ...smooth([
        [w - 1.4, y + low - 1],
        [w - 2, brow + 1.6],
        [part + 3, brow - 1.6],
        [part, brow - 2.6],
        [-w + 2.6, brow + 1.2],
        [-w + 1.4, y + low - 1],
      ]),
    ]);
  };
  switch (style) {
    case 'cropped':
      return [fringe(-3, 0)];
    case 'short':
      return [fringe(-0.5, -2.4)];
    case 'bob':
      return [
        hairPart(
          smooth(
            [
              [-rx - 1.6, y + 9],
              [-rx - 2, y - 2],
              [-rx, top + 2],
              [0, top - 1.6],
              [rx, top + 2],
              [rx + 2, y - 2],
              [rx + 1.6, y + 9],
              [0, y + 10.6],
            ],
            { closed: true },
          ),
          'back',
        ),
        fringe(6.6, -2.6),
      ];
    case 'long':
      return [
        hairPart(
          smooth(
            [
              [-rx - 4, y + 31],
              [-rx - 4.4, y + 14],
              [-rx - 1.6, y - 2],
              [-rx, top + 2],
              [0, top - 1.8],
              [rx, top + 2],
              [rx + 1.6, y - 2],
              [rx + 4.4, y + 14],
              [rx + 4, y + 31],
              [0, y + 33],
            ],
            { closed: true },
          ),
          'back',
        ),
        fringe(4.6, 1.8),
      ];
    case 'bun':
      return [hairPart(ellipse(0.4, top - 2.8, 4.4, 3.9)), fringe(-2, -1)];
    case 'curly': {
      const around = Array.from({ length: 22 }, (_, index) => {
        const angle = (index / 22) * 2 * Math.PI;
        const reach = index % 2 === 0 ? 1.36 : 1.22;
        return [Math.cos(angle) * (rx + 1.6) * reach, y - 1.6 + Math.sin(angle) * ry * reach * 0.98] as const;
      });
      return [hairPart(smooth(around, { closed: true, steps: 4 }), 'back'), fringe(1.4, 0.6)];
    }
  }
}
