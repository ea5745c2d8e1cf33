/** @file A drawing in progress: definitions, marks, and the map of which garment each pixel shows. */
import type { VisibilityMap } from './visibility.ts';
import { emptyMap } from './visibility.ts';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly definitions: string[];
  readonly marks: string[];
  readonly map: VisibilityMap;
  /** Definitions made so far, by what they are. */
  readonly known: Map<string, string>;
}

export function newCanvas(width: number, height: number): Canvas {
  return { width, height, definitions: [], marks: [], map: emptyMap(width, height), known: new Map() };
}

/** The id of a definition, made once for each key. */
export function define(canvas: Canvas, key: string, make: (id: string) => string): string {
  const existing = canvas.known.get(key);
  if (existing !== undefined) return existing;
  const id = `d${canvas.known.size}`;
  canvas.known.set(key, id);
  canvas.definitions.push(make(id));
  return id;
}

/** A Gaussian blur of so many pixels; working in sRGB saves librsvg two conversions of every pixel. */
export function blur(canvas: Canvas, radius: number): string {
  return blurFilter(canvas, radius, 'x="-12%" y="-12%" width="124%" height="124%"', '');
}

/** A blur whose result is clipped to the shape: nothing beyond its box is computed. */
export function innerBlur(canvas: Canvas, radius: number): string {
  return blurFilter(canvas, radius, 'x="0" y="0" width="100%" height="100%"', '');
}

/** A black blur of what is covered: one channel, a quarter of the work. */
export function shadowBlur(canvas: Canvas, radius: number): string {
  return blurFilter(canvas, radius, 'x="-12%" y="-12%" width="124%" height="124%"', 'in="SourceAlpha" ');
}

function blurFilter(canvas: Canvas, radius: number, region: string, source: string): string {
  const r = Math.max(0.3, Math.round(radius * 10) / 10);
  return define(
    canvas,
    `blur ${r} ${region} ${source}`,
    (id) =>
      `<filter id="${id}" ${region} color-interpolation-filters="sRGB"><feGaussianBlur ${source}stdDeviation="${r}"/></filter>`,
  );
}

export function toSvg({ width, height, definitions, marks }: Canvas): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${definitions.join('')}</defs>${marks.join('')}</svg>`;
}
