/** @file Garments laid on a surface and seen from above. */
import { Random, seedFrom } from '../random/random.ts';
import { flatPose, standardBody } from './body.ts';
import { newCanvas } from './canvas.ts';
import type { Theme } from './cut.ts';
import type { GarmentSpec } from './garment.ts';
import { partsOf, randomGarment } from './garment.ts';
import type { Placement } from './geometry.ts';
import { boundsOf, place } from './geometry.ts';
import { castShadow, finishOf, paintParts } from './paint-parts.ts';
import type { Part, Role } from './part.ts';
import type { DrawnScene } from './scene.ts';
import { finishScene, paintGrain } from './scene.ts';
import type { SurfaceName } from './surface.ts';
import { paintSurface, surfaces } from './surface.ts';

/** A region of the picture that one garment fills, in fractions of width and height. */
export interface Spot {
  readonly spec: GarmentSpec;
  readonly region: readonly [x1: number, y1: number, x2: number, y2: number];
  /** Degrees. */
  readonly rotate: number;
}

export interface FlatLayScene {
  readonly width: number;
  readonly height: number;
  /** `blank`: a white ground without light, shadow or grain, for tests. */
  readonly surface: SurfaceName | 'blank';
  readonly spots: readonly Spot[];
  readonly seed: number;
}

const roleOrder: readonly Role[] = ['back', 'torso', 'sleeve'];

export function drawFlatLay({ width, height, surface, spots, seed }: FlatLayScene): DrawnScene {
  const canvas = newCanvas(width, height);
  const random = new Random(seedFrom(seed, 'flat lay'));
  if (surface === 'blank') canvas.marks.push(`<rect width="${width}" height="${height}" fill="#fff"/>`);
  else paintSurface(canvas, surface, random);
  spots.forEach(({ spec, region, rotate }, owner) => {
    const pose = flatPose(new Random(seedFrom(spec.seed, 'pose')));
    const parts = partsOf(spec, standardBody, pose);
    const placement = fitInto(
      parts,
      [region[0] * width, region[1] * height, region[2] * width, region[3] * height],
      rotate,
    );
    const finish = finishOf(spec);
    if (surface !== 'blank') {
      const reach = Math.min(placement.scale, width * 0.01);
      castShadow(canvas, parts, placement, { offset: [2.2 * reach, 3 * reach], radius: 2.4 * reach, opacity: 0.4 });
      for (const step of [0.3, 0.6, 0.9])
        castShadow(canvas, parts, placement, { offset: [step * reach * 0.6, step * reach], radius: 0, opacity: 0.16 });
    }
    for (const role of roleOrder)
      paintParts(
        canvas,
        parts.filter((part) => part.role === role),
        finish,
        placement,
        owner,
      );
  });
  if (surface !== 'blank') paintGrain(canvas, seed);
  return finishScene(
    canvas,
    spots.map(({ spec }) => spec),
  );
}

/** Scales, turns and centres parts so that they touch a region from inside. */
function fitInto(
  parts: readonly Part[],
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  rotate: number,
): Placement {
  const points = parts.flatMap((part) => place(part.outline, { x: 0, y: 0, scale: 1, rotate }));
  const [left, top, right, bottom] = boundsOf(points);
  const scale = Math.min((x2 - x1) / (right - left), (y2 - y1) / (bottom - top));
  return {
    scale,
    rotate,
    x: (x1 + x2) / 2 - ((left + right) / 2) * scale,
    y: (y1 + y2) / 2 - ((top + bottom) / 2) * scale,
  };
}

/** Slots for two to five garments: the largest garments take the largest. */
const layouts: readonly (readonly (readonly [number, number, number, number])[])[] = [
  [
    [0.04, 0.06, 0.52, 0.94],
    [0.54, 0.08, 0.96, 0.92],
  ],
  [
    [0.04, 0.05, 0.56, 0.6],
    [0.5, 0.3, 0.96, 0.96],
    [0.06, 0.66, 0.44, 0.94],
  ],
  [
    [0.04, 0.04, 0.56, 0.58],
    [0.52, 0.34, 0.96, 0.97],
    [0.6, 0.05, 0.94, 0.3],
    [0.06, 0.64, 0.46, 0.94],
  ],
  [
    [0.03, 0.03, 0.5, 0.52],
    [0.5, 0.2, 0.97, 0.72],
    [0.56, 0.74, 0.96, 0.97],
    [0.05, 0.56, 0.46, 0.94],
    [0.62, 0.03, 0.9, 0.18],
  ],
];

export interface RandomSceneOptions {
  readonly theme: Theme;
  /** Pixels of the longer side. */
  readonly longSide?: number;
}

/** One garment in six of ten pictures, otherwise up to five. */
export function randomFlatLay(random: Random, { theme, longSide = 512 }: RandomSceneOptions): FlatLayScene {
  const tall = random.chance(0.7);
  const short = Math.round(longSide * random.pick([0.75, 0.8, 1]));
  const [width, height] = tall ? [short, longSide] : [longSide, short];
  const surface: SurfaceName = random.pick(surfaces[theme]);
  const seed = random.below(0x7fffffff);
  const turn = (spread: number) => (random.chance(0.8) ? random.between(-spread, spread) : random.between(-180, 180));
  if (random.chance(0.6)) {
    const spec = randomGarment(random, { theme });
    const margin = random.between(0.04, 0.22);
    const [dx, dy] = [random.between(-0.5, 0.5) * margin, random.between(-0.5, 0.5) * margin];
    return {
      width,
      height,
      surface,
      seed,
      spots: [{ spec, rotate: turn(16), region: [margin + dx, margin + dy, 1 - margin + dx, 1 - margin + dy] }],
    };
  }
  const layout = random.pick(layouts);
  const jitter = () => random.between(-0.02, 0.02);
  const flip = random.chance(0.5);
  const spots = layout.map(([x1, y1, x2, y2], index): Spot => {
    const [dx, dy] = [jitter(), jitter()];
    const label = index < 2 ? undefined : random.pick(['footwear', 'hat', 'bag', 'tee', 'shorts'] as const);
    const spec = randomGarment(random, { theme, ...(label === undefined ? {} : { label }) });
    const [left, right] = flip ? [1 - x2, 1 - x1] : [x1, x2];
    return { spec, rotate: turn(14), region: [left + dx, y1 + dy, right + dx, y2 + dy] };
  });
  return { width, height, surface, seed, spots };
}
