/** @file Bags: laid down with their handles up, held in a hand, or across the body. */
import type { Random } from '../random/random.ts';
import type { Body, Pose, Side } from './body.ts';
import { armOf, HIP_Y, torsoPoint } from './body.ts';
import type { ShapeCut } from './cut.ts';
import type { Point } from './geometry.ts';
import { mirror, mix, outlineOf, smooth, tube } from './geometry.ts';
import type { Part, Role, Seam } from './part.ts';
import { dot, drapes } from './part.ts';

interface BagForm {
  /** Half width at the top and bottom, height, and how far the handles rise. */
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly handle: number;
  readonly worn: 'hand' | 'across';
}

const forms: { readonly [form: string]: BagForm } = {
  tote: { top: 17, bottom: 15.5, height: 36, handle: 21, worn: 'hand' },
  shopper: { top: 19.5, bottom: 15, height: 31, handle: 14, worn: 'hand' },
  handbag: { top: 12, bottom: 15, height: 20, handle: 11, worn: 'hand' },
  satchel: { top: 15.5, bottom: 16, height: 22, handle: 8, worn: 'across' },
  crossbody: { top: 11, bottom: 11.5, height: 15.5, handle: 26, worn: 'across' },
  'bucket-bag': { top: 10.5, bottom: 12.5, height: 24, handle: 17, worn: 'hand' },
};

/** Across the body it lies under the arms (role `torso`), in a hand over them (`sleeve`). */
export function bagParts(cut: ShapeCut, body: Body, pose: Pose, random: Random): Part[] {
  const form = forms[cut.form];
  if (pose.flat) return [...handles(cut.form, form, [0, -form.handle]), ...bagBody(cut.form, form, random)];
  const side = hangingSide(pose, random);
  if (form.worn === 'across') {
    const size = 0.86;
    const at = torsoPoint(pose, side, body.hip + 0.5, HIP_Y - 2);
    const strap = (end: Point): Part => ({
      outline: outlineOf(
        tube(
          [
            [-side * (body.neck + 4), -2.6],
            torsoPoint(pose, -side, body.chest * 0.2, 20),
            mix(torsoPoint(pose, side, body.waist * 0.7, 44), end, 0.35),
            end,
          ],
          [0.75, 0.75, 0.75, 0.75],
        ),
      ),
      role: 'torso',
      material: 'dark',
      volume: 0.5,
    });
    return [
      strap([at[0] - side * form.top * size * 0.6, at[1] + 1]),
      ...shift(bagBody(cut.form, form, random), at, size, 'torso'),
    ];
  }
  const [, elbow, wrist] = armOf(pose, side);
  const bent = wrist[1] < elbow[1] + 8;
  const grip: Point = bent
    ? mix(elbow, wrist, 0.35)
    : [wrist[0] + (wrist[0] - elbow[0]) * 0.24, wrist[1] + (wrist[1] - elbow[1]) * 0.24 + 1];
  const size = 0.88;
  return shift(
    [...handles(cut.form, form, [0, -form.handle]), ...bagBody(cut.form, form, random)],
    [grip[0], grip[1] + form.handle * size],
    size,
    'sleeve',
  );
}

/** The side whose hand hangs lowest. */
function hangingSide(pose: Pose, random: Random): Side {
  const [left, right] = [armOf(pose, -1)[2][1], armOf(pose, 1)[2][1]];
  if (Math.abs(left - right) < 12) return random.chance(0.5) ? 1 : -1;
  return left > right ? -1 : 1;
}

function shift(parts: readonly Part[], [dx, dy]: Point, scale: number, role: Role): Part[] {
  const move = (points: readonly Point[]): Point[] => points.map(([x, y]) => [dx + x * scale, dy + y * scale] as const);
  return parts.map((part) => ({
    ...part,
    outline: move(part.outline),
    role,
    folds: (part.folds ?? []).map((fold) => ({ ...fold, line: move(fold.line) })),
    seams: (part.seams ?? []).map((seam) => ({ ...seam, line: move(seam.line) })),
  }));
}

