import { describe, expect, test } from 'vitest';
import type { BoxTuple } from '../boxes/boxes.ts';
import {
  type DominantColour,
  decodeColours,
  dominantColours,
  encodeColours,
  paletteDistance,
} from './dominant-colours.ts';
import type { Photo } from './photo.ts';
import { sampleGarment } from './sample-garment.ts';

type Rgb = readonly [number, number, number];
const [white, red, navy, grass]: Rgb[] = [
  [255, 255, 255],
  [200, 30, 40],
  [20, 30, 90],
  [60, 140, 50],
] as const;

/** 100 x 120, each pixel by its place. */
function paint(colourAt: (x: number, y: number) => Rgb): Photo {
  const [width, height] = [100, 120];
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set(colourAt(x, y), 3 * (y * width + x));
  return { width, height, pixels };
}

const inside = (x: number, y: number) => x >= 20 && x < 80 && y >= 20 && y < 100;
const all = [0, 0, 100, 120] as const;
const coloursIn = (photo: Photo, box: BoxTuple) => dominantColours(sampleGarment(photo, box));

describe('the colours of a garment', () => {
  test('on a plain ground are those of the garment alone', () => {
    const photo = paint((x, y) => (inside(x, y) ? red! : white!));
    expect(coloursIn(photo, all)).toEqual([{ hex: '#c81e28', share: 1 }]);
  });

  test('stripes are two, with their shares', () => {
    const photo = paint((x, y) => (!inside(x, y) ? white! : y % 8 < 2 ? navy! : red!));
    const colours = coloursIn(photo, [20, 20, 80, 100]);
    expect(colours.map(({ hex }) => hex)).toEqual(['#c81e28', '#141e5a']);
    expect(colours[0].share).toBeCloseTo(0.75, 1);
  });

  test('a white garment on white, and a hole in another, are not ground', () => {
    expect(
      coloursIn(
        paint(() => white!),
        all,
      ),
    ).toEqual([{ hex: '#ffffff', share: 1 }]);
    const hole = paint((x, y) => (!inside(x, y) || Math.hypot(x - 50, y - 60) < 20 ? white! : red!));
    expect(coloursIn(hole, all).map(({ hex }) => hex)).toEqual(['#c81e28', '#ffffff']);
  });

  test('where the ground is not plain, the middle of the box counts', () => {
    const photo = paint((x, y) => (Math.hypot(x - 50, (y - 60) * 0.83) < 48 ? red! : (x + y) % 2 ? grass! : navy!));
    const [first] = coloursIn(photo, all);
    expect(first!.hex).toBe('#c81e28');
    expect(first!.share).toBeGreaterThan(0.9);
  });

  test('folds of one cloth are one colour; the same photo always has the same', () => {
    const photo = paint((x, y) => (inside(x, y) ? [200 - (x % 9), 30 + (y % 7), 40] : white!));
    const colours = coloursIn(photo, all);
    expect(colours).toHaveLength(1);
    expect(coloursIn(photo, all)).toEqual(colours);
  });

  test('boxes of a pixel, outside of the photo or inside out have colours', () => {
    const photo = paint(() => red!);
    for (const box of [
      [5, 5, 5, 5],
      [500, 500, 600, 600],
      [-9, -9, -3, -3],
      [50, 50, 20, 20],
    ] as const)
      expect(coloursIn(photo, box)).toEqual([{ hex: '#c81e28', share: 1 }]);
  });
});

test('the text form comes back as it was; anything else is none', () => {
  const colours = [
    { hex: '#aabbcc', share: 0.61 },
    { hex: '#ddeeff', share: 0.39 },
  ];
  expect(encodeColours(colours)).toBe('#aabbcc:0.61 #ddeeff:0.39');
  expect(decodeColours(encodeColours(colours))).toEqual(colours);
  const long = Array.from({ length: 1000 }, () => '#aabbcc:0.10').join(' ');
  for (const text of ['', 'red', '#aabbcc', '#aabbcc:9.99', '#aabbcc:0.00', '#AABBCC:0.50', '#aabbcc:0.61 ', long])
    expect(decodeColours(text), text.slice(0, 20)).toBeNull();
});

describe('the distance of two palettes', () => {
  const of = (...colours: [string, number][]): DominantColour[] => colours.map(([hex, share]) => ({ hex, share }));

  test('is 0 for the same colours in any order, 100 from black to white, and the same both ways', () => {
    const one = of(['#c81e28', 0.7], ['#141e5a', 0.3]);
    const other = of(['#141e5a', 0.5], ['#c81e28', 0.5]);
    expect(paletteDistance(one, [...one].reverse())).toBe(0);
    expect(paletteDistance(of(['#000000', 1]), of(['#ffffff', 1]))).toBeCloseTo(100, 3);
    expect(paletteDistance(one, other)).toBeCloseTo(paletteDistance(other, one), 9);
  });

  test('counts how much must change: a fifth of the way for a fifth of the colour', () => {
    const whole = paletteDistance(of(['#c81e28', 1]), of(['#141e5a', 1]));
    const part = paletteDistance(of(['#c81e28', 0.7], ['#141e5a', 0.3]), of(['#c81e28', 0.5], ['#141e5a', 0.5]));
    expect(part).toBeCloseTo(whole / 5, 6);
  });

  test('of nothing is not a number', () => {
    expect(paletteDistance([], of(['#000000', 1]))).toBeNaN();
  });
});
