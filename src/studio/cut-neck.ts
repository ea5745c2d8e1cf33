/** @file Necklines: how the opening runs, before `cut-collar.ts` sews anything to it. */
import type { Body } from './body.ts';
import type { TopCut } from './cut.ts';
import type { Point } from './geometry.ts';
import { smooth } from './geometry.ts';

export interface NecklineShape {
  /** The right neck point, where shoulder seam and neckline meet. */
  readonly edge: Point;
  /** From the left neck point down and up to the right one. */
  readonly front: Point[];
  /** From the left neck point over the nape to the right one. */
  readonly back: Point[];
}

export function necklineOf(cut: TopCut, body: Body): NecklineShape {
  const base = body.neck;
  const [half, depth, pointed] = (
    {
      crew: [base + 2.2, 5.6, false],
      v: [base + 1.8, cut.closure ? 26 : 16, true],
      scoop: [base + 4.4, 12, false],
      boat: [base + 6.4, 3.6, false],
      shirt: [base + 1.2, cut.closure === 'open' ? 10 : 6, true],
      bow: [base + 1.2, 6, true],
      turtle: [base + 0.9, 2.6, false],
      stand: [base + 1.2, 4, false],
      lapel: [base + 1.4, 26, true],
      hood: [base + 2, 6.5, false],
      straps: [base + 4.6, 14.5, false],
    } as const
  )[cut.neckline];
  const top = -2.6 + (half - base) * 0.36;
  const edge: Point = [half, top];
  const front = pointed
    ? [
        ...smooth(
          [
            [-half, top],
            [-half * 0.66, top + depth * 0.4],
            [0, top + depth],
          ],
          { steps: 6 },
        ),
        ...smooth(
          [
            [0, top + depth],
            [half * 0.66, top + depth * 0.4],
            [half, top],
          ],
          { steps: 6 },
        ),
      ]
    : smooth(
        cut.neckline === 'straps'
          ? [
              [-half, top],
              [-half + 0.4, depth - 4.5],
              [-half * 0.55, depth - 1.6],
              [0, depth - 0.6],
              [half * 0.55, depth - 1.6],
              [half - 0.4, depth - 4.5],
              [half, top],
            ]
          : [
              [-half, top],
              [-half * 0.8, top + depth * 0.62],
              [0, top + depth],
              [half * 0.8, top + depth * 0.62],
              [half, top],
            ],
      );
  const dip = cut.neckline === 'straps' ? 11 : 1.6;
  const back = smooth(
    [
      [-half, top],
      [-half * 0.5, top + dip],
      [half * 0.5, top + dip],
      [half, top],
    ],
    { steps: 5 },
  );
  return { edge, front, back };
}
