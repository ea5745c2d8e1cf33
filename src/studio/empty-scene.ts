/** @file Pictures without a garment: a surface with things on it, a place with nobody in it, or clutter. */
import type { Random } from '../random/random.ts';
import { backdrops, paintBackdrop } from './backdrop.ts';
import type { Canvas } from './canvas.ts';
import { newCanvas, shadowBlur } from './canvas.ts';
import { paintClutter } from './clutter.ts';
import type { RandomSceneOptions } from './flat-lay.ts';
import type { Point } from './geometry.ts';
import { ellipse, pathData, place, round, smooth } from './geometry.ts';
import { colourNames, colours, darken, lighten } from './palette.ts';
import type { DrawnScene } from './scene.ts';
import { finishScene, paintGrain } from './scene.ts';
import { paintSingleThing } from './single-thing.ts';
import { paintSurface, surfaces } from './surface.ts';

export function drawEmptyScene(random: Random, { theme, longSide = 480 }: RandomSceneOptions): DrawnScene {
  const canvas = newCanvas(Math.round(longSide * random.pick([0.667, 0.75, 1])), longSide);
  const isPlace = random.chance(0.4);
  if (isPlace) paintBackdrop(canvas, random.pick(backdrops[theme]), random, random.between(0.6, 0.85));
  else paintSurface(canvas, random.pick(surfaces[theme]), random);
  // The demo's pictures stay unlike what is trained on, and can be used to test it.
  if (theme === 'training' && random.chance(0.8))
    random.pick([paintClutter, paintClutter, paintSingleThing])(canvas, random);
  else if (!isPlace) {
    const count = random.below(6);
    for (let index = 0; index < count; index++) paintThing(canvas, random);
  }
  paintGrain(canvas, random.below(997));
  return finishScene(canvas, []);
}

/** A cup, a book, a sprig or a box, seen from above. */
function paintThing(canvas: Canvas, random: Random): void {
  const { width, height, marks } = canvas;
  const size = Math.min(width, height) * random.between(0.05, 0.13);
  const at = {
    x: random.between(0.1, 0.9) * width,
    y: random.between(0.1, 0.9) * height,
    scale: size,
    rotate: random.between(0, 360),
  };
  const colour = colours[random.pick(colourNames)];
  const shape = (points: readonly Point[], fill: string) =>
    `<path d="${pathData(place(points, at))}" fill="${fill}" stroke="#1a1620" stroke-opacity=".25"/>`;
  const shadow = (points: readonly Point[]) =>
    `<path d="${pathData(place(points, { ...at, x: at.x + size * 0.12, y: at.y + size * 0.18 }))}" opacity=".4" filter="url(#${shadowBlur(canvas, size * 0.12)})"/>`;
  const box: Point[] = [
    [-1, -0.72],
    [1, -0.72],
    [1, 0.72],
    [-1, 0.72],
  ];
  switch (random.below(4)) {
    case 0: {
      const handle = ellipse(1.05, 0, 0.36, 0.28);
      marks.push(
        shadow(ellipse(0, 0, 1, 1)),
        shape(handle, colour),
        shape(ellipse(0, 0, 1, 1), colour),
        shape(ellipse(0, 0, 0.82, 0.82), darken(colour, 0.3)),
        shape(ellipse(0, 0, 0.8, 0.8), '#5a3a24'),
      );
      return;
    }
    case 1: {
      const pages = box.map(([x, y]) => [x * 1.02 + 0.03, y * 1.03 + 0.03] as const);
      marks.push(
        shadow(box),
        shape(pages, '#efe9dc'),
        shape(box, colour),
        shape(
          [
            [-0.9, -0.72],
            [-0.8, -0.72],
            [-0.8, 0.72],
            [-0.9, 0.72],
          ],
          darken(colour, 0.3),
        ),
        shape(
          [
            [-0.4, -0.3],
            [0.6, -0.3],
            [0.6, -0.14],
            [-0.4, -0.14],
          ],
          lighten(colour, 0.6),
        ),
      );
      return;
    }
    case 2: {
      const green = random.pick(['#6f8a62', '#87a07a', '#56704f']);
      const [a, b] = [place([[-1.6, 0]], at)[0], place([[1.6, 0.1]], at)[0]];
      marks.push(
        `<path d="M${round(a[0])} ${round(a[1])}L${round(b[0])} ${round(b[1])}" stroke="${darken(green, 0.3)}" stroke-width="${round(size * 0.07)}"/>`,
      );
      for (let leaf = 0; leaf < 9; leaf++) {
        const [x, side] = [-1.4 + leaf * 0.34, leaf % 2 === 0 ? 1 : -1];
        const blade = smooth(
          [
            [x, 0],
            [x + 0.2, side * 0.4],
            [x + 0.6, side * 0.72],
            [x + 0.4, side * 0.2],
          ],
          { closed: true, steps: 4 },
        );
        marks.push(shadow(blade), shape(blade, lighten(green, random.between(0, 0.25))));
      }
      return;
    }
    default:
      marks.push(
        shadow(box),
        shape(box, colour),
        shape(
          box.map(([x, y]) => [x * 0.86, y * 0.8] as const),
          random.chance(0.5) ? '#22242a' : lighten(colour, 0.4),
        ),
      );
  }
}
