/** @file Parts of what hangs from the shoulders: jackets, cardigans, sweaters, tanks, blouses, tees, dresses. */
import type { Random } from '../random/random.ts';
import type { Body, Pose, Side } from './body.ts';
import { armOf, sides, torsoHalf, torsoPoint } from './body.ts';
import type { TopCut } from './cut.ts';
import { collarParts } from './cut-collar.ts';
import { necklineOf } from './cut-neck.ts';
import { skirtPart } from './cut-skirt.ts';
import { topDetails } from './cut-top-details.ts';
import type { Point, Rails } from './geometry.ts';
import { between, outlineOf, smooth, truncate, tube } from './geometry.ts';
import type { Fold, Part } from './part.ts';
import { creases, drapes } from './part.ts';

const coverage = { none: 0, short: 0.32, elbow: 0.52, long: 0.985 } as const;

export function topParts(cut: TopCut, body: Body, pose: Pose, random: Random): Part[] {
  const neck = necklineOf(cut, body);
  const rails = torsoRails(cut, body, pose, random);
  const parts: Part[] = [];
  const folds = torsoFolds(cut, rails, random);
  if (cut.closure === 'open') {
    parts.push({
      outline: [...neck.back, ...rails.right, ...rails.left.slice().reverse()],
      role: 'back',
      material: 'lining',
      volume: 1.4,
    });
    parts.push(...openFronts(body, rails, neck.front, folds, random));
  } else {
    parts.push({
      outline: [...neck.back, ...neck.front.slice().reverse()],
      role: 'back',
      material: 'lining',
      volume: 0.6,
    });
    if (cut.skirt) parts.push(skirtPart({ ...cut.skirt, shape: cut.shape }, body, pose, cut.ease, random));
    const hem = hemLine(rails, cut.skirt ? 0 : random.between(-0.8, 1.6));
    parts.push({
      outline: [...neck.front, ...rails.right, ...hem.slice().reverse(), ...rails.left.slice().reverse()],
      role: 'torso',
      material: 'cloth',
      folds,
    });
  }
  parts.push(...topDetails(cut, body, pose, rails, random));
  if (cut.sleeve !== 'none') for (const side of sides) parts.push(...sleeveParts(cut, body, pose, side, random));
  parts.push(...collarParts(cut, body, neck));
  return parts;
}

/** From the neck point over the shoulder, round the armhole and down the side seam. */
function torsoRails(cut: TopCut, body: Body, pose: Pose, random: Random): Rails {
  const { edge } = necklineOf(cut, body);
  const bottom = cut.skirt ? cut.skirt.waist : cut.hem;
  const sleeveless = cut.sleeve === 'none';
  const rail = (side: Side): Point[] => {
    const jitter = () => random.between(-0.5, 0.5);
    const strap = cut.neckline === 'straps' ? 0.9 : sleeveless ? 4.4 : body.shoulder - edge[0];
    const tip: Point = [side * Math.min(edge[0] + strap, body.shoulder + cut.ease * 0.25), edge[1] + strap * 0.36];
    const half = (y: number) => torsoHalf(body, y, cut.ease, cut.shape);
    const armpit: Point = torsoPoint(pose, side, half(20), sleeveless ? 19 : 21);
    const armhole =
      cut.neckline === 'straps'
        ? [tip, [side * 10.2, 9] as const, [side * (body.chest - 2.4), 14.5] as const, armpit]
        : sleeveless
          ? [tip, [tip[0] + side * 0.4, 9] as const, [side * (body.chest - 1), 16] as const, armpit]
          : [tip, [side * (body.shoulder + cut.ease * 0.1), 11] as const, armpit];
    const heights = [0.18, 0.36, 0.54, 0.72, 0.88, 1].map((t) => 21 + (bottom - 21) * t);
    const below = heights.map((y) => torsoPoint(pose, side, half(y) + jitter() + Math.max(0, y - 62) * 0.06, y));
    return [[side * edge[0], edge[1]], ...smooth(armhole, { steps: 6 }), ...smooth([armpit, ...below]).slice(1)];
  };
  return { left: rail(-1), right: rail(1) };
}

/** The bottom edge from left to right, hanging `sag` lower in the middle. */
function hemLine({ left, right }: Rails, sag: number): Point[] {
  const [a, b] = [left[left.length - 1], right[right.length - 1]];
  return smooth([a, [a[0] * 0.5 + b[0] * 0.5, (a[1] + b[1]) / 2 + sag], b]);
}

function torsoFolds(cut: TopCut, rails: Rails, random: Random): Fold[] {
  const crisp = cut.details?.includes('quilt') ? 0.4 : 1;
  const lower = { left: rails.left.slice(-40), right: rails.right.slice(-40) };
  return [
    ...drapes(lower, random, { count: 5, strength: 0.3 * crisp, from: 0.15, width: 2.2 }),
    ...creases(lower, random, { at: 0.55, spread: 0.2, count: 5, strength: 0.28 * crisp }),
    ...creases(lower, random, { at: 0.1, spread: 0.08, count: 3, strength: 0.26 * crisp }),
  ];
}

