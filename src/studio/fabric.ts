/** @file Cloth as SVG patterns: the print, and the weave that lies over it. Tiles are in centimetres. */
import { Random, seedFrom } from '../random/random.ts';
import type { FabricName, GarmentSpec } from './garment.ts';
import { round } from './geometry.ts';
import { brightness, colours, darken, lighten } from './palette.ts';

/** A tile: its size and what is on it. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly content: string;
  /** Degrees. */
  readonly rotate?: number;
}

const rect = (x: number, y: number, width: number, height: number, fill: string, opacity = 1): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}/>`;

const circle = (x: number, y: number, r: number, fill: string): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${Math.round(r * 100) / 100}" fill="${fill}"/>`;

/** The print of a garment; a plain one is one colour. */
export function clothTile(spec: GarmentSpec): Tile {
  const random = new Random(seedFrom(spec.seed, 'cloth'));
  const [base, accent] = [colours[spec.colour], colours[spec.accent]];
  const small = spec.label === 'footwear' || spec.label === 'hat' ? 0.55 : 1;
  const ground = (width: number, height: number) => rect(0, 0, width, height, base);
  switch (spec.pattern) {
    case 'plain':
      return { width: 20, height: 20, content: ground(20, 20) };
    case 'stripe': {
      const period = random.pick([2.6, 3.6, 5, 7.5]) * small;
      const share = random.pick([0.24, 0.4, 0.5]);
      const vertical =
        spec.label === 'trousers' || spec.label === 'blouse' || (spec.label === 'dress' && random.chance(0.4));
      return {
        width: period,
        height: period,
        content: ground(period, period) + rect(0, period * 0.2, period, period * share, accent),
        rotate: vertical ? 90 : 0,
      };
    }
    case 'check':
      return checkTile(random, base, accent, small);
    case 'dot': {
      const period = random.pick([3, 4.4, 6.4]) * small;
      const r = period * random.between(0.15, 0.24);
      const dots = [
        [0.25, 0.25],
        [0.75, 0.75],
      ].map(([x, y]) => circle(x * period, y * period, r, accent));
      return { width: period, height: period, content: ground(period, period) + dots.join('') };
    }
    case 'floral':
      return floralTile(random, base, accent, small);
    case 'print':
      return printTile(random, base, accent, small);
  }
}

function checkTile(random: Random, base: string, accent: string, small: number): Tile {
  const kind = random.below(3);
  const size = random.pick([3.2, 5, 8]) * small * (kind === 0 ? 0.8 : 1.4);
  const ground = rect(0, 0, size, size, base);
  if (kind === 0)
    return {
      width: size,
      height: size,
      content: ground + rect(0, 0, size / 2, size, accent, 0.5) + rect(0, 0, size, size / 2, accent, 0.5),
    };
  if (kind === 1) {
    const line = size * 0.07;
    return {
      width: size,
      height: size,
      content: ground + rect(size * 0.4, 0, line, size, accent, 0.85) + rect(0, size * 0.4, size, line, accent, 0.85),
    };
  }
  const third = brightness(base) > 0.5 ? darken(base, 0.5) : lighten(base, 0.45);
  const bands = [
    [0.1, 0.3, accent, 0.45],
    [0.52, 0.12, third, 0.5],
    [0.76, 0.05, accent, 0.9],
  ] as const;
  const both = bands.map(
    ([at, wide, fill, opacity]) =>
      rect(at * size, 0, wide * size, size, fill, opacity) + rect(0, at * size, size, wide * size, fill, opacity),
  );
  return { width: size, height: size, content: ground + both.join(''), rotate: random.chance(0.2) ? 45 : 0 };
}

/** Repeats what is drawn near an edge on the other side, so that the tile joins. */
function wrapped(size: number, x: number, y: number, reach: number, draw: (x: number, y: number) => string): string {
  const offsets = [-size, 0, size];
  return offsets
    .flatMap((dx) =>
      offsets
        .filter((dy) => x + dx > -reach && x + dx < size + reach && y + dy > -reach && y + dy < size + reach)
        .map((dy) => draw(x + dx, y + dy)),
    )
    .join('');
}

function floralTile(random: Random, base: string, accent: string, small: number): Tile {
  const size = random.pick([11, 15, 20]) * small;
  const leaf = brightness(base) > 0.45 ? '#5f7a55' : '#8fa57c';
  const centre = brightness(accent) > 0.6 ? '#c9973a' : '#f0dca0';
  const flowers = Array.from({ length: 7 }, (_, index) => {
    const [x, y] = [
      ((index % 3) / 3 + random.between(0.02, 0.28)) * size,
      (Math.floor(index / 3) / 3 + random.between(0.02, 0.28)) * size,
    ];
    const r = size * random.between(0.05, 0.1);
    const turn = random.between(0, 72);
    const petal = random.chance(0.25) ? lighten(accent, 0.35) : accent;
    return wrapped(size, x, y, r * 3.2, (fx, fy) => {
      const petals = [0, 1, 2, 3, 4].map(
        (step) =>
          `<ellipse cx="0" cy="${round(-r)}" rx="${Math.round(r * 62) / 100}" ry="${round(r)}" fill="${petal}" transform="rotate(${Math.round(turn + step * 72)})"/>`,
      );
      const leaves = `<ellipse cx="${round(r * 2)}" cy="0" rx="${round(r)}" ry="${Math.round(r * 40) / 100}" fill="${leaf}" transform="rotate(${Math.round(turn + 30)})"/><ellipse cx="${round(-r * 2)}" cy="0" rx="${round(r)}" ry="${Math.round(r * 40) / 100}" fill="${leaf}" transform="rotate(${Math.round(turn - 20)})"/>`;
      return `<g transform="translate(${round(fx)} ${round(fy)})">${leaves}${petals.join('')}${circle(0, 0, r * 0.42, centre)}</g>`;
    });
  });
  return { width: size, height: size, content: rect(0, 0, size, size, base) + flowers.join('') };
}

