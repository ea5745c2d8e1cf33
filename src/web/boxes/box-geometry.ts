/**
 * @file Boxes as a shopper moves them: `[x1, y1, x2, y2]` in pixels of the photo that was sent, never outside it.
 */
import type { Box } from '../../client/client.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners by the edges that they move: left or right, top or bottom. */
export const corners = ['nw', 'ne', 'sw', 'se'] as const;
export type Corner = (typeof corners)[number];

/** Smaller ones hold no garment that a network could see, and cannot be touched. */
const smallestShare = 0.04;

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The least side that a box of this photo may have. */
export function smallestSide({ width, height }: Size): number {
  return smallestShare * Math.max(width, height);
}

/** Keeps its size; stops at the edges of the photo. */
export function moveBox([x1, y1, x2, y2]: Box, by: Point, photo: Size): Box {
  const dx = clamp(by.x, -x1, photo.width - x2);
  const dy = clamp(by.y, -y1, photo.height - y2);
  return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
}

/** Moves one corner; it does not pass the opposite one. */
export function resizeBox([x1, y1, x2, y2]: Box, corner: Corner, by: Point, photo: Size): Box {
  const least = smallestSide(photo);
  const isLeft = corner.endsWith('w');
  const isTop = corner.startsWith('n');
  return [
    isLeft ? clamp(x1 + by.x, 0, Math.max(0, x2 - least)) : x1,
    isTop ? clamp(y1 + by.y, 0, Math.max(0, y2 - least)) : y1,
    isLeft ? x2 : clamp(x2 + by.x, Math.min(photo.width, x1 + least), photo.width),
    isTop ? y2 : clamp(y2 + by.y, Math.min(photo.height, y1 + least), photo.height),
  ];
}

/** The box that a drag from one point to another draws; null where it is too small to be meant. */
export function boxBetween(from: Point, to: Point, photo: Size): Box | null {
  const x1 = clamp(Math.min(from.x, to.x), 0, photo.width);
  const x2 = clamp(Math.max(from.x, to.x), 0, photo.width);
  const y1 = clamp(Math.min(from.y, to.y), 0, photo.height);
  const y2 = clamp(Math.max(from.y, to.y), 0, photo.height);
  const least = smallestSide(photo);
  return x2 - x1 < least || y2 - y1 < least ? null : [x1, y1, x2, y2];
}

/** Where a box starts that is drawn by keyboard: the middle half of the photo. */
export function middleBox({ width, height }: Size): Box {
  return [width / 4, height / 4, (3 * width) / 4, (3 * height) / 4];
}

/** What an arrow key does: 2 % of the photo's long side a press; null for other keys. */
export function arrowStep(key: string, { width, height }: Size): Point | null {
  const step = 0.02 * Math.max(width, height);
  if (key === 'ArrowLeft') return { x: -step, y: 0 };
  if (key === 'ArrowRight') return { x: step, y: 0 };
  if (key === 'ArrowUp') return { x: 0, y: -step };
  return key === 'ArrowDown' ? { x: 0, y: step } : null;
}

export function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

/**
 * Which box a tap means: the smallest that holds the point; tapped again, the next larger one, for a tee lies in its jacket.
 *
 * @returns an index of `boxes`, or -1 where none holds the point
 */
export function boxAt(point: Point, boxes: readonly Box[], chosen: number): number {
  const holding = boxes
    .map((box, index) => ({ box, index }))
    .filter(({ box: [x1, y1, x2, y2] }) => point.x >= x1 && point.x <= x2 && point.y >= y1 && point.y <= y2)
    .sort((a, b) => areaOf(a.box) - areaOf(b.box));
  if (holding.length === 0) return -1;
  const at = holding.findIndex(({ index }) => index === chosen);
  return holding[(at + 1) % holding.length].index;
}
