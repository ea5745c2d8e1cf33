/**
 * @file Plane maps as 3 x 3 matrices, row-major: turning, mirroring, scaling, tilting, and any chain of them.
 *
 * Coordinates are continuous, as in `boxes/boxes.ts`.
 */

/** `[a, b, c, d, e, f, g, h, i]`: x' = (ax + by + c) / w, y' = (dx + ey + f) / w, w = gx + hy + i. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

export const identity: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** The map that applies the given ones from the first to the last. */
export function chain(...maps: readonly Homography[]): Homography {
  return maps.reduce((before, after) => multiply(after, before), identity);
}

/** `invert(m)` undoes m. The matrix must not be singular. */
export function invert([a, b, c, d, e, f, g, h, i]: Homography): Homography {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const scaled = (cofactor: number) => cofactor / determinant;
  // biome-ignore format: a matrix
  return [
    scaled(e * i - f * h), scaled(c * h - b * i), scaled(b * f - c * e),
    scaled(f * g - d * i), scaled(a * i - c * g), scaled(c * d - a * f),
    scaled(d * h - e * g), scaled(b * g - a * h), scaled(a * e - b * d),
  ];
}

/** Where a point goes. */
export function mapPoint([a, b, c, d, e, f, g, h, i]: Homography, x: number, y: number): [number, number] {
  const w = g * x + h * y + i;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
}

export function translation(x: number, y: number): Homography {
  return [1, 0, x, 0, 1, y, 0, 0, 1];
}

export function scaling(x: number, y: number): Homography {
  return [x, 0, 0, 0, y, 0, 0, 0, 1];
}

/** About the origin, clockwise as y points down. */
export function rotation(degrees: number): Homography {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
}

/** Leans the plane away from the viewer about the origin; x and y are per pixel. */
export function tilt(x: number, y: number): Homography {
  return [1, 0, 0, 0, 1, 0, x, y, 1];
}

/** Whether the map keeps lines along the axes along the axes. */
export function isAxisAligned([, b, , d, , , g, h]: Homography): boolean {
  return b === 0 && d === 0 && g === 0 && h === 0;
}

/** How many pixels of output a pixel of input becomes at a point, along one side. */
export function magnification([a, b, c, d, e, f, g, h, i]: Homography, x: number, y: number): number {
  const w = g * x + h * y + i;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return Math.sqrt(Math.abs(determinant / w ** 3));
}

function multiply(m: Homography, n: Homography): Homography {
  const at = (row: number, column: number) =>
    m[3 * row] * n[column] + m[3 * row + 1] * n[column + 3] + m[3 * row + 2] * n[column + 6];
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}
