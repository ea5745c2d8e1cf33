/** @file Trousers and shorts: two legs and a waistband. */
import type { Random } from '../random/random.ts';
import type { Body, Pose, Side } from './body.ts';
import { CROTCH_Y, legOf, torsoHalf, torsoPoint } from './body.ts';
import type { LegCut } from './cut.ts';
import type { Point, Rails } from './geometry.ts';
import { between, smooth, truncate, tube } from './geometry.ts';
import type { Part, Seam } from './part.ts';
import { creases, dot, drapes } from './part.ts';

export function legParts(cut: LegCut, body: Body, pose: Pose, random: Random): Part[] {
  const details = cut.details ?? [];
  const waist = 48 - cut.rise;
  const half = (y: number) => torsoHalf(body, y, 1, 1);
  const parts: Part[] = [];
  // The leg that stands further back is drawn first.
  const order: readonly Side[] = legOf(pose, -1)[2][1] <= legOf(pose, 1)[2][1] ? [-1, 1] : [1, -1];
  for (const side of order) {
    const rails = legRails(cut, body, pose, side, waist, random);
    const crotch: Point = torsoPoint(pose, 0, 0, CROTCH_Y);
    const centre: Point = torsoPoint(pose, 0, 0, waist);
    const long = cut.length > 0.6;
    const seams: Seam[] = [];
    if (details.includes('crease'))
      seams.push({ line: [0.25, 0.5, 0.75, 1].map((t) => between(rails, 0.5, t)), width: 0.3, tone: 'light' });
    if (details.includes('jeans'))
      seams.push({
        line: rails.left.slice(6).map(([x, y]) => [x - side * 0.8, y] as const),
        width: 0.22,
        tone: 'light',
        dashed: true,
      });
    seams.push({
      line: smooth([
        torsoPoint(pose, side, half(waist) * 0.55, waist + 3),
        torsoPoint(pose, side, half(56) * 0.7, waist + 9),
        torsoPoint(pose, side, half(60) + 0.4, waist + 13),
      ]),
      width: 0.35,
      tone: 'dark',
    });
    if (cut.length < 0.6 || !details.includes('cuffs'))
      seams.push({ line: [between(rails, 0, 0.965), between(rails, 1, 0.965)], width: 0.25, tone: 'dark' });
    parts.push({
      outline: [centre, ...rails.left, ...rails.right.slice().reverse(), crotch],
      role: 'torso',
      material: 'cloth',
      grain: 0,
      folds: [
        ...creases(rails, random, { at: long ? 0.56 : 0.5, spread: 0.1, count: long ? 6 : 3, strength: 0.36 }),
        ...creases(rails, random, { at: 0.94, spread: 0.05, count: long ? 5 : 2, strength: 0.34 }),
        ...creases(rails, random, { at: 0.16, spread: 0.06, count: 4, strength: 0.34 }),
        ...drapes(rails, random, { count: 2, strength: 0.26, from: 0.2, width: 2.2 }),
      ],
      seams,
    });
    if (details.includes('cuffs')) {
      const from = long ? 0.95 : 0.9;
      parts.push({
        outline: [
          between(rails, -0.02, from),
          between(rails, -0.02, 1),
          between(rails, 1.02, 1),
          between(rails, 1.02, from),
        ],
        role: 'torso',
        material: details.includes('drawstring') ? 'rib' : 'cloth',
        volume: 0.8,
      });
    }
    if (details.includes('cargo')) {
      const corner = (u: number, v: number) => between(rails, u, v);
      parts.push({
        outline: [corner(0.02, 0.42), corner(0.5, 0.42), corner(0.5, 0.56), corner(0.02, 0.56)],
        role: 'torso',
        material: 'cloth',
        volume: 0.7,
        seams: [{ line: [corner(0.02, 0.455), corner(0.5, 0.455)], width: 0.35, tone: 'dark' }],
      });
    }
  }
  const [x] = torsoPoint(pose, 0, 0, waist);
  const fly: Seam[] = details.includes('drawstring')
    ? [
        {
          line: smooth([
            [x - 0.6, waist + 1],
            [x - 2, waist + 7],
            [x - 1.6, waist + 12],
          ]),
          width: 0.55,
          tone: 'light',
        },
        {
          line: smooth([
            [x + 0.6, waist + 1],
            [x + 1.6, waist + 6],
            [x + 2.2, waist + 11],
          ]),
          width: 0.55,
          tone: 'light',
        },
      ]
    : [
        {
          line: smooth([
            [x + 2.2, waist + 3],
            [x + 2.2, waist + 12],
            [x + 0.2, waist + 16],
          ]),
          width: 0.25,
          tone: details.includes('jeans') ? 'light' : 'dark',
          dashed: details.includes('jeans'),
        },
        dot([x, waist + 0.3], 0.8, 'metal'),
      ];
  parts.push({
    outline: [
      torsoPoint(pose, -1, half(waist - 2), waist - 2),
      torsoPoint(pose, 0, 0, waist - 1.3),
      torsoPoint(pose, 1, half(waist - 2), waist - 2),
      torsoPoint(pose, 1, half(waist + 2), waist + 2),
      torsoPoint(pose, 0, 0, waist + 2.8),
      torsoPoint(pose, -1, half(waist + 2), waist + 2),
    ],
    role: 'torso',
    material: details.includes('drawstring') ? 'rib' : 'cloth',
    volume: 0.6,
    seams: fly,
  });
  return parts;
}

/** Outer and inner seam of one leg; `left` is the outer. */
function legRails(cut: LegCut, body: Body, pose: Pose, side: Side, waist: number, random: Random): Rails {
  const [hip, knee, ankle] = legOf(pose, side);
  const [thigh, middle, hem] = cut.widths;
  const line = truncate(smooth([hip, knee, ankle], { steps: 14 }), cut.length);
  const stations = [0.14, 0.34, 0.56, 0.78, 1].map((t) => line[Math.round(t * (line.length - 1))]);
  const widths =
    cut.length > 0.6
      ? [thigh, (thigh + middle) / 2, middle, (middle + hem) / 2, hem]
      : [thigh, thigh, middle, (middle + hem) / 2, hem];
  const jitter = random.between(-0.4, 0.4);
  const raw = tube(
    stations,
    widths.map((width) => width + (body.thigh - 8.4) * 0.5 + jitter * 0.4),
  );
  const [outer, inner] = side === 1 ? [raw.left, raw.right] : [raw.right, raw.left];
  const half = (y: number) => torsoHalf(body, y, 1, 1);
  const hips = [waist, waist + 6, 60].map((y) => torsoPoint(pose, side, half(y), y));
  const crotch = torsoPoint(pose, side, -0.6, CROTCH_Y - 1);
  return {
    left: [...smooth([...hips, outer[4]], { steps: 5 }), ...outer.slice(5)],
    right: [
      ...smooth([torsoPoint(pose, 0, 0, waist), torsoPoint(pose, 0, 0, 60), crotch, inner[4]], { steps: 5 }),
      ...inner.slice(5),
    ],
  };
}
