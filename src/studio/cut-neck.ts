/** @file Necklines and what is sewn to them: collars, lapels, hoods, roll necks. */
import type { Body } from './body.ts';
import { sides } from './body.ts';
import type { TopCut } from './cut.ts';
import type { Point } from './geometry.ts';
import { mirror, smooth } from './geometry.ts';
import type { Part } from './part.ts';
import { dot } from './part.ts';

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
  const curve: Point[] = pointed
    ? [
        [-half, top],
        [-half * 0.66, top + depth * 0.4],
        [0, top + depth],
        [half * 0.66, top + depth * 0.4],
        [half, top],
      ]
    : cut.neckline === 'straps'
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
        ];
  const front = pointed
    ? [
        ...smooth([curve[0], curve[1], curve[2]] as Point[], { steps: 6 }),
        ...smooth([curve[2], curve[3], curve[4]] as Point[], { steps: 6 }),
      ]
    : smooth(curve);
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

export function collarParts(cut: TopCut, body: Body, { edge, front }: NecklineShape): Part[] {
  const [half, top] = edge;
  const both = (outline: Point[], rest: Omit<Part, 'outline'>): Part[] =>
    sides.map((side) => ({ ...rest, outline: side === 1 ? outline : mirror(outline) }));
  const cloth = { role: 'torso', material: 'cloth', volume: 0.7 } as const;
  switch (cut.neckline) {
    case 'crew':
    case 'scoop':
    case 'v': {
      if (cut.closure === 'open') return [];
      const depth = cut.details?.includes('ribs') ? 2.4 : 1.3;
      const lower = front.map(
        ([x, y]) =>
          [x * (1 + depth / 26) + Math.sign(x) * depth * 0.3, y + depth * (cut.neckline === 'v' ? 0.9 : 1)] as const,
      );
      return [
        {
          outline: [...front, ...lower.slice().reverse()],
          role: 'torso',
          material: cut.details?.includes('ribs') ? 'rib' : 'cloth',
          volume: 0.5,
        },
      ];
    }
    case 'shirt':
    case 'bow': {
      const leaf = smooth(
        [
          [half * 0.45, top - 2.6],
          [half + 0.2, top - 1.4],
          [half + 2.4, top + 3],
          [half + 1.6, top + 9.4],
        ],
        { steps: 5 },
      );
      const collar = both([...leaf, [0.3, top + (cut.closure === 'open' ? 11 : 5.4)], [half * 0.6, top + 1.6]], {
        ...cloth,
        seams: [],
      });
      const stand: Part = {
        outline: smooth(
          [
            [-half, top],
            [0, top - 3.2],
            [half, top],
            [0, top + 2],
          ],
          { closed: true },
        ),
        role: 'back',
        material: 'lining',
      };
      if (cut.neckline === 'shirt') return [stand, ...collar];
      const loop = smooth(
        [
          [0, top + 6],
          [4, top + 2.4],
          [9, top + 4],
          [8.4, top + 9],
          [3, top + 8],
        ],
        { closed: true },
      );
      const tail = smooth(
        [
          [0.6, top + 7],
          [3.4, top + 14],
          [5.4, top + 25],
          [1.4, top + 24.4],
          [0.2, top + 14],
        ],
        { closed: true, steps: 5 },
      );
      return [
        stand,
        ...collar,
        ...both(tail, cloth),
        ...both(loop, { ...cloth, volume: 1 }),
        {
          outline: smooth(
            [
              [-1.6, top + 4.6],
              [1.6, top + 4.6],
              [1.5, top + 8.4],
              [-1.5, top + 8.4],
            ],
            { closed: true },
          ),
          ...cloth,
        },
      ];
    }
    case 'turtle': {
      const [w, h] = [body.neck + 1.4, cut.ease > 4 ? 8.6 : 7.4];
      const roll = smooth(
        [
          [-w, -h - 0.6],
          [0, -h + 0.8],
          [w, -h - 0.6],
          [w + 0.7, -h * 0.45],
          [w + 0.9, top + 1.4],
          [0, top + 4.6],
          [-w - 0.9, top + 1.4],
          [-w - 0.7, -h * 0.45],
        ],
        { closed: true, steps: 5 },
      );
      return [
        {
          outline: smooth(
            [
              [-w, -h],
              [0, -h - 1.8],
              [w, -h],
              [0, -h + 1.4],
            ],
            { closed: true },
          ),
          role: 'back',
          material: 'lining',
        },
        {
          outline: roll,
          role: 'torso',
          material: 'rib',
          seams: [
            {
              line: smooth([
                [-w - 0.6, -h * 0.3],
                [0, -h * 0.3 + 2.2],
                [w + 0.6, -h * 0.3],
              ]),
              width: 0.3,
              tone: 'dark',
            },
          ],
        },
      ];
    }
    case 'stand': {
      const band = smooth(
        [
          [half * 0.7, top - 3.6],
          [half + 0.4, top - 2.4],
          [half + 0.9, top + 0.8],
        ],
        { steps: 5 },
      );
      return [
        {
          outline: smooth(
            [
              [-half, top - 2],
              [0, top - 4],
              [half, top - 2],
              [0, top + 2],
            ],
            { closed: true },
          ),
          role: 'back',
          material: 'lining',
        },
        ...both([...band, [0.2, top + 4.4], [0.4, top + 0.8], [half * 0.6, top - 1.4]], {
          ...cloth,
          material: cut.details?.includes('ribs') ? 'rib' : 'cloth',
        }),
      ];
    }
    case 'lapel': {
      const depth = cut.closure === 'open' ? 36 : 29;
      const lapel: Point[] = [
        ...smooth(
          [
            [half - 0.8, top - 2],
            [half + 2.6, top + 4],
            [half + 4, top + 9.4],
          ],
          { steps: 5 },
        ),
        [half + 1.4, top + 9],
        [half + 5.4, top + 12.6],
        ...smooth(
          [
            [half + 5, top + 14],
            [half + 2.4, depth * 0.72],
            [cut.closure === 'open' ? 5.4 : 0.8, depth],
          ],
          { steps: 5 },
        ),
        ...smooth(
          [
            [cut.closure === 'open' ? 4.6 : 0, depth - 1],
            [half * 0.55, top + 10],
            [half * 0.5, top - 1.6],
          ],
          { steps: 5 },
        ),
      ];
      return [
        {
          outline: smooth(
            [
              [-half, top - 1],
              [0, top - 4.4],
              [half, top - 1],
              [0, top + 2],
            ],
            { closed: true },
          ),
          role: 'back',
          material: 'cloth',
        },
        ...both(lapel, { ...cloth, volume: 0.9 }),
      ];
    }
    case 'hood': {
      const lobe = smooth(
        [
          [half * 0.5, top - 4.4],
          [half + 3.4, top - 4],
          [half + 5, top + 3],
          [half + 1, top + 9.4],
          [0.2, top + 10.6],
          [half * 0.62, top + 4.4],
        ],
        { closed: true, steps: 6 },
      );
      const cord = smooth([
        [2.4, top + 9],
        [2.8, top + 17],
        [2.3, top + 23],
      ]);
      return [
        {
          outline: smooth(
            [
              [-half - 5, top + 2],
              [-half - 2, top - 6.4],
              [0, top - 9],
              [half + 2, top - 6.4],
              [half + 5, top + 2],
              [0, top + 6],
            ],
            { closed: true },
          ),
          role: 'back',
          material: 'cloth',
          volume: 1.4,
        },
        ...both(lobe, { ...cloth, volume: 1.2 }).map((part, index) => ({
          ...part,
          seams: [
            { line: index === 0 ? mirror(cord) : cord, width: 0.6, tone: 'light' as const },
            dot(index === 0 ? [-2.4, top + 9] : [2.4, top + 9], 0.5, 'dark'),
          ],
        })),
      ];
    }
    default:
      return [];
  }
}
