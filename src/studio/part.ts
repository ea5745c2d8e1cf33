/** @file One piece of a garment: an outline with a material, folds and seams. Cuts make parts, `draw-garment.ts` paints them. */
import type { Random } from '../random/random.ts';
import type { Point, Polyline, Rails } from './geometry.ts';
import { between } from './geometry.ts';

/** What a part is made of: the garment's cloth, its second colour, or a trim. */
export type Material = 'cloth' | 'accent' | 'lining' | 'rib' | 'dark' | 'metal' | 'sole' | 'plain';

/** `back` is drawn behind the body, `torso` over it, `sleeve` over the arms. */
export type Role = 'back' | 'torso' | 'sleeve';

export interface Fold {
  readonly line: Polyline;
  readonly width: number;
  /** Above 0 a shadow, below 0 a light. */
  readonly strength: number;
}

export interface Seam {
  readonly line: Polyline;
  readonly width: number;
  readonly tone: 'dark' | 'light' | 'accent' | 'metal';
  readonly dashed?: boolean;
  /** Paints the line as closed and filled: a button, a print. */
  readonly filled?: boolean;
}

export interface Part {
  readonly outline: readonly Point[];
  readonly role: Role;
  readonly material: Material;
  /** Degrees by which the cloth is turned. */
  readonly grain?: number;
  readonly folds?: readonly Fold[];
  readonly seams?: readonly Seam[];
  /** How round the part looks, 1 normal; 0 for flat trims. */
  readonly volume?: number;
}

/** Folds that hang: from the first end to the last between two rails. */
export function drapes(
  rails: Rails,
  random: Random,
  {
    count,
    strength,
    from = 0.05,
    to = 1,
    width = 1.6,
  }: { count: number; strength: number; from?: number; to?: number; width?: number },
): Fold[] {
  return Array.from({ length: count }, (_, index) => {
    const across = (index + random.between(0.25, 0.75)) / count;
    const start = from + random.between(0, 0.45) * (to - from);
    const end = to - random.between(0, 0.3) * (to - start);
    const lean = random.between(-0.04, 0.04);
    return {
      line: [0, 0.33, 0.66, 1].map((t) =>
        between(
          rails,
          Math.min(0.98, Math.max(0.02, across + lean * t + random.between(-0.008, 0.008))),
          start + (end - start) * t,
        ),
      ),
      width: width * random.between(0.6, 1.6),
      strength: strength * random.between(0.5, 1.2) * (random.chance(0.35) ? -0.8 : 1),
    };
  });
}

/** Short folds across a tube, where it bends or bunches: around `at` along the rails. */
export function creases(
  rails: Rails,
  random: Random,
  {
    at,
    spread,
    count,
    strength,
    width = 1.2,
  }: { at: number; spread: number; count: number; strength: number; width?: number },
): Fold[] {
  return Array.from({ length: count }, () => {
    const along = at + random.between(-spread, spread);
    const fromLeft = random.chance(0.5);
    const reach = random.between(0.35, 0.85);
    const tilt = random.between(-0.09, 0.09);
    return {
      line: [0, 0.5, 1].map((t) => {
        const across = reach * t;
        return between(rails, fromLeft ? across : 1 - across, along + tilt * t + (t === 0.5 ? 0.02 : 0));
      }),
      width: width * random.between(0.6, 1.5),
      strength: strength * random.between(0.5, 1.1) * (random.chance(0.3) ? -0.8 : 1),
    };
  });
}

/** A small round part: a button, an eyelet. */
export function dot([x, y]: Point, radius: number, tone: Seam['tone']): Seam {
  return {
    line: Array.from({ length: 12 }, (_, index) => {
      const angle = (index / 12) * 2 * Math.PI;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
    }),
    width: 0.2,
    tone,
    filled: true,
  };
}