/** A loop whose top is at `peak`; the bag's rim is at y 0. */
function handles(name: string, form: BagForm, [px, py]: Point): Part[] {
  const foot = name === 'crossbody' ? form.top * 0.96 : form.top * 0.48;
  const loop = (lean: number): Part => ({
    outline: outlineOf(
      tube(
        [
          [-foot, 4],
          [-foot * 0.92, py * 0.45],
          [px - foot * 0.42 + lean, py * 0.92],
          [px + lean, py],
          [px + foot * 0.42 + lean, py * 0.92],
          [foot * 0.92, py * 0.45],
          [foot, 4],
        ],
        [0.95, 0.9, 0.85, 0.85, 0.85, 0.9, 0.95],
      ),
    ),
    role: 'torso',
    material: name === 'tote' ? 'cloth' : 'dark',
    volume: 0.5,
  });
  return name === 'tote' || name === 'shopper' ? [loop(1.4), loop(0)] : [loop(0)];
}

function bagBody(name: string, { top, bottom, height }: BagForm, random: Random): Part[] {
  const round = name === 'handbag' || name === 'bucket-bag' || name === 'shopper';
  const side: Point[] = round
    ? smooth(
        [
          [top, 0],
          [bottom, height * 0.45],
          [bottom * 0.99, height * 0.86],
          [bottom * 0.82, height],
        ],
        { steps: 6 },
      )
    : [
        [top, 0.4],
        ...smooth(
          [
            [bottom, height * 0.9],
            [bottom - 0.8, height - 0.6],
            [bottom - 2.4, height],
          ],
          { steps: 4 },
        ),
      ];
  const outline = [...mirror(side), ...side.slice().reverse()];
  const rails = { left: mirror(side), right: side };
  const stitch: Seam = {
    line: [
      [-top + 0.8, 2.2],
      [top - 0.8, 2.2],
    ],
    width: 0.3,
    tone: 'dark',
    dashed: true,
  };
  const parts: Part[] = [
    {
      outline,
      role: 'torso',
      material: 'cloth',
      folds: drapes(rails, random, {
        count: name === 'tote' || name === 'shopper' ? 6 : 3,
        strength: 0.3,
        from: 0.1,
        width: 2.4,
      }),
      seams: [stitch],
      volume: 1.2,
    },
  ];
  if (name === 'satchel' || name === 'crossbody') {
    const flap = [
      [-top - 0.3, 0],
      ...smooth(
        [
          [-top, height * 0.4],
          [-top * 0.7, height * 0.58],
          [0, height * 0.64],
          [top * 0.7, height * 0.58],
          [top, height * 0.4],
        ],
        { steps: 5 },
      ),
      [top + 0.3, 0],
    ] as Point[];
    parts.push({
      outline: flap,
      role: 'torso',
      material: 'cloth',
      volume: 1.1,
      seams: [dot([0, height * 0.54], 1.1, 'metal')],
    });
  }
  if (name === 'satchel')
    for (const x of [-8, 8])
      parts.push({
        outline: [
          [x - 1.2, height * 0.12],
          [x + 1.2, height * 0.12],
          [x + 1.2, height * 0.82],
          [x - 1.2, height * 0.82],
        ],
        role: 'torso',
        material: 'accent',
        volume: 0.6,
        seams: [dot([x, height * 0.7], 0.8, 'metal')],
      });
  if (name === 'handbag')
    parts.push({
      outline: [
        [-2.2, height * 0.1],
        [2.2, height * 0.1],
        [1.8, height * 0.4],
        [-1.8, height * 0.4],
      ],
      role: 'torso',
      material: 'accent',
      volume: 0.6,
      seams: [dot([0, height * 0.33], 0.9, 'metal')],
    });
  if (name === 'bucket-bag')
    parts.push({
      outline: outlineOf(
        tube(
          [
            [-top - 0.6, 3.4],
            [0, 4.8],
            [top + 0.6, 3.4],
          ],
          [0.6, 0.6, 0.6],
        ),
      ),
      role: 'torso',
      material: 'accent',
      volume: 0.4,
    });
  return parts;
}
