/**
 * @file One thing that fills the picture and is no garment: a flower, a wheel, a ball, rings, or a field of many alike.
 * Round things alone before a ground are what a detector takes for hats.
 */
import type { Random } from '../random/random.ts';
import type { Canvas } from './canvas.ts';
import { define } from './canvas.ts';
import type { Placement, Point, Polyline } from './geometry.ts';
import { ellipse, leaf, pathData, place, round } from './geometry.ts';
import { blend, colourNames, colours, darken, lighten } from './palette.ts';

const kinds = ['flower', 'wheel', 'ball', 'rings', 'field'] as const;

export function paintSingleThing(canvas: Canvas, random: Random): void {
  const { width, height } = canvas;
  const at: Placement = {
    x: width * random.between(0.35, 0.65),
    y: height * random.between(0.35, 0.65),
    scale: Math.min(width, height) * random.between(0.2, 0.6),
    rotate: random.between(0, 360),
  };
  // A plain ground now and then, from black to white.
  if (random.chance(0.4)) {
    const ground = blend(drawColour(random), random.pick(['#000000', '#ffffff']), random.uniform());
    canvas.marks.push(`<rect width="${width}" height="${height}" fill="${ground}"/>`);
  }
  const kind = random.pick(kinds);
  const paint = (points: Polyline, fill: string) => canvas.marks.push(mark(place(points, at), fill));
  const colour = drawColour(random);
  switch (kind) {
    case 'field':
      paintField(canvas, random);
      return;
    case 'flower': {
      const petals = 5 + random.below(10);
      const [length, breadth] = [random.between(0.8, 1.2), random.between(0.15, 0.5)];
      for (const ring of [1, 0.65]) {
        for (let petal = 0; petal < petals; petal++) {
          const angle = (2 * Math.PI * (petal + ring)) / petals;
          paint(leaf(angle, length * ring, breadth * ring), lighten(colour, random.between(0, 0.4) / ring));
        }
      }
      paint(ellipse(0, 0, 0.3, 0.3), drawColour(random));
      return;
    }
    case 'wheel': {
      const sectors = 3 + random.below(22);
      for (let sector = 0; sector < sectors; sector++) {
        const [from, to] = [sector, sector + 1].map((edge) => (2 * Math.PI * edge) / sectors);
        paint([[0, 0], ...arc(from, to)], drawColour(random));
      }
      if (random.chance(0.5)) paint(ellipse(0, 0, 0.35, 0.35), drawColour(random));
      return;
    }
    case 'ball':
      paint(ellipse(0, 0, 1, random.between(0.7, 1)), glow(canvas, colour, random));
      for (let line = random.below(9); line > 0; line--) paintVein(canvas, at, colour, random);
      return;
    case 'rings': {
      const rings = 2 + random.below(7);
      const squeeze = random.between(0.6, 1);
      for (let ring = rings; ring > 0; ring--) {
        const radius = ring / rings;
        paint(ellipse(0, 0, radius, radius * squeeze), ring % 2 === 0 ? colour : lighten(drawColour(random), 0.3));
      }
    }
  }
}

/** Many alike in rows, not quite even: coins, pebbles, windows, letters. */
function paintField(canvas: Canvas, random: Random): void {
  const across = 3 + random.below(18);
  const cell = canvas.width / across;
  const unevenness = random.between(0, 0.4);
  const corners = random.pick([4, 5, 7, 24]);
  const [colour, other] = [drawColour(random), drawColour(random)];
  for (let y = cell / 2; y < canvas.height + cell; y += cell) {
    for (let x = cell / 2; x < canvas.width + cell; x += cell) {
      const at = {
        x: x + cell * unevenness * random.between(-1, 1),
        y: y + cell * unevenness * random.between(-1, 1),
        scale: cell * random.between(0.3, 0.5 + unevenness / 2),
        rotate: unevenness * random.between(-180, 180),
      };
      canvas.marks.push(mark(place(arc(0, 2 * Math.PI, corners), at), blend(colour, other, random.uniform())));
    }
  }
}

const drawColour = (random: Random): string =>
  blend(colours[random.pick(colourNames)], colours[random.pick(colourNames)], random.between(0, 0.5));

const mark = (points: Polyline, fill: string): string =>
  `<path d="${pathData(points)}" fill="${fill}" stroke="#1a1620" stroke-opacity=".2"/>`;

/** Points on the unit circle. */
const arc = (from: number, to: number, steps = 12): Point[] =>
  Array.from({ length: steps + 1 }, (_, step): Point => {
    const angle = from + ((to - from) * step) / steps;
    return [Math.cos(angle), Math.sin(angle)];
  });

/** A branching line over a ball, as on a leaf, a fruit or a planet. */
function paintVein({ marks }: Canvas, at: Placement, colour: string, random: Random): void {
  const angle = random.between(0, 2 * Math.PI);
  const points = [0.1, 0.4, 0.7].map((radius): Point => {
    const bend = angle + random.between(-0.4, 0.4);
    return [Math.cos(bend) * radius, Math.sin(bend) * radius];
  });
  marks.push(
    `<path d="${pathData(place(points, at))}" fill="none" stroke="${darken(colour, 0.5)}" stroke-width="${round(at.scale * random.between(0.01, 0.05))}"/>`,
  );
}

/** A fill that is light on one side, as light falls on what is round. */
function glow(canvas: Canvas, colour: string, random: Random): string {
  const [x, y] = [random.between(0.2, 0.8), random.between(0.2, 0.8)].map(round);
  const id = define(
    canvas,
    `glow ${colour} ${x} ${y}`,
    (name) =>
      `<radialGradient id="${name}" cx="${x}" cy="${y}"><stop stop-color="${lighten(colour, 0.5)}"/><stop offset="1" stop-color="${darken(colour, random.between(0.3, 0.8))}"/></radialGradient>`,
  );
  return `url(#${id})`;
}
