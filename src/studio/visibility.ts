/**
 * @file Which pixels of a scene show which garment: a scan-line fill of outlines in painter's order.
 *
 * The boxes of a scene are read from here, so that what hangs over a garment (an open jacket, a bag, hair) cuts its
 * box as it cuts the picture.
 */
import type { Point, Polyline } from './geometry.ts';

/** Finest step of the map, in pixels: boxes are exact to half of it. */
const STEP = 0.5;

export interface VisibilityMap {
  /** Columns and rows of half pixels. */
  readonly columns: number;
  readonly rows: number;
  /** `[rows * columns]`: -1 nothing or scenery, otherwise the garment's index. */
  readonly owners: Int16Array;
}

export function emptyMap(width: number, height: number): VisibilityMap {
  const columns = Math.round(width / STEP);
  const rows = Math.round(height / STEP);
  return { columns, rows, owners: new Int16Array(columns * rows).fill(-1) };
}

/** Paints the inside of a closed outline (even-odd) with an owner; -1 hides what lies below. */
export function paint(map: VisibilityMap, outline: Polyline, owner: number): void {
  const ys = outline.map(([, y]) => y / STEP);
  const first = Math.max(0, Math.ceil(Math.min(...ys) - 0.5));
  const last = Math.min(map.rows - 1, Math.floor(Math.max(...ys) - 0.5));
  const crossings: number[][] = Array.from({ length: Math.max(0, last - first + 1) }, () => []);
  for (let index = 0; index < outline.length; index++) {
    addCrossings(crossings, first, outline[index] as Point, outline[(index + 1) % outline.length] as Point);
  }
  crossings.forEach((xs, offset) => {
    xs.sort((a, b) => a - b);
    const start = (first + offset) * map.columns;
    for (let pair = 0; pair + 1 < xs.length; pair += 2) {
      const from = Math.max(0, Math.ceil((xs[pair] as number) - 0.5));
      const to = Math.min(map.columns - 1, Math.floor((xs[pair + 1] as number) - 0.5));
      if (to >= from) map.owners.fill(owner, start + from, start + to + 1);
    }
  });
}

function addCrossings(crossings: number[][], first: number, [ax, ay]: Point, [bx, by]: Point): void {
  if (ay === by) return;
  const [x1, y1, x2, y2] = ay < by ? [ax, ay, bx, by] : [bx, by, ax, ay];
  const top = Math.max(first, Math.ceil(y1 / STEP - 0.5));
  const bottom = Math.min(first + crossings.length - 1, Math.ceil(y2 / STEP - 0.5) - 1);
  for (let row = top; row <= bottom; row++) {
    const y = (row + 0.5) * STEP;
    crossings[row - first]?.push((x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) / STEP);
  }
}

export interface VisibleArea {
  /** Continuous pixel edges. */
  readonly box: [number, number, number, number];
  /** Square pixels. */
  readonly area: number;
}

/** Box and area of each owner `0..count-1`; null where nothing of it is seen. */
export function visibleAreas(map: VisibilityMap, count: number): (VisibleArea | null)[] {
  const boxes = Array.from({ length: count }, () => [Infinity, Infinity, -Infinity, -Infinity, 0]);
  for (let row = 0, cell = 0; row < map.rows; row++) {
    for (let column = 0; column < map.columns; column++, cell++) {
      const box = boxes[map.owners[cell] as number];
      if (box === undefined) continue;
      box[0] = Math.min(box[0] as number, column);
      box[1] = Math.min(box[1] as number, row);
      box[2] = Math.max(box[2] as number, column + 1);
      box[3] = Math.max(box[3] as number, row + 1);
      box[4] = (box[4] as number) + 1;
    }
  }
  return boxes.map(([x1, y1, x2, y2, cells]) =>
    cells === 0
      ? null
      : {
          box: [x1, y1, x2, y2].map((edge) => (edge as number) * STEP) as [number, number, number, number],
          area: (cells as number) * STEP * STEP,
        },
  );
}
