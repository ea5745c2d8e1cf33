/** @file The drawn person: skin, face, hair. Nobody in particular; clothes are drawn over it by `outfit.ts`. */
import type { Random } from '../random/random.ts';
import type { Body, Pose, Side } from './body.ts';
import { armOf, CROTCH_Y, legOf, sides, torsoHalf, torsoPoint } from './body.ts';
import { HEAD } from './cut-hat.ts';
import type { Point } from './geometry.ts';
import { ellipse, mirror, mix, outlineOf, smooth, tube } from './geometry.ts';
import type { Finish } from './paint-parts.ts';
import { darken } from './palette.ts';
import type { Part } from './part.ts';

const skins = ['#f0cdb4', '#e6b896', '#d29f78', '#b07a52', '#8a5a3a', '#643f2a'] as const;
export const hairs = ['#2a211d', '#4a3122', '#6f4a2b', '#a87a45', '#c9a56c', '#7a3b22', '#8f8b88', '#1d1b1f'] as const;
const styles = ['short', 'bob', 'long', 'bun', 'curly', 'cropped'] as const;
export type HairStyle = (typeof styles)[number];

export interface Person {
  readonly skin: string;
  readonly hair: string;
  readonly style: HairStyle;
  /** Degrees the head leans. */
  readonly tilt: number;
}

export function randomPerson(random: Random): Person {
  return {
    skin: random.pick(skins),
    hair: random.pick(hairs),
    style: random.pick(styles),
    tilt: random.between(-6, 6),
  };
}

export const skinFinish = (person: Person): Finish => ({ ...plainFinish(person.skin), key: `skin ${person.skin}` });
export const hairFinish = (person: Person): Finish => ({
  ...plainFinish(person.hair),
  fabric: 'silk',
  key: `hair ${person.hair}`,
});

function plainFinish(base: string): Finish {
  return {
    base,
    accent: darken(base, 0.4),
    dark: darken(base, 0.5),
    sole: base,
    fabric: 'cotton',
    cloth: null,
    key: base,
  };
}

const skinPart = (outline: readonly Point[], volume = 0.8, seams: Part['seams'] = []): Part => ({
  outline,
  role: 'torso',
  material: 'plain',
  volume,
  seams: seams ?? [],
});

/** Legs, torso and neck: what lies under every garment. */
export function trunkParts(body: Body, pose: Pose): Part[] {
  const order: readonly Side[] = legOf(pose, -1)[2][1] <= legOf(pose, 1)[2][1] ? [-1, 1] : [1, -1];
  const legs = order.flatMap((side) => {
    const [hip, knee, ankle] = legOf(pose, side);
    const foot: Point[] = smooth(
      [
        [ankle[0] - 2.6, ankle[1] + 1],
        [ankle[0] - side * 1, ankle[1] + 8.6],
        [ankle[0] + side * 8, ankle[1] + 9],
        [ankle[0] + side * 11, ankle[1] + 7],
        [ankle[0] + side * 3, ankle[1] + 1],
      ],
      { closed: true, steps: 5 },
    );
    const calfSpot: Point = [knee[0] * 0.55 + ankle[0] * 0.45 + side * 0.5, knee[1] * 0.62 + ankle[1] * 0.38];
    return [
      skinPart(foot, 0.6),
      skinPart(
        outlineOf(
          tube(
            [hip, [(hip[0] + knee[0]) / 2, (hip[1] + knee[1]) / 2], knee, calfSpot, ankle, [ankle[0], ankle[1] + 3]],
            [body.thigh, body.thigh * 0.86, body.calf * 0.98, body.calf, 3.2, 3],
          ),
        ),
      ),
    ];
  });
  const right = [
    [body.neck - 0.6, -12],
    [body.neck - 0.4, -5],
    [body.neck + 2.4, -2],
    [body.shoulder - 1.4, 3.2],
    [body.shoulder - 0.6, 8],
  ] as Point[];
  const side = (s: Side): Point[] => [
    ...smooth(
      right.map(([x, y]) => [x * s, y] as const),
      { steps: 5 },
    ),
    ...smooth(
      [20, 30, 40, 50, 60, CROTCH_Y - 1].map((y) => torsoPoint(pose, s, torsoHalf(body, y, -0.4, 1), y)),
      { steps: 4 },
    ),
  ];
  return [
    ...legs,
    skinPart([...side(1), torsoPoint(pose, 0, 0, CROTCH_Y + 2), ...side(-1).reverse()], 0.9, [
      {
        line: smooth([
          [-9, 3.4],
          [-4, 4.4],
          [-1, 6],
        ]),
        width: 0.35,
        tone: 'dark',
      },
      {
        line: smooth([
          [9, 3.4],
          [4, 4.4],
          [1, 6],
        ]),
        width: 0.35,
        tone: 'dark',
      },
    ]),
  ];
}

/** `sleeved`: the shoulder is covered, so the arm is drawn from below it. */
export function armParts(body: Body, pose: Pose, sleeved: boolean): Part[] {
  return sides.flatMap((side) => {
    const [shoulder, elbow, wrist] = armOf(pose, side);
    const [dx, dy] = [wrist[0] - elbow[0], wrist[1] - elbow[1]];
    const length = Math.hypot(dx, dy);
    const [ux, uy] = [dx / length, dy / length];
    const reach = (t: number): Point => [wrist[0] + ux * t, wrist[1] + uy * t];
    const hand = tube([reach(-1.5), reach(3), reach(8), reach(13), reach(16.5)], [2.1, 3.4, 3.8, 2.8, 1.2], 6);
    const thumb = smooth(
      [
        reach(2),
        [reach(5)[0] - side * 3.4 * Math.abs(uy), reach(5)[1] + 0.4],
        [reach(9)[0] - side * 4.4 * Math.abs(uy), reach(9)[1]],
        reach(7),
      ],
      { closed: true, steps: 4 },
    );
    return [
      skinPart(outlineOf(hand), 0.6),
      skinPart(thumb, 0.4),
      skinPart(
        outlineOf(
          sleeved
            ? tube(
                [mix(shoulder, elbow, 0.5), mix(shoulder, elbow, 0.75), elbow, wrist, reach(1.4)],
                [body.arm, body.arm * 0.94, body.arm * 0.84, 2.5, 2.3],
              )
            : tube(
                [[shoulder[0] - side, shoulder[1] - 1], [shoulder[0], shoulder[1] + 6], elbow, wrist, reach(1.4)],
                [body.arm * 0.9, body.arm, body.arm * 0.84, 2.5, 2.3],
              ),
        ),
      ),
    ];
  });
}

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