/** Two fronts that part from the neck down, over the lining. */
function openFronts(body: Body, rails: Rails, front: readonly Point[], folds: readonly Fold[], random: Random): Part[] {
  const gap = random.between(0.22, 0.42) * body.chest;
  return sides.map((side) => {
    const rail = side === 1 ? rails.right : rails.left;
    const bottom = rail[rail.length - 1];
    const middle = front[Math.floor(front.length / 2)];
    const start = rail[0];
    const inner = smooth([
      start,
      [side * Math.max(3.4, gap * 0.55), Math.max(middle[1], 10) + 4],
      [side * gap * 0.9, 34],
      [side * (gap * 1.2) + (bottom[0] - side * body.hip) * 0.3, bottom[1] * 0.72 + 8],
      [side * gap * random.between(1.2, 1.7), bottom[1] + random.between(-1, 1.5)],
    ]);
    return {
      outline: [...rail, ...inner.slice().reverse()],
      role: 'torso' as const,
      material: 'cloth' as const,
      folds: [
        ...folds,
        ...drapes({ left: inner, right: rail.slice(-inner.length) }, random, {
          count: 3,
          strength: 0.3,
          from: 0.3,
          width: 2,
        }),
      ],
      seams: [{ line: inner, width: 0.35, tone: 'dark' as const }],
    };
  });
}

function sleeveParts(cut: TopCut, body: Body, pose: Pose, side: Side, random: Random): Part[] {
  const [shoulder, elbow, wrist] = armOf(pose, side);
  const fraction = coverage[cut.sleeve];
  const arm = truncate(smooth([shoulder, elbow, wrist], { steps: 12 }), fraction);
  const [top, middle, cuff] = cut.sleeveWidths.map((width) => width * 0.84);
  const stations = [0, 0.3, 0.55, 0.8, 1].map((t) => arm[Math.round(t * (arm.length - 1))]);
  const widths =
    cut.sleeve === 'long'
      ? [top, top * 0.94, middle, (middle + cuff) / 2, cuff]
      : [top, top * 0.98, (top + middle) / 2, middle, cuff];
  const raw = tube(
    stations,
    widths.map((width, index) => (index === 0 ? width : width + random.between(-0.35, 0.35))),
  );
  const [outerRaw, innerRaw] = side === 1 ? [raw.left, raw.right] : [raw.right, raw.left];
  const puff = cut.sleeveWidths[1] > 9 && cut.neckline !== 'hood' ? 1.2 : 0.4;
  const tip: Point = [side * (body.shoulder - 0.6 + cut.ease * 0.2), 2.6 - puff * 0.4];
  const skip = Math.ceil(outerRaw.length * (cut.sleeve === 'short' ? 0.42 : 0.26));
  const side20 = torsoPoint(pose, side, torsoHalf(body, 20, cut.ease, cut.shape) - 0.6, 22);
  // The inner edge begins where the tube has left the armhole: earlier points would fold back over it.
  const found = innerRaw.findIndex(([, y], index) => index >= skip && y > side20[1] + 2.5);
  const free = found === -1 ? innerRaw.length - 1 : found;
  const armpit: Point = [
    side * Math.min(Math.abs(side20[0]), Math.abs(innerRaw[free][0]) + 1.5),
    Math.min(side20[1], innerRaw[free][1] - 1.5),
  ];
  const start: Point = [side * (body.shoulder - 3), 2.2];
  const round: Point = mixOut(tip, outerRaw[skip], side * (0.8 + puff));
  const outer = [...smooth([start, tip, round, outerRaw[skip]], { steps: 5 }), ...outerRaw.slice(skip + 1)];
  const inner = [
    ...smooth([[side * (body.chest - 3.4), 15], armpit, innerRaw[free]], { steps: 5 }),
    ...innerRaw.slice(free + 1),
  ];
  const rails: Rails = { left: outer, right: inner };
  const grain = (Math.atan2(-(wrist[0] - shoulder[0]), wrist[1] - shoulder[1]) * 180) / Math.PI;
  const long = cut.sleeve === 'long';
  const parts: Part[] = [
    {
      outline: outlineOf(rails),
      role: 'sleeve',
      material: 'cloth',
      grain,
      folds: long
        ? [
            ...creases(rails, random, { at: 0.52, spread: 0.1, count: 6, strength: 0.38 }),
            ...creases(rails, random, { at: 0.85, spread: 0.1, count: 5, strength: 0.32 }),
            ...creases(rails, random, { at: 0.25, spread: 0.1, count: 3, strength: 0.26 }),
          ]
        : creases(rails, random, { at: 0.55, spread: 0.35, count: 4, strength: 0.28 }),
    },
  ];
  const band = (from: number, bulge: number): Part => ({
    outline: [
      between(rails, -bulge, from),
      between(rails, -bulge, 1.0),
      between(rails, 1 + bulge, 1.0),
      between(rails, 1 + bulge, from),
    ],
    role: 'sleeve',
    material: cut.details?.includes('ribs') ? 'rib' : 'cloth',
    grain,
    volume: 0.8,
  });
  if (long && (cut.details?.includes('ribs') || cut.details?.includes('cuffs'))) parts.push(band(0.9, 0.03));
  else if (!long)
    parts[0] = {
      ...parts[0],
      seams: [{ line: [between(rails, 0, 0.94), between(rails, 1, 0.94)], width: 0.25, tone: 'dark' }],
    };
  return parts;
}

function mixOut(a: Point, b: Point, out: number): Point {
  return [(a[0] + b[0]) / 2 + out, (a[1] + b[1]) / 2 - Math.abs(out) * 0.3];
}
