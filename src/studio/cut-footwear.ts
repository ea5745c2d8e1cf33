/** @file Shoes: one profile a form, worn on two feet or laid out as a pair. A pair is one garment. */
import type { Random } from '../random/random.ts';
import type { Pose } from './body.ts';
import { legOf, sides } from './body.ts';
import type { ShapeCut } from './cut.ts';
import type { Point } from './geometry.ts';
import { smooth } from './geometry.ts';
import type { Material, Part, Seam } from './part.ts';

/** A part in the shoe's own centimetres: heel at 0, toe at 27, ground at y 0. */
interface ShoePiece {
  readonly outline: readonly Point[];
  readonly material: Material;
  readonly seams?: readonly Seam[];
  readonly volume?: number;
}

const SOLE_BELOW_ANKLE = 9;
const ANKLE_X = 5;

export function footwearParts(cut: ShapeCut, pose: Pose, random: Random): Part[] {
  const pieces = shoePieces(cut.form);
  const parts: Part[] = [];
  if (pose.flat) {
    const apart = random.between(8.5, 12);
    const slide = random.between(-7, 9);
    const turn = random.between(-14, 14);
    for (const [index, offset] of [-apart, apart * 0.4].entries())
      parts.push(...put(pieces, [index === 0 ? slide : 0, offset], 1, index === 0 ? turn : 0));
    return parts;
  }
  for (const side of sides) {
    const [, knee, ankle] = legOf(pose, side);
    const turnOut = random.between(0.46, 0.66);
    const lean = Math.max(-12, Math.min(12, (ankle[0] - knee[0]) * -0.6));
    parts.push(
      ...put(pieces, [ankle[0] - side * ANKLE_X * turnOut, ankle[1] + SOLE_BELOW_ANKLE], turnOut * side, lean),
    );
  }
  return parts;
}

function put(pieces: readonly ShoePiece[], [dx, dy]: Point, scaleX: number, degrees: number): Part[] {
  const angle = (degrees * Math.PI) / 180;
  const move = (points: readonly Point[]): Point[] =>
    points.map(([x, y]) => {
      const px = x * scaleX;
      return [
        dx + px * Math.cos(angle) - y * Math.sin(angle),
        dy + px * Math.sin(angle) + y * Math.cos(angle),
      ] as const;
    });
  return pieces.map(({ outline, seams, ...rest }) => ({
    ...rest,
    role: 'torso',
    outline: move(outline),
    seams: (seams ?? []).map((seam) => ({ ...seam, line: move(seam.line) })),
  }));
}

/** `'0,1 2,3'` as points: profiles are long. */
const points = (text: string): Point[] =>
  text.split(' ').map((pair) => {
    const [x, y] = pair.split(',').map(Number);
    return [x, y] as const;
  });

const curve = (points: readonly Point[], closed = true): Point[] => smooth(points, { closed, steps: 5 });

