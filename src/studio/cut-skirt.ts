/** @file Skirts, alone or below a dress's waist. */
import type { Random } from '../random/random.ts';
import type { Body, Pose, Side } from './body.ts';
import { sides, torsoHalf, torsoPoint } from './body.ts';
import type { SkirtCut } from './cut.ts';
import type { Point, Rails } from './geometry.ts';
import { between, smooth } from './geometry.ts';
import type { Part, Seam } from './part.ts';
import { creases, dot, drapes } from './part.ts';

interface SkirtShape {
  readonly waist: number;
  readonly hem: number;
  /** Centimetres by which each side leaves the hip's line at the hem. */
  readonly flare: number;
  readonly pleats?: number;
  /** 1 follows the waist, 0 hangs straight. */
  readonly shape?: number;
}

function skirtRails(
  { waist, hem, flare, shape = 1 }: SkirtShape,
  body: Body,
  pose: Pose,
  ease: number,
  random: Random,
): Rails {
  const rail = (side: Side): Point[] => {
    const swing = random.between(-1.5, 1.5);
    return smooth(
      [0, 0.12, 0.28, 0.5, 0.75, 1].map((t) => {
        const y = waist + (hem - waist) * t;
        const below = Math.max(0, (y - 58) / Math.max(1, hem - 58));
        const lean = pose.flat ? 0 : pose.shift * -0.25 * below;
        return [
          torsoPoint(
            pose,
            side,
            torsoHalf(body, Math.min(y, 62), ease, shape) + flare * (0.2 * t + 0.8 * t ** 1.3) + swing * t,
            y,
          )[0] + lean,
          y,
        ] as const;
      }),
    );
  };
  return { left: rail(-1), right: rail(1) };
}

export function skirtPart(shape: SkirtShape, body: Body, pose: Pose, ease: number, random: Random): Part {
  const rails = skirtRails(shape, body, pose, ease, random);
  const { hem, flare, pleats = 0 } = shape;
  const waves = pleats > 0 ? pleats * 2 : 4 + Math.round(flare / 6) * 2;
  const depth = pleats > 0 ? 0.7 : Math.min(1, Math.max(0, flare) * 0.08);
  const edge = Array.from({ length: waves + 1 }, (_, index) => {
    const t = index / waves;
    const [x] = between(rails, t, 1);
    const arc = Math.sin(t * Math.PI) * Math.max(0.6, flare * 0.22);
    return [x, hem + arc + (index % 2 === 0 ? -depth : depth) * (index === 0 || index === waves ? 0 : 1)] as const;
  });
  const seams: Seam[] = [];
  for (let index = 1; index < pleats; index++) {
    seams.push({ line: [0, 0.3, 0.65, 1].map((t) => between(rails, index / pleats, t)), width: 0.32, tone: 'dark' });
  }
  return {
    outline: [...rails.left.slice().reverse(), ...rails.right, ...smooth(edge).reverse()],
    role: 'torso',
    material: 'cloth',
    folds: [
      ...drapes(rails, random, {
        count: pleats > 0 ? pleats : Math.max(4, Math.round(4 + flare / 2)),
        strength: flare > 2 ? 0.46 : 0.26,
        from: 0.06,
        width: pleats > 0 ? 1.5 : 2.4,
      }),
      ...creases(rails, random, { at: 0.18, spread: 0.1, count: 3, strength: 0.24 }),
    ],
    seams,
  };
}

export function skirtParts(cut: SkirtCut, body: Body, pose: Pose, random: Random): Part[] {
  const waist = WAIST;
  const shape: SkirtShape = { waist, hem: cut.hem, flare: cut.flare, pleats: cut.pleats };
  const main = skirtPart(shape, body, pose, 0.9, random);
  const rails: Rails = skirtRails(shape, body, pose, 0.9, random);
  const details = cut.details ?? [];
  const seams: Seam[] = [...(main.seams ?? [])];
  if (details.includes('buttons'))
    for (let y = waist + 8; y < cut.hem - 4; y += 8) seams.push(dot(torsoPoint(pose, 0, 0, y), 0.9, 'metal'));
  if (details.includes('slit'))
    seams.push({
      line: [torsoPoint(pose, 0, 5, cut.hem - 18), torsoPoint(pose, 0, 5.4, cut.hem + 2)],
      width: 0.7,
      tone: 'dark',
    });
  if (details.includes('tiers')) {
    for (const t of [0.34, 0.66])
      seams.push({
        line: smooth(
          [0, 0.25, 0.5, 0.75, 1].map((u, index) => {
            const [x, y] = between(rails, u, t);
            return [x, y + (index % 2) * 0.8 + Math.sin(u * Math.PI) * 1.6] as const;
          }),
        ),
        width: 0.7,
        tone: 'dark',
      });
  }
  const half = (y: number) => torsoHalf(body, y, 1.1, 1);
  const band: Part = {
    outline: [
      ...sides.map((side) => torsoPoint(pose, side, half(waist - 2.4), waist - 2.4)),
      torsoPoint(pose, 1, half(waist + 1.6), waist + 1.6),
      torsoPoint(pose, 0, 0, waist + 2.2),
      torsoPoint(pose, -1, half(waist + 1.6), waist + 1.6),
    ],
    role: 'torso',
    material: 'cloth',
    volume: 0.7,
  };
  return [{ ...main, seams }, band];
}

/** Where a skirt's band sits. */
const WAIST = 43;
