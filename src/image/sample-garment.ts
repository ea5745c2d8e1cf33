/**
 * @file Points of a box that lie on the garment rather than on what is behind it.
 *
 * Shapes: S points a side of the grid over the box.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { colourDistance, type Lab, writeLab } from './lab.ts';
import type { Photo } from './photo.ts';

/** S: 4,096 points give shares to about a percent, and two a stripe of a thirtieth of the box. */
const gridSide = 64;
/**
 * Delta E up to which a point has the colour of the ground: paper with its shading, not a pale garment on it. By eye on
 * drawn flat lays; below the 13.4 within which one dye varies (`dominant-colours.ts`), or pale cloth would be ground.
 */
const groundDistance = 9;
/**
 * Share of the photo's edge that must have one colour for the ground to count as plain: a garment that is cut off may
 * hold one side of four and more, but not half of the edge.
 */
const plainShare = 0.6;
/**
 * Where less than this is left, the garment has the colour of the ground, and everything counts. By judgement: boxes are
 * tight, so that hardly any garment fills so little of its own.
 */
const leastShare = 0.1;
/** An ellipse that touches the sides of a box of 1 x 1: its half axes, squared. */
const ellipseRadius2 = 0.25;

/** Colours at points of a grid over a box. */
export interface GarmentSample {
  readonly columns: number;
  readonly rows: number;
  /** `[rows * columns, 3]` float64, L*a*b*, row by row. */
  readonly colours: Float64Array;
  /** `[rows * columns]` uint8: 1 on the garment. */
  readonly isGarment: Uint8Array;
}

/**
 * Looks at a box: one pixel in the middle of each cell of a grid, so that stripes stay two colours.
 *
 * Where the edge of the photo is plain, what has its colour and reaches the edge of the box is ground, holes in the
 * garment are not. Elsewhere the ellipse in the box counts as the garment: corners of boxes seldom hold any.
 *
 * @param box in pixels of the photo; what lies outside of it is not looked at
 */
export function sampleGarment(photo: Photo, box: BoxTuple): GarmentSample {
  const [left, right] = pixelRange(box[0], box[2], photo.width);
  const [top, bottom] = pixelRange(box[1], box[3], photo.height);
  const columns = Math.min(gridSide, right - left);
  const rows = Math.min(gridSide, bottom - top);
  const colours = new Float64Array(3 * rows * columns);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const y = top + Math.floor(((row + 0.5) * (bottom - top)) / rows);
    for (let column = 0; column < columns; column++) {
      const x = left + Math.floor(((column + 0.5) * (right - left)) / columns);
      writeColour(photo, x, y, colours, at);
      at += 3;
    }
  }
  const grid = { columns, rows, colours };
  const ground = plainGround(photo);
  const isGarment = ground === null ? ellipse(grid) : withoutGround(grid, ground);
  const count = isGarment.reduce((sum, flag) => sum + flag, 0);
  return { ...grid, isGarment: count < leastShare * isGarment.length ? isGarment.fill(1) : isGarment };
}

/** The colour of a photo's edge; null where it has several. */
function plainGround(photo: Photo): Lab | null {
  const { width, height } = photo;
  const edge = new Float64Array(3 * 4 * gridSide);
  for (let step = 0; step < gridSide; step++) {
    const x = Math.floor(((step + 0.5) * width) / gridSide);
    const y = Math.floor(((step + 0.5) * height) / gridSide);
    writeColour(photo, x, 0, edge, 12 * step);
    writeColour(photo, x, height - 1, edge, 12 * step + 3);
    writeColour(photo, 0, y, edge, 12 * step + 6);
    writeColour(photo, width - 1, y, edge, 12 * step + 9);
  }
  const middle: Lab = [medianOf(edge, 0), medianOf(edge, 1), medianOf(edge, 2)];
  let near = 0;
  for (let at = 0; at < edge.length; at += 3) if (isNear(edge, at, middle)) near += 1;
  return near >= plainShare * 4 * gridSide ? middle : null;
}

function medianOf(colours: Float64Array, axis: 0 | 1 | 2): number {
  const values = Float64Array.from({ length: colours.length / 3 }, (_, index) => colours[3 * index + axis]).sort();
  return values[values.length >> 1];
}

function isNear(colours: Float64Array, at: number, colour: Lab): boolean {
  return colourDistance([colours[at], colours[at + 1], colours[at + 2]], colour) <= groundDistance;
}

type Grid = Omit<GarmentSample, 'isGarment'>;

/** Flood from the edge of the box over points of the ground's colour. */
function withoutGround({ columns, rows, colours }: Grid, ground: Lab): Uint8Array {
  const isGarment = new Uint8Array(rows * columns).fill(1);
  const waiting: number[] = [];
  const visit = (row: number, column: number) => {
    const at = row * columns + column;
    if (isGarment[at] === 0 || !isNear(colours, 3 * at, ground)) return;
    isGarment[at] = 0;
    waiting.push(at);
  };
  for (let column = 0; column < columns; column++) {
    visit(0, column);
    visit(rows - 1, column);
  }
  for (let row = 0; row < rows; row++) {
    visit(row, 0);
    visit(row, columns - 1);
  }
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const row = Math.floor(at / columns);
    const column = at % columns;
    if (row > 0) visit(row - 1, column);
    if (row + 1 < rows) visit(row + 1, column);
    if (column > 0) visit(row, column - 1);
    if (column + 1 < columns) visit(row, column + 1);
  }
  return isGarment;
}

function ellipse({ columns, rows }: Grid): Uint8Array {
  return Uint8Array.from({ length: rows * columns }, (_, at) => {
    const x = ((at % columns) + 0.5) / columns - 0.5;
    const y = (Math.floor(at / columns) + 0.5) / rows - 0.5;
    return x * x + y * y <= ellipseRadius2 ? 1 : 0;
  });
}

function writeColour({ width, pixels }: Photo, x: number, y: number, colours: Float64Array, to: number): void {
  const at = 3 * (y * width + x);
  writeLab(pixels[at], pixels[at + 1], pixels[at + 2], colours, to);
}

/** At least one pixel, within the photo. */
function pixelRange(from: number, to: number, size: number): [number, number] {
  const start = Math.max(0, Math.min(size - 1, Math.floor(from)));
  return [start, Math.max(start + 1, Math.min(size, Math.ceil(to)))];
}