function printTile(random: Random, base: string, accent: string, small: number): Tile {
  const size = random.pick([9, 13, 18]) * small;
  const third = random.chance(0.5) ? lighten(base, 0.4) : darken(base, 0.45);
  const kind = random.below(3);
  const shapes = Array.from({ length: 10 }, (_, index) => {
    const [x, y] = [
      ((index % 4) / 4 + random.between(0, 0.2)) * size,
      (Math.floor(index / 4) / 3 + random.between(0, 0.25)) * size,
    ];
    const r = size * random.between(0.06, 0.13);
    const turn = random.below(360);
    const fill = random.chance(0.3) ? third : accent;
    return wrapped(size, x, y, r * 2, (fx, fy) => {
      const at = `transform="translate(${round(fx)} ${round(fy)}) rotate(${turn})"`;
      if (kind === 0)
        return `<path d="M${round(-r)} ${round(r * 0.8)}L0 ${round(-r)}L${round(r)} ${round(r * 0.8)}Z" fill="${fill}" ${at}/>`;
      if (kind === 1)
        return `<path d="M${round(-r)} 0A${round(r)} ${round(r)} 0 0 1 ${round(r)} 0" fill="none" stroke="${fill}" stroke-width="${round(r * 0.6)}" stroke-linecap="round" ${at}/>`;
      return `<path d="M${round(-r)} ${round(-r * 0.3)}Q${round(-r * 0.2)} ${round(-r * 1.3)} ${round(r)} ${round(-r * 0.2)}T${round(r * 0.1)} ${round(r * 0.9)}T${round(-r)} ${round(-r * 0.3)}Z" fill="${fill}" ${at}/>`;
    });
  });
  return { width: size, height: size, content: rect(0, 0, size, size, base) + shapes.join('') };
}

/** The weave over a print: lines of shadow and light; null where the cloth is smooth. */
export function weaveTile(fabric: FabricName | 'rib'): Tile | null {
  const line = (d: string, colour: string, width: number, opacity: number) =>
    `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}"/>`;
  switch (fabric) {
    case 'knit':
      return {
        width: 1.5,
        height: 1.3,
        content:
          line('M0 0L.75 .8L1.5 0M0 1.3L.75 2.1L1.5 1.3M0 -1.3L.75 -.5L1.5 -1.3', '#000', 0.3, 0.2) +
          line('M0 .45L.75 1.25L1.5 .45', '#fff', 0.25, 0.14),
      };
    case 'rib':
      return { width: 1.2, height: 4, content: rect(0, 0, 0.5, 4, '#000', 0.2) + rect(0.7, 0, 0.3, 4, '#fff', 0.12) };
    case 'denim':
      return { width: 0.8, height: 0.8, content: line('M-.2 1L1 -.2M-.2 .2L.2 -.2M.6 1L1 .6', '#fff', 0.2, 0.16) };
    case 'linen':
      return {
        width: 1.3,
        height: 1.3,
        content:
          rect(0, 0.2, 1.3, 0.25, '#000', 0.045) +
          rect(0.3, 0, 0.25, 1.3, '#fff', 0.12) +
          rect(0.9, 0, 0.15, 1.3, '#000', 0.045),
      };
    case 'canvas':
      return {
        width: 1,
        height: 1,
        content: rect(0, 0, 0.5, 0.5, '#000', 0.045) + rect(0.5, 0.5, 0.5, 0.5, '#fff', 0.05),
      };
    case 'corduroy':
      return { width: 1.1, height: 4, content: rect(0, 0, 0.4, 4, '#000', 0.22) + rect(0.6, 0, 0.3, 4, '#fff', 0.12) };
    case 'straw':
      return {
        width: 1.6,
        height: 1.2,
        content:
          rect(0, 0, 1.6, 0.35, '#000', 0.16) +
          rect(0, 0, 0.4, 1.2, '#fff', 0.12) +
          rect(0.8, 0, 0.2, 1.2, '#000', 0.1),
      };
    default:
      return null;
  }
}

/** How a fabric takes light: strength of shadows and of highlights, 1 is cotton. */
export const lightOn: { readonly [F in FabricName]: readonly [shade: number, shine: number] } = {
  cotton: [1, 1],
  linen: [1.05, 0.9],
  denim: [1, 1.1],
  knit: [0.85, 0.7],
  wool: [0.9, 0.6],
  silk: [1.1, 2.3],
  leather: [1.25, 1.8],
  corduroy: [0.95, 0.8],
  canvas: [0.9, 0.9],
  nylon: [1.2, 2],
  straw: [0.9, 0.9],
};
