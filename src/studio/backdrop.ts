/** @file Rooms and streets behind a person: out of focus, so that nothing there could be taken for a garment. */
import type { Random } from '../random/random.ts';
import type { Canvas } from './canvas.ts';
import { blur, define } from './canvas.ts';
import type { Theme } from './cut.ts';
import { ellipse, pathData, round, smooth } from './geometry.ts';
import { blend, darken, lighten } from './palette.ts';

export const backdrops = {
  training: ['studio', 'bedroom', 'brick-street', 'park'],
  demo: ['gallery', 'living-room', 'avenue', 'shop'],
} as const satisfies { readonly [T in Theme]: readonly string[] };

export type BackdropName = (typeof backdrops)[Theme][number];

const walls = ['#dcd3c7', '#cfd6d3', '#d8c6ba', '#c7ccd6', '#e4dccb', '#b9c0b4', '#e2e0dd', '#c9b7ae'] as const;
const facades = ['#b4a08c', '#9c8f86', '#c4b29a', '#8f969c', '#a8786a', '#cbbfae', '#7f8790'] as const;

/** Paints the backdrop; the ground begins at `horizon` (fraction of the height). */
export function paintBackdrop(canvas: Canvas, name: BackdropName, random: Random, horizon: number): void {
  const { width, height, marks } = canvas;
  const y = height * horizon;
  const marksBehind: string[] = [];
  const rect = (x: number, top: number, w: number, h: number, fill: string, more = ''): void => {
    marksBehind.push(
      `<rect x="${round(x)}" y="${round(top)}" width="${round(w)}" height="${round(h)}" fill="${fill}"${more}/>`,
    );
  };
  const wall = random.pick(walls);
  switch (name) {
    case 'studio':
      rect(0, 0, width, height, gradient(canvas, lighten(wall, 0.3), darken(wall, 0.16)));
      rect(0, y, width, height - y, gradient(canvas, darken(wall, 0.1), lighten(wall, 0.2)));
      break;
    case 'gallery':
    case 'bedroom':
    case 'living-room':
      room(canvas, name, random, y, wall, rect, marksBehind);
      break;
    case 'shop':
      rect(0, 0, width, y, gradient(canvas, lighten(wall, 0.15), wall));
      rect(0, y, width, height - y, gradient(canvas, '#a58e78', '#c4ae98'));
      for (let shelf = 0; shelf < 3; shelf++) {
        const top = height * (0.12 + shelf * 0.19);
        for (const x of [-0.02, 0.72]) {
          rect(width * x, top + height * 0.1, width * 0.3, height * 0.012, '#7a5c44');
          for (let box = 0; box < 5; box++)
            rect(
              width * (x + 0.02 + box * 0.055),
              top + height * random.between(0.02, 0.06),
              width * 0.04,
              height * 0.06,
              blend(random.pick(facades), '#e8e0d4', random.between(0.1, 0.6)),
            );
        }
      }
      break;
    case 'park':
      rect(0, 0, width, y, gradient(canvas, '#dbe6ec', '#c3d1b8'));
      for (let tree = 0; tree < 14; tree++) {
        const [cx, cy, r] = [
          random.between(-0.1, 1.1) * width,
          y - random.between(0.05, 0.5) * height,
          random.between(0.08, 0.2) * width,
        ];
        marksBehind.push(
          `<path d="${pathData(ellipse(cx, cy, r, r * random.between(0.7, 1.1), 16))}" fill="${random.pick(['#7d9668', '#95ab7b', '#6a855c', '#adbd90', '#5f7a58'])}" opacity=".8"/>`,
        );
      }
      rect(0, y, width, height - y, gradient(canvas, '#9aa77e', '#b8a98e'));
      marksBehind.push(
        `<path d="M${round(width * 0.3)} ${round(y)}H${round(width * 0.7)}L${round(width * 1.05)} ${height}H${round(-width * 0.05)}Z" fill="#cdbfa9"/>`,
      );
      break;
    default:
      street(canvas, name, random, y, rect);
  }
  const soft =
    name === 'studio'
      ? 4
      : (width / 320) * (name === 'avenue' || name === 'park' || name === 'brick-street' ? 3.2 : 1.8);
  // The sharp copy below keeps the blur from fading to white at the picture's edge.
  marks.push(
    `<g>${marksBehind.join('')}</g><g filter="url(#${blur(canvas, soft)})" transform="translate(${round(-width * 0.04)} ${round(-height * 0.04)}) scale(1.08)">${marksBehind.join('')}</g>`,
  );
  const vignette = define(
    canvas,
    'vignette',
    (id) =>
      `<radialGradient id="${id}" cx=".46" cy=".4" r=".85"><stop offset="0" stop-color="#fff8ea" stop-opacity=".22"/><stop offset=".55" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#171425" stop-opacity=".34"/></radialGradient>`,
  );
  marks.push(`<rect width="${width}" height="${height}" fill="url(#${vignette})"/>`);
}

type AddRect = (x: number, top: number, w: number, h: number, fill: string, more?: string) => void;

