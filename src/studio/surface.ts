/** @file What flat lays lie on: wood, linen, concrete, paper, marble, carpet, plaster. */
import type { Random } from '../random/random.ts';
import type { Canvas } from './canvas.ts';
import { blur, define } from './canvas.ts';
import type { Theme } from './cut.ts';
import { round } from './geometry.ts';
import { blend, darken, lighten } from './palette.ts';

export const surfaces = {
  training: ['planks', 'concrete', 'sheet', 'carpet', 'paper'],
  demo: ['linen', 'marble', 'plaster', 'card', 'parquet'],
} as const satisfies { readonly [T in Theme]: readonly string[] };

export type SurfaceName = (typeof surfaces)[Theme][number];

const paperTints = ['#e9dfd3', '#dfe3e2', '#e8d5cf', '#d8dfd3', '#e6e1ee', '#d5dfe8', '#f0ead9', '#c9cdd0'] as const;
const cardTints = ['#efe6dc', '#e3e7e6', '#eeded7', '#e1e7da', '#ece9e4', '#dbe4ea', '#f2ecdd', '#e7ddd0'] as const;

export function paintSurface(canvas: Canvas, name: SurfaceName, random: Random): void {
  const { width, height, marks } = canvas;
  const unit = Math.min(width, height) / 100;
  const full = (fill: string, more = '') => `<rect width="${width}" height="${height}" fill="${fill}"${more}/>`;
  switch (name) {
    case 'planks':
    case 'parquet': {
      const tone = random.pick(
        name === 'planks' ? ['#b98f65', '#8a6647', '#d3b48d', '#a89c8c'] : ['#c49c70', '#ddc4a1', '#9d7550'],
      );
      marks.push(full(tone));
      const across = unit * (name === 'planks' ? random.between(14, 24) : random.between(8, 12));
      for (let x = -random.between(0, across); x < width; x += across) {
        for (let y = -random.between(0, height * 0.5); y < height; ) {
          const long = (name === 'planks' ? random.between(0.6, 1.4) : random.between(0.22, 0.34)) * height;
          const shade = blend(tone, random.chance(0.5) ? '#2c1c10' : '#fff0dc', random.between(0, 0.16));
          marks.push(
            `<rect x="${round(x)}" y="${round(y)}" width="${round(across - 1)}" height="${round(long - 1)}" fill="${shade}"/>`,
          );
          y += long;
        }
      }
      marks.push(full('#000', ` filter="url(#${noise(canvas, '0.35 0.012', 2, 0.55, random)})" opacity=".4"`));
      break;
    }
    case 'linen':
      marks.push(full(random.pick(['#ded6c8', '#e6e0d6', '#cfc9bd', '#d5d9d6'])));
      marks.push(
        full(
          `url(#${define(canvas, 'linen surface', (id) => `<pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 1H5M0 3.5H5" stroke="#000" stroke-opacity=".05"/><path d="M1.5 0V5M4 0V5" stroke="#fff" stroke-opacity=".2"/></pattern>`)})`,
        ),
      );
      drape(canvas, random, 5, 0.16);
      break;
    case 'sheet':
      marks.push(full(random.pick(['#e4e1dd', '#d9d6d6', '#c6d0da', '#e3d3cd'])));
      drape(canvas, random, 9, 0.26);
      break;
    case 'concrete':
      marks.push(
        full(random.pick(['#aaa9a6', '#c2c0bb', '#8b8c8d'])),
        full('#000', ` filter="url(#${noise(canvas, '0.02', 3, 0.5, random)})" opacity=".2"`),
      );
      break;
    case 'plaster':
      marks.push(
        full(random.pick(['#e7dccf', '#d9d2c8', '#dcc9bb', '#ccd2ce'])),
        full('#3a2b20', ` filter="url(#${noise(canvas, '0.012 0.016', 2, 0.5, random)})" opacity=".13"`),
      );
      break;
    case 'marble':
      marks.push(
        full('#ecebe9'),
        full('#4a4d55', ` filter="url(#${noise(canvas, '0.008 0.02', 3, 0.75, random, 2.4)})" opacity=".4"`),
      );
      break;
    case 'carpet': {
      const tone = random.pick(['#b7ada3', '#8f98a0', '#c7b8a3', '#7d736c']);
      marks.push(full(tone), full('#000', ` filter="url(#${noise(canvas, '0.45', 1, 0.6, random)})" opacity=".5"`));
      break;
    }
    default:
      marks.push(full(random.pick(name === 'paper' ? paperTints : cardTints)));
      if (random.chance(0.35)) {
        const second = random.pick(name === 'paper' ? paperTints : cardTints);
        const at = random.between(0.3, 0.7);
        marks.push(
          `<path d="M0 ${round(height * at)}L${width} ${round(height * (at + random.between(-0.2, 0.2)))}V${height}H0Z" fill="${second}"/>`,
        );
      }
  }
  light(canvas, random);
}

