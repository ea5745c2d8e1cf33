/** @file Paints parts on a canvas: cloth, weave, soft shading, folds, seams, and the shadow that they cast. */
import type { Canvas } from './canvas.ts';
import { define, innerBlur, shadowBlur } from './canvas.ts';
import type { Tile } from './fabric.ts';
import { clothTile, lightOn, weaveTile } from './fabric.ts';
import type { FabricName, GarmentSpec } from './garment.ts';
import type { Placement, Point } from './geometry.ts';
import { boundsOf, outlineOf, pathData, place, round, tube } from './geometry.ts';
import { brightness, colours, darken, lighten } from './palette.ts';
import type { Material, Part, Seam } from './part.ts';
import { paint } from './visibility.ts';

/** What parts are painted with. */
export interface Finish {
  readonly base: string;
  readonly accent: string;
  /** Leather of handles, rubber of soles. */
  readonly dark: string;
  readonly sole: string;
  readonly fabric: FabricName;
  /** Null: one colour. */
  readonly cloth: Tile | null;
  /** Definitions are shared between parts of one key. */
  readonly key: string;
}

export function finishOf(spec: GarmentSpec): Finish {
  const [base, accent] = [colours[spec.colour], colours[spec.accent]];
  const warm = spec.seed % 3;
  return {
    base,
    accent,
    dark:
      spec.label === 'bag'
        ? spec.fabric === 'leather'
          ? darken(base, 0.25)
          : ['#5b3f2c', '#2c2a2c', '#8a5f3c'][warm]
        : darken(base, 0.55),
    sole: brightness(base) > 0.75 || warm !== 0 ? '#e9e5dc' : warm === 0 ? '#b99a6f' : '#e9e5dc',
    fabric: spec.fabric,
    cloth: spec.pattern === 'plain' ? null : clothTile(spec),
    key: `${spec.label} ${spec.cut} ${spec.seed}`,
  };
}

/** Light falls from the upper left; depth of shading by how bright the cloth is. */
export function paintParts(
  canvas: Canvas,
  parts: readonly Part[],
  finish: Finish,
  placement: Placement,
  owner: number,
): void {
  for (const part of parts) {
    const outline = place(part.outline, placement);
    if (outline.length > 2) {
      paint(canvas.map, outline, owner);
      canvas.marks.push(paintPart(canvas, part, outline, finish, placement));
    } else {
      canvas.marks.push(...(part.seams ?? []).map((seam) => paintSeam(seam, finish, placement)));
    }
  }
}

function paintPart(
  canvas: Canvas,
  part: Part,
  outline: readonly Point[],
  finish: Finish,
  placement: Placement,
): string {
  const { scale } = placement;
  const d = pathData(outline);
  const shape = define(
    canvas,
    `shape ${canvas.known.size}`,
    (id) => `<path id="${id}" d="${d}"/><clipPath id="c${id}"><use href="#${id}"/></clipPath>`,
  );
  const [x1, y1, x2, y2] = boundsOf(outline);
  const fill = fillOf(canvas, part, finish, placement);
  const solid = solidOf(part.material, finish);
  const [shade, shine] = lightOn[finish.fabric];
  const volume = part.volume ?? 1;
  const bright = brightness(solid);
  const dark = darken(solid, 0.75);
  const light = lighten(solid, 0.85);
  const size = Math.min(x2 - x1, y2 - y1) / scale;
  const edge = Math.min(9, size * 0.55) * volume * scale;
  // A blur costs most of a picture's time: small trims do without.
  const soft = size * scale < 12 ? '' : ` filter="url(#${innerBlur(canvas, Math.min(1.3, size * 0.12) * scale)})"`;
  const strength = (0.34 + 0.16 * (1 - bright)) * shade * Math.min(1.2, 0.5 + volume * 0.5);
  const gloss = (0.1 + 0.16 * (1 - bright)) * shine;
  const slip = edge * 0.24;
  // Two strokes of falling width stand for one that fades inward.
  const rim = (colour: string, opacity: number, shift: number): string =>
    `<g stroke="${colour}" stroke-opacity="${fraction(opacity * 0.58)}" transform="translate(${round(shift)} ${round(shift * 0.8)})">` +
    [1.15, 0.5].map((share) => `<use href="#${shape}" stroke-width="${round(edge * share)}"/>`).join('') +
    '</g>';
  const box = `x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}"`;
  const weave =
    part.material === 'rib' ? weaveTile('rib') : part.material === 'cloth' ? weaveTile(finish.fabric) : null;
  const weaveMark =
    weave === null
      ? ''
      : `<rect ${box} fill="url(#${patternOf(canvas, weave, `${finish.key} ${part.material} weave`, part.grain ?? 0, placement)})"/>`;
  const folds = (part.folds ?? [])
    .map(({ line, width, strength: depth }) => {
      const colour = depth > 0 ? dark : light;
      const opacity = depth > 0 ? depth * 1.35 * shade : -depth * (0.5 + 0.5 * shine) * (0.6 + 0.4 * (1 - bright));
      const lens = outlineOf(
        tube(
          line,
          line.map((_, index) => width * 0.75 * Math.sin((Math.PI * (index + 0.12)) / (line.length - 0.76)) ** 0.8),
          4,
        ),
      );
      return `<path d="${pathData(place(lens, placement))}" fill="${colour}" fill-opacity="${fraction(opacity)}"/>`;
    })
    .join('');
  const seams = (part.seams ?? []).map((seam) => paintSeam(seam, finish, placement)).join('');
  return (
    `<use href="#${shape}" fill="${fill}"/><g clip-path="url(#c${shape})">${weaveMark}` +
    `<g${soft}><g fill="none">${rim(light, gloss, slip)}${rim(dark, strength, -slip)}</g>${folds}</g>` +
    `<use href="#${shape}" fill="none" stroke="${dark}" stroke-opacity=".42" stroke-width="${round(Math.max(0.5, 0.32 * scale))}"/>${seams}</g>`
  );
}

