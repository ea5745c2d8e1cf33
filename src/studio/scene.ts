/** @file What a drawn picture says about itself, and the settings that every scene shares. */
import type { Canvas } from './canvas.ts';
import { define, toSvg } from './canvas.ts';
import type { GarmentLabel } from './cut.ts';
import type { GarmentAttributes, GarmentSpec } from './garment.ts';
import { attributesOf } from './garment.ts';
import { visibleAreas } from './visibility.ts';

export interface DrawnGarment {
  readonly label: GarmentLabel;
  /** `[x1, y1, x2, y2]` pixels of the picture, around what is seen of the garment, exact to half a pixel. */
  readonly box: readonly [number, number, number, number];
  /** Square pixels that are seen. */
  readonly area: number;
  readonly attributes: GarmentAttributes;
  readonly spec: GarmentSpec;
}

export interface DrawnScene {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly garments: readonly DrawnGarment[];
}

/** A garment of which less than this share of the picture is seen has no box: nobody would name it. */
const LEAST_SHARE = 0.0006;

/** Reads the boxes from the canvas and closes the drawing; `specs[i]` was painted by owner `i`. */
export function finishScene(canvas: Canvas, specs: readonly GarmentSpec[]): DrawnScene {
  const { width, height } = canvas;
  const areas = visibleAreas(canvas.map, specs.length);
  const garments = specs.flatMap((spec, index) => {
    const seen = areas[index];
    if (!seen || seen.area < width * height * LEAST_SHARE) return [];
    return [{ label: spec.label, box: seen.box, area: seen.area, attributes: attributesOf(spec), spec }];
  });
  return { svg: toSvg(canvas), width, height, garments };
}

/** Fine grain over the whole picture, as film has; a small tile, so that it costs little. */
export function paintGrain(canvas: Canvas, seed: number, opacity = 0.1): void {
  const filter = define(
    canvas,
    'grain filter',
    (id) =>
      `<filter id="${id}" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB"><feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="1" seed="${Math.abs(seed) % 997}" stitchTiles="stitch"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 2.4 0 0 0 -.7"/></filter>`,
  );
  const dark = define(
    canvas,
    'grain',
    (id) =>
      `<pattern id="${id}" width="128" height="128" patternUnits="userSpaceOnUse"><rect width="128" height="128" filter="url(#${filter})"/></pattern>`,
  );
  canvas.marks.push(
    `<rect width="${canvas.width}" height="${canvas.height}" fill="url(#${dark})" opacity="${opacity}"/>`,
  );
}
