/**
 * @file Things that are no garments and look like nothing in particular: panels, blobs, tubes, stacks and frames of any
 * size and colour. A detector that sees many of them learns that a bright shape alone is not something to wear.
 */
import type { Random } from '../random/random.ts';
import type { Canvas } from './canvas.ts';
import { define, shadowBlur } from './canvas.ts';
import type { Placement, Point, Polyline } from './geometry.ts';
import { ellipse, leaf, outlineOf, pathData, place, round, smooth, tube } from './geometry.ts';
import { blend, colourNames, colours, darken, lighten } from './palette.ts';

/** Paints 2 to 12 of them; the later ones lie over the earlier ones. */
export function paintClutter(canvas: Canvas, random: Random): void {
  const count = 2 + random.below(11);
  for (let index = 0; index < count; index++) paintThing(canvas, random);
}

const kinds = ['panel', 'blob', 'tube', 'stack', 'frame', 'disc', 'plant'] as const;

function paintThing(canvas: Canvas, random: Random): void {
  const { width, height, marks } = canvas;
  const at = {
    x: random.between(0, width),
    y: random.between(0, height),
    // Most are small; now and then one fills half the picture.
    scale: Math.min(width, height) * 0.04 * 10 ** random.between(0, 1),
    rotate: random.chance(0.5) ? random.between(-8, 8) : random.between(0, 360),
  };
  const colour = blend(colours[random.pick(colourNames)], colours[random.pick(colourNames)], random.between(0, 0.5));
  const paint = (points: Polyline, fill: string) =>
    marks.push(
      `<path d="${pathData(place(points, at))}" fill="${fill}" stroke="${darken(colour, 0.5)}" stroke-opacity=".3"/>`,
    );
  const kind = random.pick(kinds);
  const outline = outlineOfThing(kind, random);
  if (random.chance(0.7)) castShadow(canvas, outline, at, random);
  paint(outline, random.chance(0.6) ? shaded(canvas, colour, random) : colour);
  switch (kind) {
    case 'stack': {
      const layers = 2 + random.below(5);
      for (let layer = 0; layer < layers; layer++) {
        const top = -0.9 + (1.8 * layer) / layers;
        const tone = blend(colour, colours[random.pick(colourNames)], random.between(0, 0.8));
        paint(rectangle(-0.85, top, 0.85, top + 1.5 / layers), tone);
      }
      return;
    }
    case 'frame':
    case 'disc': {
      const share = random.between(0.4, 0.9);
      const inner = random.chance(0.5) ? lighten(colour, random.between(0.2, 0.8)) : darken(colour, 0.5);
      paint(
        outline.map(([x, y]) => [x * share, y * share] as const),
        inner,
      );
      return;
    }
    case 'plant': {
      const leaves = 4 + random.below(14);
      for (let count = 0; count < leaves; count++) {
        const blade = leaf(random.between(0, 2 * Math.PI), random.between(0.8, 2), random.between(0.1, 0.35));
        paint(blade, lighten(colour, random.between(0, 0.4)));
      }
      return;
    }
    default:
      if (random.chance(0.4)) paintLines(canvas, at, colour, random);
  }
}

function outlineOfThing(kind: (typeof kinds)[number], random: Random): Polyline {
  const [wide, high] = [random.between(0.5, 1.6), random.between(0.5, 1.6)];
  switch (kind) {
    case 'panel':
    case 'stack':
    case 'frame': {
      const lean = random.between(-0.3, 0.3);
      return rectangle(-wide, -high, wide, high).map(([x, y]) => [x + lean * y, y] as const);
    }
    case 'blob':
    case 'plant': {
      const corners = 4 + random.below(6);
      const points = Array.from({ length: corners }, (_, corner): Point => {
        const angle = (corner / corners) * 2 * Math.PI;
        const radius = random.between(0.5, 1.3);
        return [Math.cos(angle) * radius * wide, Math.sin(angle) * radius * high];
      });
      return random.chance(0.7) ? smooth(points, { closed: true }) : points;
    }
    case 'tube': {
      const bends = 3 + random.below(3);
      const centre = Array.from({ length: bends }, (_, bend): Point => [random.between(-0.8, 0.8), bend - bends / 2]);
      return outlineOf(
        tube(
          centre,
          centre.map(() => random.between(0.05, 0.35)),
        ),
      );
    }
    case 'disc':
      return ellipse(0, 0, wide, high);
  }
}

function rectangle(x1: number, y1: number, x2: number, y2: number): Point[] {
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}

/** Parallel lines across a thing, as boards, slats or a grille have. */
function paintLines({ marks }: Canvas, at: Placement, colour: string, random: Random): void {
  const count = 2 + random.below(8);
  for (let line = 0; line < count; line++) {
    const y = -0.8 + (1.6 * line) / count;
    const [from, to] = place(
      [
        [-0.7, y],
        [0.7, y],
      ],
      at,
    );
    marks.push(
      `<path d="M${round(from[0])} ${round(from[1])}L${round(to[0])} ${round(to[1])}" stroke="${darken(colour, 0.4)}" stroke-width="${round(random.between(0.5, at.scale * 0.05 + 1))}"/>`,
    );
  }
}

function castShadow(canvas: Canvas, outline: Polyline, at: Placement, random: Random): void {
  const reach = at.scale * random.between(0.03, 0.25);
  const moved = place(outline, { ...at, x: at.x + reach * random.between(-1, 1), y: at.y + reach });
  canvas.marks.push(`<path d="${pathData(moved)}" opacity=".35" filter="url(#${shadowBlur(canvas, reach * 0.8)})"/>`);
}

/** A fill that goes from light to dark. */
function shaded(canvas: Canvas, colour: string, random: Random): string {
  const [x, y] = [random.below(2), random.below(2)];
  const id = define(
    canvas,
    `clutter ${colour} ${x} ${y}`,
    (name) =>
      `<linearGradient id="${name}" x1="${x}" y1="${y}" x2="${1 - x}" y2="${random.between(0, 1).toFixed(2)}"><stop stop-color="${lighten(colour, 0.25)}"/><stop offset="1" stop-color="${darken(colour, 0.35)}"/></linearGradient>`,
  );
  return `url(#${id})`;
}
