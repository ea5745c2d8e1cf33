/**
 * @file Polylines that stand for the outlines of everything drawn: dense points, so that a box is a minimum and a maximum.
 *
 * Body units are centimetres, y down; a scene places them in pixels with {@link place}.
 */

export type Point = readonly [x: number, y: number];
export type Polyline = readonly Point[];

/** Where body units land in a picture: `pixel = rotate(point * scale) + (x, y)`. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** Degrees, clockwise. */
  readonly rotate?: number;
  /** Mirrors x before anything else. */
  readonly flip?: boolean;
}

/** A curve through the points (Catmull-Rom, `steps` points a segment); `closed` joins the last to the first. */
export function smooth(
  points: Polyline,
  { closed = false, steps = 8 }: { closed?: boolean; steps?: number } = {},
): Point[] {
  const count = points.length;
  const at = (index: number): Point =>
    closed ? points[(index + count) % count] : points[Math.min(Math.max(index, 0), count - 1)];
  const result: Point[] = [];
  const segments = closed ? count : count - 1;
  for (let segment = 0; segment < segments; segment++) {
    const [p0, p1, p2, p3] = [at(segment - 1), at(segment), at(segment + 1), at(segment + 2)];
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      result.push([spline(p0[0], p1[0], p2[0], p3[0], t), spline(p0[1], p1[1], p2[1], p3[1], t)]);
    }
  }
  if (!closed) result.push(at(count - 1));
  return result;
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** The two long sides of a tube around a centre line, `left` and `right` of the direction of travel. */
export interface Rails {
  readonly left: Point[];
  readonly right: Point[];
}

/** A tapering tube: `halfWidths[i]` at `centre[i]`, both smoothed. */
export function tube(centre: Polyline, halfWidths: readonly number[], steps = 8): Rails {
  const line = smooth(centre, { steps });
  const widths = smooth(
    halfWidths.map((width, index) => [width, index] as const),
    { steps },
  );
  const left: Point[] = [];
  const right: Point[] = [];
  line.forEach((point, index) => {
    const before = line[Math.max(index - 1, 0)];
    const after = line[Math.min(index + 1, line.length - 1)];
    const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
    const width = widths[index][0];
    const normal = [((after[1] - before[1]) / length) * width, (-(after[0] - before[0]) / length) * width] as const;
    left.push([point[0] + normal[0], point[1] + normal[1]]);
    right.push([point[0] - normal[0], point[1] - normal[1]]);
  });
  return { left, right };
}

/** The closed outline between two rails. */
export function outlineOf({ left, right }: Rails): Point[] {
  return [...left, ...right.slice().reverse()];
}

/** The point `across` (0 left, 1 right) and `along` (0 first, 1 last) between two rails. */
export function between({ left, right }: Rails, across: number, along: number): Point {
  const a = alongLine(left, along);
  const b = alongLine(right, along);
  return mix(a, b, across);
}

/** The point at a fraction of a polyline, counted in its points. */
function alongLine(line: Polyline, along: number): Point {
  const position = Math.min(Math.max(along, 0), 1) * (line.length - 1);
  const index = Math.min(Math.floor(position), line.length - 2);
  if (index < 0) return line[0];
  return mix(line[index], line[index + 1], position - index);
}

/** The first `fraction` of a polyline by length. */
export function truncate(line: Polyline, fraction: number): Point[] {
  const total = lengthOf(line) * fraction;
  const result: Point[] = [line[0]];
  let walked = 0;
  for (let index = 1; index < line.length; index++) {
    const [a, b] = [line[index - 1], line[index]];
    const step = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (walked + step >= total) {
      result.push(mix(a, b, step === 0 ? 0 : (total - walked) / step));
      return result;
    }
    walked += step;
    result.push(b);
  }
  return result;
}

export function lengthOf(line: Polyline): number {
  let total = 0;
  for (let index = 1; index < line.length; index++) {
    const [a, b] = [line[index - 1], line[index]];
    total += Math.hypot(b[0] - a[0], b[1] - a[1]);
  }
  return total;
}

export function mix(a: Point, b: Point, t: number): Point {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
}

export function mirror(points: Polyline): Point[] {
  return points.map(([x, y]) => [-x, y] as const);
}

export function place(points: Polyline, { x, y, scale, rotate = 0, flip = false }: Placement): Point[] {
  const angle = (rotate * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  return points.map(([px, py]) => {
    const fx = flip ? -px : px;
    return [x + fx * cos - py * sin, y + fx * sin + py * cos] as const;
  });
}

/** `[x1, y1, x2, y2]` around the points. */
export function boundsOf(points: Polyline): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return box;
}

/** An ellipse as a closed polyline. */
export function ellipse(cx: number, cy: number, rx: number, ry: number, points = 28): Point[] {
  return Array.from({ length: points }, (_, index) => {
    const angle = (index / points) * 2 * Math.PI;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const;
  });
}

/** A leaf or petal from the origin outward, pointed at both ends. @param angle radians */
export function leaf(angle: number, length: number, breadth: number): Point[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const outline: Point[] = [
    [0, 0],
    [length * 0.45, -breadth],
    [length, 0],
    [length * 0.45, breadth],
  ];
  return smooth(
    outline.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos] as const),
    { closed: true, steps: 4 },
  );
}

/** SVG path data, a tenth of a pixel exact; points that a straight line would meet as well are left out. */
export function pathData(points: Polyline, closed = true): string {
  const text = withoutStraights(points)
    .map(([x, y]) => `${round(x)} ${round(y)}`)
    .join('L');
  return `M${text}${closed ? 'Z' : ''}`;
}

/** Drops points within a tenth of a pixel of the line between their neighbours, and keeps one every eight pixels. */
function withoutStraights(points: Polyline): Polyline {
  const kept: Point[] = [];
  points.forEach((point, index) => {
    const [before, after] = [kept[kept.length - 1], points[index + 1]];
    if (before !== undefined && after !== undefined) {
      const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
      const length = Math.hypot(dx, dy);
      const off = Math.abs(dx * (point[1] - before[1]) - dy * (point[0] - before[0]));
      const onward = dx * (point[0] - before[0]) + dy * (point[1] - before[1]);
      if (length < 8 && off < 0.1 * length && onward > 0 && onward < length * length) return;
    }
    kept.push(point);
  });
  return kept;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