/** Light from the upper left, a slow fall to the lower right, now and then a window's slanting patch. */
function light(canvas: Canvas, random: Random): void {
  const { width, height, marks } = canvas;
  const glow = define(
    canvas,
    'glow',
    (id) =>
      `<radialGradient id="${id}" cx=".28" cy=".18" r="1.1"><stop offset="0" stop-color="#fff" stop-opacity=".34"/><stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#1c1626" stop-opacity=".28"/></radialGradient>`,
  );
  marks.push(`<rect width="${width}" height="${height}" fill="url(#${glow})"/>`);
  if (!random.chance(0.22)) return;
  const x = random.between(-0.2, 0.6) * width;
  const wide = random.between(0.14, 0.26) * width;
  const panes = [0, 1].map(
    (pane) =>
      `<path d="M${round(x + pane * wide * 1.15)} 0h${round(wide)}l${round(width * 0.35)} ${height}h${round(-wide)}Z"/>`,
  );
  marks.push(`<g fill="#fff6e2" opacity=".22" filter="url(#${blur(canvas, 5)})">${panes.join('')}</g>`);
}

/** Folds of a cloth that lies under the garment. */
function drape(canvas: Canvas, random: Random, count: number, strength: number): void {
  const { width, height, marks } = canvas;
  const lines = Array.from({ length: count }, () => {
    const [x, y] = [random.between(-0.1, 1.1) * width, random.between(-0.1, 1.1) * height];
    const [dx, dy] = [random.between(-0.4, 0.4) * width, random.between(0.2, 0.6) * height];
    const tone = random.chance(0.5) ? darken('#8a8078', 0.3) : lighten('#ffffff', 0.5);
    return `<path d="M${round(x)} ${round(y)}q${round(dx * 0.2 + random.between(-20, 20))} ${round(dy * 0.5)} ${round(dx)} ${round(dy)}" stroke="${tone}" stroke-width="${round(random.between(5, 16))}"/>`;
  });
  marks.push(
    `<g fill="none" stroke-linecap="round" opacity="${strength}" filter="url(#${blur(canvas, 6)})">${lines.join('')}</g>`,
  );
}

/** Turbulence as transparency of the fill: `gain` sharpens it round its middle. */
export function noise(
  canvas: Canvas,
  frequency: string,
  octaves: number,
  cut: number,
  random: Random,
  gain = 1.6,
): string {
  const seed = random.below(1000);
  return define(
    canvas,
    `noise ${frequency} ${seed}`,
    (id) =>
      `<filter id="${id}" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB"><feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="${octaves}" seed="${seed}" result="n"/><feColorMatrix in="n" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ${gain} ${gain} 0 0 ${-2 * gain * cut + 0.3}" result="a"/><feComposite in="SourceGraphic" in2="a" operator="in"/></filter>`,
  );
}