function laces(from: Point, to: Point, count: number): Seam[] {
  return Array.from({ length: count }, (_, index) => {
    const t = index / Math.max(1, count - 1);
    const [x, y] = [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    return {
      line: [
        [x - 1.6, y + 1.6],
        [x + 1.2, y - 0.4],
      ],
      width: 0.75,
      tone: 'light' as const,
    };
  });
}

function flatSole(thick: number): ShoePiece {
  return {
    outline: [
      ...curve(
        [
          [-0.6, -thick],
          [6, -thick + 0.3],
          [14, -thick + 0.4],
          [21, -thick + 0.2],
          [27.4, -thick - 0.3],
          [28, -thick * 0.5],
          [26.6, 0],
        ],
        false,
      ),
      ...curve(points('18,0.1 9,0 0.3,0'), false),
    ],
    material: 'sole',
    volume: 0.5,
  };
}

function shoePieces(form: string): ShoePiece[] {
  switch (form) {
    case 'sneaker':
      return [
        {
          outline: [
            ...curve(
              points(
                '0.2,-2 -0.7,-6 0.2,-11.6 3,-11.4 6.6,-9.8 9.6,-11.4 11.6,-13 14.4,-10.4 19,-7 24.4,-5.4 27.4,-3.4 27.2,-1.6',
              ),
              false,
            ),
          ],
          material: 'cloth',
          seams: [
            ...laces([11.6, -11], [17.4, -7], 4),
            {
              line: curve(points('4,-2.6 9,-6.8 14,-4.6 17,-2.6'), false),
              width: 0.9,
              tone: 'accent',
            },
            {
              line: curve(points('21,-2.4 21.6,-4.6 23.6,-5.8'), false),
              width: 0.3,
              tone: 'dark',
            },
          ],
        },
        flatSole(2.9),
      ];
    case 'high-top':
      return [
        {
          outline: [
            ...curve(
              points('0,-2 -0.3,-8 -0.2,-17.4 4.6,-17 9.6,-18.4 11,-14.4 14,-10.4 19,-7 24.4,-5.6 27.4,-3.4 27.2,-1.6'),
              false,
            ),
          ],
          material: 'cloth',
          seams: [...laces([9.4, -15.6], [17.2, -7], 6)],
        },
        {
          outline: curve(points('22.2,-2.4 22.8,-5.8 25.6,-5.2 27.6,-3.2 27.4,-2.2')),
          material: 'sole',
        },
        flatSole(2.5),
      ];
    case 'boot':
      return [
        {
          outline: [
            ...curve(
              points(
                '0.6,-2 -0.2,-7 0.8,-13 0.4,-23 5,-22.4 10.4,-23 10.6,-15 13.4,-10.4 19,-7.4 24.6,-5.8 27.4,-3.2 27,-1.4',
              ),
              false,
            ),
          ],
          material: 'cloth',
          seams: [
            ...laces([10.2, -19], [15.6, -8.8], 6),
            {
              line: curve(points('0.2,-8 6,-7.4 10,-2'), false),
              width: 0.3,
              tone: 'dark',
            },
          ],
        },
        {
          outline: points('-0.2,-2.2 27.6,-2 27.4,-0.8 9,-0.9 7.6,0.6 0,0.6'),
          material: 'dark',
          volume: 0.4,
        },
      ];
    case 'chelsea':
      return [
        {
          outline: [
            ...curve(
              points(
                '0.6,-2 -0.2,-7 0.8,-12 0.6,-19.4 5,-19 10.4,-19.6 10.8,-14 13.6,-9.6 19,-6.8 24.6,-5 27.6,-2.8 27.2,-1.2',
              ),
              false,
            ),
          ],
          material: 'cloth',
        },
        {
          outline: curve(points('3.2,-18.8 8.4,-18.9 7,-13 5.8,-10 4.6,-13')),
          material: 'rib',
          volume: 0.5,
        },
        {
          outline: points('-0.2,-1.9 27.8,-1.6 27.6,-0.4 9,-0.5 7.8,0.6 0,0.6'),
          material: 'dark',
          volume: 0.4,
        },
      ];
    case 'pump':
      return [
        {
          outline: points('0.4,-8 3.8,-7.6 2.7,0.4 1.1,0.4'),
          material: 'cloth',
          volume: 0.6,
        },
        {
          outline: [
            ...curve(
              points('0.2,-7 -0.4,-11 0.4,-14.6 3,-12.4 8.4,-8.2 14,-6 19.4,-6.6 24,-4.4 27.8,-1.2 26,0.2'),
              false,
            ),
            ...curve(points('19,0 13.4,-1.2 8,-5 3.6,-7'), false),
          ],
          material: 'cloth',
        },
      ];
    case 'loafer':
      return [
        {
          outline: [
            ...curve(
              points('0.2,-2 -0.6,-5 0.2,-8.6 3,-8 8,-6.6 12.4,-8.4 15.6,-8 20,-6.4 25,-4.6 27.6,-2.8 27.2,-1.2'),
              false,
            ),
          ],
          material: 'cloth',
          seams: [
            {
              line: curve(points('14,-3 16,-6.2 22,-5.6 26,-3'), false),
              width: 0.3,
              tone: 'dark',
            },
          ],
        },
        {
          outline: curve(points('12.6,-8 16.6,-8 17.2,-2.6 13.8,-2.4')),
          material: 'accent',
          volume: 0.6,
        },
        {
          outline: points('-0.3,-1.9 27.8,-1.6 27.4,-0.4 9,-0.6 8,0.4 0,0.4'),
          material: 'dark',
          volume: 0.4,
        },
      ];
    case 'ballerina':
      return [
        {
          outline: [
            ...curve(
              points('0.2,-1.4 -0.5,-4 0.2,-7 2.4,-6.2 8,-3.4 15,-3.2 19.4,-5.2 23.6,-4.4 27.2,-2.4 27.4,-0.6 24,0.2'),
              false,
            ),
            [0.6, 0],
          ],
          material: 'cloth',
        },
        {
          outline: curve(points('18,-4.6 19.4,-6.8 20.6,-5.4 22.4,-6.4 22,-4 20.2,-4.4')),
          material: 'accent',
        },
      ];
    default:
      return [
        {
          outline: curve(points('-0.8,-3.4 7,-3 15,-2.6 23,-3 27.6,-3.4 28.2,-1.6 26,0.2 13,0 0.4,0.2 -1,-1.6')),
          material: 'sole',
          volume: 0.6,
        },
        {
          outline: curve(points('11.4,-2.8 12.6,-7 15.4,-9.4 20,-8.2 24.4,-5.4 25.2,-3')),
          material: 'cloth',
          seams: [
            { line: curve(points('13.6,-3.6 15,-7.4 19.4,-7 23.6,-4'), false), width: 0.3, tone: 'dark', dashed: true },
          ],
        },
      ];
  }
}
