/** @file Turns boxes as EXIF turns photos: from the pixels as they are stored to the upright photo. */
import type { Bbox } from './finding.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a point of the stored pixels is in the upright photo. Rows 1 to 8 of EXIF's table. */
const pointRules: { readonly [orientation: number]: (x: number, y: number, stored: Size) => [x: number, y: number] } = {
  2: (x, y, { width }) => [width - x, y],
  3: (x, y, { width, height }) => [width - x, height - y],
  4: (x, y, { height }) => [x, height - y],
  5: (x, y) => [y, x],
  6: (x, y, { height }) => [height - y, x],
  7: (x, y, { width, height }) => [height - y, width - x],
  8: (x, y, { width }) => [y, width - x],
};

function turnPoint(x: number, y: number, orientation: number, stored: Size): [x: number, y: number] {
  return pointRules[orientation]?.(x, y, stored) ?? [x, y];
}

export function turnBox([x, y, width, height]: Bbox, orientation: number, stored: Size): Bbox {
  const [ax, ay] = turnPoint(x, y, orientation, stored);
  const [bx, by] = turnPoint(x + width, y + height, orientation, stored);
  return [Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay)];
}

/** Landmarks x, y, visibility, one after the other; those that are not labelled (0) stay. */
export function turnLandmarks(landmarks: readonly number[], orientation: number, stored: Size): number[] {
  const turned = [...landmarks];
  for (let at = 0; at + 2 < turned.length; at += 3) {
    if (turned[at + 2] === 0) continue;
    [turned[at], turned[at + 1]] = turnPoint(turned[at], turned[at + 1], orientation, stored);
  }
  return turned;
}

/** An outline: x, y, one after the other. */
export function turnOutline(outline: readonly number[], orientation: number, stored: Size): number[] {
  const turned = [...outline];
  for (let at = 0; at + 1 < turned.length; at += 2) {
    [turned[at], turned[at + 1]] = turnPoint(turned[at], turned[at + 1], orientation, stored);
  }
  return turned;
}