function solidOf(material: Material, finish: Finish): string {
  switch (material) {
    case 'accent':
      return finish.accent;
    case 'lining':
      return darken(finish.base, 0.42);
    case 'dark':
      return finish.dark;
    case 'metal':
      return '#b8a57a';
    case 'sole':
      return finish.sole;
    default:
      return finish.base;
  }
}

function fillOf(canvas: Canvas, part: Part, finish: Finish, placement: Placement): string {
  if (part.material !== 'cloth' || finish.cloth === null) return solidOf(part.material, finish);
  return `url(#${patternOf(canvas, finish.cloth, finish.key, part.grain ?? 0, placement)})`;
}

function patternOf(
  canvas: Canvas,
  tile: Tile,
  key: string,
  grain: number,
  { x, y, scale, rotate = 0 }: Placement,
): string {
  const turn = Math.round(grain + rotate + (tile.rotate ?? 0));
  return define(
    canvas,
    `pattern ${key} ${turn} ${round(x)} ${round(y)}`,
    (id) =>
      `<pattern id="${id}" width="${tile.width}" height="${tile.height}" patternUnits="userSpaceOnUse" patternTransform="translate(${round(x)} ${round(y)}) scale(${Math.round(scale * 1000) / 1000}) rotate(${turn})">${tile.content}</pattern>`,
  );
}

function paintSeam({ line, width, tone, dashed, filled }: Seam, finish: Finish, placement: Placement): string {
  const colour =
    tone === 'dark'
      ? darken(finish.base, 0.6)
      : tone === 'light'
        ? lighten(finish.base, brightness(finish.base) > 0.8 ? 0.9 : 0.6)
        : tone === 'metal'
          ? '#c2ae80'
          : finish.accent;
  const d = pathData(place(line, placement), filled === true);
  const { scale } = placement;
  if (filled === true)
    return `<path d="${d}" fill="${colour}" stroke="#000" stroke-opacity=".35" stroke-width="${round(Math.max(0.4, 0.18 * scale))}"/>`;
  const dash = dashed === true ? ` stroke-dasharray="${round(0.8 * scale)} ${round(0.6 * scale)}"` : '';
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-opacity="${tone === 'dark' ? 0.55 : 0.8}" stroke-linecap="round" stroke-width="${round(Math.max(0.5, width * scale))}"${dash}/>`;
}

/** A soft shadow of everything in the parts, moved by `offset` pixels; radius 0 has hard edges. */
export function castShadow(
  canvas: Canvas,
  parts: readonly Part[],
  placement: Placement,
  { offset, radius, opacity }: { offset: Point; radius: number; opacity: number },
): void {
  const shapes = parts
    .filter((part) => part.outline.length > 2)
    .map((part) => `<path d="${pathData(place(part.outline, placement))}"/>`);
  canvas.marks.push(
    `<g${radius > 0 ? ` filter="url(#${shadowBlur(canvas, radius)})"` : ''} fill="#1a1620" opacity="${fraction(opacity)}" transform="translate(${round(offset[0])} ${round(offset[1])})">${shapes.join('')}</g>`,
  );
}

const fraction = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 100) / 100;
