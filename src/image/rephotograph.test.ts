import { expect, test } from 'vitest';
import { Random } from '../random/random.ts';
import { plainFrame } from './photo.ts';
import { cropGround, type RephotographConfig, rephotograph, standardRephotograph } from './rephotograph.ts';

const red: readonly [number, number, number] = [200, 0, 0];
/** A red garment of 20 x 40 on blue. */
const garment = () => {
  const [width, height] = [60, 80];
  const pixels = new Uint8Array(width * height * 3);
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= 20 && x < 40 && y >= 20 && y < 60;
      pixels.set(inside ? red : [0, 0, 255], 3 * (y * width + x));
      mask[y * width + x] = inside ? 255 : 0;
    }
  }
  return { photo: { width, height, pixels }, mask: { width, height, pixels: mask }, box: [20, 20, 40, 60] as const };
};

const still: RephotographConfig = {
  ...standardRephotograph,
  ...{
    width: 100,
    height: 100,
    size: [0.5, 0.5],
    degrees: 0,
    tilt: 0,
    light: [1, 1],
    tint: 0,
    gamma: [1, 1],
    outOfView: 0,
  },
};

const taken = (config: RephotographConfig, seed: number) =>
  rephotograph(garment(), plainFrame(config.width, config.height, [0, 255, 0]), config, new Random(seed));

test('a garment that is neither turned nor lit keeps its colour and proportions, and brings no old ground along', () => {
  const { frame, box } = taken(still, 1);
  const [x1, y1, x2, y2] = box;
  expect([x2 - x1, y2 - y1]).toEqual([expect.closeTo(25, 4), expect.closeTo(50, 4)]);
  const at = 3 * (Math.floor((y1 + y2) / 2) * 100 + Math.floor((x1 + x2) / 2));
  expect([...frame.pixels.slice(at, at + 3)]).toEqual([200, 0, 0]);
  for (let pixel = 0; pixel < frame.pixels.length; pixel += 3) expect(frame.pixels[pixel + 2]).toBeLessThan(64);
});

test('the box is around what was drawn, whatever was done to it', () => {
  const config = { ...standardRephotograph, width: 120, height: 150 };
  for (let seed = 0; seed < 20; seed++) {
    const { frame, box } = taken(config, seed);
    const [xs, ys]: [number[], number[]] = [[], []];
    for (let pixel = 0; pixel < frame.pixels.length / 3; pixel++) {
      if (frame.pixels[3 * pixel + 1] > 128) continue;
      xs.push(pixel % config.width);
      ys.push(Math.floor(pixel / config.width));
    }
    const drawn = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
    // A pixel of the mask is up to seven here, and edges are drawn in.
    for (const [side, edge] of drawn.entries()) expect(Math.abs(edge - box[side])).toBeLessThan(10);
  }
});

test('the same seed takes the same picture, another seed another', () => {
  const small = { ...standardRephotograph, width: 40, height: 50 };
  expect(taken(small, 5)).toEqual(taken(small, 5));
  expect(taken(small, 5).box).not.toEqual(taken(small, 6).box);
});

test('a ground shows what surrounds the garment', () => {
  const { photo, box } = garment();
  const frame = cropGround(photo, Float32Array.from(box), { width: 30, height: 40 }, new Random(2));
  let seen = 0;
  for (let at = 0; at < frame.pixels.length; at += 3) if (frame.pixels[at] > 100) seen += 1;
  expect(seen / (30 * 40)).toBeLessThan(0.1);
});
