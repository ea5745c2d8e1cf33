/** @file A small picture that is the same to the last bit on every machine: drawn by arithmetic, without fonts, curves or files. */
import type { Photo } from '../image/photo.ts';

type Point = readonly [x: number, y: number];
type Colour = readonly [red: number, green: number, blue: number];

interface Shape {
  readonly outline: readonly Point[];
  readonly colour: Colour;
}

const width = 192;
const height = 288;

/** A tee above trousers above shoes, on a pale wall: corners in pixels, from the back to the front. */
const shapes: readonly Shape[] = [
  {
    outline: mirrored([
      [96, 122],
      [68, 124],
      [60, 254],
      [84, 256],
      [93, 160],
      [96, 158],
    ]),
    colour: [52, 74, 122],
  },
  {
    outline: mirrored([
      [96, 30],
      [84, 28],
      [62, 36],
      [36, 74],
      [54, 88],
      [64, 74],
      [64, 132],
      [96, 134],
    ]),
    colour: [188, 52, 48],
  },
  {
    outline: mirrored([
      [96, 30],
      [86, 28],
      [90, 38],
      [96, 41],
    ]),
    colour: [226, 196, 176],
  },
  {
    outline: [
      [58, 256],
      [84, 256],
      [84, 270],
      [50, 270],
      [50, 264],
    ],
    colour: [36, 32, 34],
  },
  {
    outline: [
      [134, 256],
      [108, 256],
      [108, 270],
      [142, 270],
      [142, 264],
    ],
    colour: [36, 32, 34],
  },
];

/** Samples along each side of a pixel. */
const samples = 2;

/** `192 x 288` pixels. */
export function drawCheckPicture(): Photo {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (let sample = 0; sample < samples ** 2; sample++) {
        const point: Point = [
          x + ((sample % samples) + 0.5) / samples,
          y + (Math.floor(sample / samples) + 0.5) / samples,
        ];
        const colour = shapes.findLast(({ outline }) => isInside(point, outline))?.colour;
        // Cloth has folds: broad and faint, of whole numbers only.
        const shade = colour === undefined ? 0 : ((x * 5 + y * 3) % 64 < 32 ? 1 : -1) * ((x + 2 * y) % 9);
        const wall = 232 - (y >> 4);
        for (let channel = 0; channel < 3; channel++) sum[channel] += (colour?.[channel] ?? wall) + shade;
      }
      sum.forEach((total, channel) => {
        pixels[3 * (y * width + x) + channel] = Math.floor(total / samples ** 2);
      });
    }
  }
  return { width, height, pixels };
}

/** The left half of an outline, from its top to its bottom at the middle, with its mirror image. */
function mirrored(left: readonly Point[]): Point[] {
  return [...left, ...left.toReversed().map(([x, y]): Point => [width - x, y])];
}

/** Whether a ray to the right crosses the outline an odd number of times. */
function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false;
  outline.forEach(([x1, y1], index) => {
    const [x2, y2] = outline[(index + 1) % outline.length];
    if (y1 > y === y2 > y) return;
    if (x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  });
  return inside;
}
