/** @file Boxes with label chips as an SVG layer over a photo. */
import { type BoxTuple, mapEdges } from '../boxes/boxes.ts';
import { colourOfClass } from './class-colours.ts';
import { type Font, fitText, svgText, textWidth } from './svg-text.ts';

export interface LabelledBox {
  /** Pixels of the photo. */
  readonly box: BoxTuple;
  readonly label: string | null;
  readonly score: number | null;
  /** In place of the class's. */
  readonly colour?: string;
  /** In place of label and score. */
  readonly text?: string;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The layer, of the size of the picture that it lies on.
 *
 * @param scale pixels of that picture to one of the photo
 */
export function boxesSvg(
  boxes: readonly LabelledBox[],
  options: {
    readonly width: number;
    readonly height: number;
    readonly scale: number;
    readonly classes: readonly string[];
    readonly font: Font;
  },
): string {
  const { width, height } = options;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxElements(boxes, options)}</svg>`;
}

/** The boxes alone, to be placed in a larger drawing. Chips keep clear of each other where there is room. */
export function boxElements(
  boxes: readonly LabelledBox[],
  {
    width,
    height,
    scale,
    classes,
    font,
  }: {
    readonly width: number;
    readonly height: number;
    readonly scale: number;
    readonly classes: readonly string[];
    readonly font: Font;
  },
): string {
  const size = Math.max(13, Math.min(60, Math.sqrt(width * height) / 42));
  const stroke = Math.max(2, size / 6);
  const frames: string[] = [];
  const chips: string[] = [];
  const taken: Rectangle[] = [];
  for (const { box, label, score, ...own } of boxes) {
    const [x1, y1, x2, y2] = mapEdges(box, (edge) => edge * scale);
    const colour = own.colour ?? colourOfClass(label, classes);
    // Inside the picture even where the box touches its edge.
    const frame = insideOf({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, width, height, stroke);
    const rectangle = (line: number, paint: string, opacity: number) =>
      `<rect ${attributes(frame)} rx="${r(stroke * 1.5)}" fill="none" stroke="${paint}" stroke-opacity="${opacity}" stroke-width="${r(line)}"/>`;
    frames.push(rectangle(stroke + 2, '#ffffff', 0.75), rectangle(stroke, colour, 1));
    const style = { size, font, isBold: true };
    const words =
      score === null ? (label ?? 'whole picture') : `${label ?? 'whole picture'} ${Math.round(score * 100)}%`;
    const text = fitText(own.text ?? words, width - 2 * size, style);
    const chip = placeChip(frame, { width: textWidth(text, style) + size, height: size * 1.6 }, taken, {
      width,
      height,
    });
    taken.push(chip);
    chips.push(
      `<rect ${attributes(chip)} rx="${r(size * 0.35)}" fill="${colour}" stroke="#ffffff" stroke-opacity="0.75"/>`,
      svgText(text, { ...style, x: chip.x + size / 2, baseline: chip.y + size * 1.16, fill: '#ffffff' }),
    );
  }
  return frames.join('') + chips.join('');
}

/** Above the box, inside its top, below it, inside its bottom, then down its left edge: the first that is free. */
function placeChip(
  frame: Rectangle,
  chip: { readonly width: number; readonly height: number },
  taken: readonly Rectangle[],
  picture: { readonly width: number; readonly height: number },
): Rectangle {
  const x = Math.max(0, Math.min(frame.x, picture.width - chip.width));
  const steps = Math.max(0, Math.floor(frame.height / chip.height));
  const heights = [
    frame.y - chip.height,
    frame.y,
    frame.y + frame.height,
    frame.y + frame.height - chip.height,
    ...Array.from({ length: steps }, (_, step) => frame.y + step * chip.height),
  ];
  const places = heights
    .filter((y) => y >= 0 && y + chip.height <= picture.height)
    .map((y): Rectangle => ({ x, y, ...chip }));
  const fallback = { x, y: Math.max(0, Math.min(frame.y, picture.height - chip.height)), ...chip };
  return places.find((place) => taken.every((other) => !overlap(place, other))) ?? places[0] ?? fallback;
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function insideOf(box: Rectangle, width: number, height: number, stroke: number): Rectangle {
  const margin = stroke / 2 + 1;
  const x = Math.max(margin, box.x);
  const y = Math.max(margin, box.y);
  return {
    x,
    y,
    width: Math.max(1, Math.min(width - margin, box.x + box.width) - x),
    height: Math.max(1, Math.min(height - margin, box.y + box.height) - y),
  };
}

function attributes({ x, y, width, height }: Rectangle): string {
  return `x="${r(x)}" y="${r(y)}" width="${r(width)}" height="${r(height)}"`;
}

function r(value: number): number {
  return Math.round(value * 100) / 100;
}