function room(
  canvas: Canvas,
  name: 'gallery' | 'bedroom' | 'living-room',
  random: Random,
  y: number,
  wall: string,
  rect: AddRect,
  marks: string[],
): void {
  const { width, height } = canvas;
  const floor = random.pick(['#a9825c', '#8d6a4c', '#c3a684', '#8f8880']);
  rect(-20, -20, width + 40, y + 20, gradient(canvas, lighten(wall, 0.18), darken(wall, 0.06)));
  rect(-20, y, width + 40, height - y + 20, gradient(canvas, darken(floor, 0.18), lighten(floor, 0.12)));
  for (let board = -6; board < 14; board++)
    marks.push(
      `<path d="M${round((0.5 + (board - 4) * 0.07) * width)} ${round(y)}L${round((0.5 + (board - 4) * 0.19) * width)} ${height + 10}" stroke="#3a2616" stroke-opacity=".22" stroke-width="1.4" fill="none"/>`,
    );
  rect(-20, y - height * 0.022, width + 40, height * 0.022, lighten(wall, 0.45));
  const left = random.chance(0.5);
  const at = (x: number, wide: number) => (left ? x : 1 - x - wide) * width;
  if (name === 'gallery') {
    for (const [x, top, w, h] of [
      [0.06, 0.2, 0.2, 0.24],
      [0.74, 0.16, 0.2, 0.3],
    ] as const) {
      rect(at(x, w), height * top, width * w, height * h, '#f4f1ea', ' stroke="#4a3a2c" stroke-width="2"');
      marks.push(
        `<path d="${pathData(
          smooth(
            Array.from(
              { length: 6 },
              () =>
                [
                  at(x, w) + random.between(0.15, 0.85) * width * w,
                  height * (top + random.between(0.15, 0.85) * h),
                ] as const,
            ),
            { closed: true },
          ),
        )}" fill="${random.pick(['#a85c43', '#47607f', '#c9a04e', '#6f8468'])}" opacity=".75"/>`,
      );
    }
    return;
  }
  const [wx, ww] = [at(0.04, 0.26), width * 0.26];
  rect(
    wx,
    height * 0.1,
    ww,
    height * 0.42,
    gradient(canvas, '#f3f8fb', '#d7e5ea'),
    ' stroke="#f6f3ee" stroke-width="5"',
  );
  rect(wx + ww / 2 - 1.5, height * 0.1, 3, height * 0.42, '#f2efe9');
  if (name === 'bedroom') {
    rect(at(0.6, 0.5), y - height * 0.1, width * 0.5, height * 0.2, lighten(random.pick(walls), 0.35), ' rx="10"');
    rect(at(0.6, 0.5), y - height * 0.2, width * 0.5, height * 0.12, random.pick(facades), ' rx="8"');
  } else {
    rect(
      at(0.7, 0.36),
      y - height * 0.14,
      width * 0.36,
      height * 0.2,
      blend(random.pick(['#6f7f78', '#9a6f58', '#6c7688', '#b49a78']), wall, 0.25),
      ' rx="9"',
    );
    const px = at(0.1, 0) + (left ? 0 : 0);
    for (let leaf = 0; leaf < 9; leaf++) {
      const [dx, dy] = [random.between(-0.09, 0.09) * width, -random.between(0.1, 0.26) * height];
      marks.push(
        `<path d="M${round(px)} ${round(y - 6)}q${round(dx * 0.1)} ${round(dy * 0.7)} ${round(dx)} ${round(dy)}" stroke="${random.pick(['#5f7d56', '#7b9668', '#4d6a4c'])}" stroke-width="${round(width * 0.022)}" stroke-linecap="round" fill="none"/>`,
      );
    }
    rect(px - width * 0.04, y - height * 0.06, width * 0.08, height * 0.08, '#d8cfc3', ' rx="4"');
  }
}

function street(canvas: Canvas, name: BackdropName, random: Random, y: number, rect: AddRect): void {
  const { width, height } = canvas;
  rect(-20, -20, width + 40, height + 40, gradient(canvas, '#dfe7ee', '#e9e2d6'));
  for (let x = -random.between(0, 0.15) * width; x < width; ) {
    const wide = random.between(0.22, 0.42) * width;
    const facade =
      name === 'brick-street' ? blend('#a3644e', random.pick(facades), random.between(0.1, 0.6)) : random.pick(facades);
    const top = name === 'avenue' ? random.between(-0.05, 0.3) * height : random.between(-0.1, 0.12) * height;
    rect(x, top, wide, y - top + 2, gradient(canvas, lighten(facade, 0.22), facade));
    const columns = Math.max(2, Math.round(wide / (width * 0.11)));
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < columns; column++) {
        const [wx, wy] = [x + ((column + 0.25) / columns) * wide, top + height * (0.05 + row * 0.13)];
        if (wy < y - height * 0.16)
          rect(
            wx,
            wy,
            (wide / columns) * 0.5,
            height * 0.075,
            random.chance(0.25) ? '#f2dfae' : blend('#5d6b78', '#b9c8d2', random.uniform()),
          );
      }
    }
    rect(x, y - height * 0.13, wide, height * 0.13, blend(facade, '#2e2a2a', random.between(0.2, 0.6)));
    rect(x + wide * 0.12, y - height * 0.11, wide * 0.5, height * 0.09, blend('#c9d6dc', '#e8c98a', random.uniform()));
    x += wide;
  }
  rect(-20, y, width + 40, height - y + 20, gradient(canvas, '#9b9894', '#b9b4ac'));
  rect(-20, y, width + 40, height * 0.015, '#7e7b78');
  if (name === 'avenue') rect(-20, y + height * 0.05, width + 40, height * 0.01, '#d5d0c6');
}

function gradient(canvas: Canvas, from: string, to: string): string {
  return `url(#${define(canvas, `gradient ${from} ${to}`, (id) => `<linearGradient id="${id}" x1="0" y1="0" x2=".15" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`)})`;
}
