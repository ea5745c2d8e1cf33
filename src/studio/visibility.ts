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
    addCrossings(crossings, first, outline[index], outline[(index + 1) % outline.length]);
  }
  crossings.forEach((xs, offset) => {
    xs.sort((a, b) => a - b);
    const start = (first + offset) * map.columns;
    for (let pair = 0; pair + 1 < xs.length; pair += 2) {
      const from = Math.max(0, Math.ceil(xs[pair] - 0.5));
      const to = Math.min(map.columns - 1, Math.floor(xs[pair + 1] - 0.5));
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
  /** Square pixels, specks included. */
  readonly area: number;
}

/** Pieces below this share of a garment's visible area do not stretch its box: as the street photos' labels were made. */
const SPECK = 0.08;

/** A stretch of one row, and the piece that it belongs to (union-find over runs). */
interface Run {
  readonly owner: number;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  piece: number;
}

/** Box and area of each owner `0..count-1`; null where nothing of it is seen. */
export function visibleAreas(map: VisibilityMap, count: number): (VisibleArea | null)[] {
  const runs = connectedRuns(map);
  const pieceSizes = new Float64Array(runs.length);
  const areas = new Float64Array(count);
  runs.forEach((run, index) => {
    run.piece = rootOf(runs, index);
    const size = run.to - run.from;
    pieceSizes[run.piece] += size;
    areas[run.owner] += size;
  });
  const boxes = Array.from({ length: count }, () => [Infinity, Infinity, -Infinity, -Infinity] as VisibleArea['box']);
  for (const { owner, row, from, to, piece } of runs) {
    if (pieceSizes[piece] < SPECK * areas[owner]) continue;
    const box = boxes[owner];
    box[0] = Math.min(box[0], from * STEP);
    box[1] = Math.min(box[1], row * STEP);
    box[2] = Math.max(box[2], to * STEP);
    box[3] = Math.max(box[3], (row + 1) * STEP);
  }
  return boxes.map((box, owner) => (box[0] === Infinity ? null : { box, area: areas[owner] * STEP * STEP }));
}

/** Every run of an owner, joined with the runs of the same owner that it touches in the row above. */
function connectedRuns({ columns, rows, owners }: VisibilityMap): Run[] {
  const runs: Run[] = [];
  let above = 0;
  let current = 0;
  for (let row = 0; row < rows; row++) {
    [above, current] = [current, runs.length];
    const start = row * columns;
    for (let column = 0; column < columns; ) {
      const owner = owners[start + column];
      const from = column;
      do column++;
      while (column < columns && owners[start + column] === owner);
      if (owner >= 0) runs.push({ owner, row, from, to: column, piece: runs.length });
    }
    for (let index = current, over = above; index < runs.length && over < current; ) {
      const [a, b] = [runs[index], runs[over]];
      if (a.owner === b.owner && a.from < b.to && b.from < a.to) join(runs, index, over);
      if (a.to < b.to) index++;
      else over++;
    }
  }
  return runs;
}

function rootOf(runs: readonly Run[], index: number): number {
  let root = index;
  while (runs[root].piece !== root) root = runs[root].piece;
  return root;
}

function join(runs: readonly Run[], a: number, b: number): void {
  const [rootA, rootB] = [rootOf(runs, a), rootOf(runs, b)];
  runs[Math.max(rootA, rootB)].piece = Math.min(rootA, rootB);
}
