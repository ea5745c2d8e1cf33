import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.ts';
import {
  chain,
  type Homography,
  identity,
  invert,
  mapPoint,
  rotation,
  scaling,
  tilt,
  translation,
} from './homography.ts';
import type { Mask } from './mask.ts';
import { type Photo, plainFrame } from './photo.ts';
import { pasteInto, warpInto } from './warp.ts';

/** Smooth, so that two ways of sampling agree. */
function waves(width: number, height: number): Photo {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      pixels[at] = 128 + 100 * Math.sin(x / 9);
      pixels[at + 1] = 128 + 100 * Math.cos(y / 7);
      pixels[at + 2] = 128 + 100 * Math.sin((x + y) / 11);
    }
  }
  return { width, height, pixels };
}

describe('plane maps', () => {
  const anyMap = fc
    .tuple(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      fc.double({ min: -0.002, max: 0.002, noNaN: true }),
    )
    .map(
      ([degrees, scale, lean]): Homography =>
        chain(translation(-20, -10), rotation(degrees), tilt(lean, -lean), scaling(scale, -scale), translation(7, 3)),
    );

  it('are undone by their inverse', () => {
    fc.assert(
      fc.property(anyMap, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20 }), (map, x, y) => {
        const [backX, backY] = mapPoint(invert(map), ...mapPoint(map, x, y));
        expect(backX).toBeCloseTo(x, 6);
        expect(backY).toBeCloseTo(y, 6);
      }),
      { seed: 1 },
    );
  });

  it('turn clockwise as one looks at a picture', () => {
    const [x, y] = mapPoint(rotation(90), 1, 0);
    expect([x, y].map((value) => Math.round(value))).toEqual([0, 1]);
  });
});

describe('warping', () => {
  const photo = waves(60, 40);

  it('by the identity is a copy', () => {
    const frame = plainFrame(60, 40, [0, 0, 0]);
    warpInto(frame, photo, identity);
    expect([...frame.pixels]).toEqual([...photo.pixels]);
  });

  it('mirrors exactly', () => {
    const frame = plainFrame(60, 40, [0, 0, 0]);
    warpInto(frame, photo, [-1, 0, 60, 0, 1, 0, 0, 0, 1]);
    for (let x = 0; x < 60; x++) expect(frame.pixels[(5 * 60 + x) * 3]).toBe(photo.pixels[(5 * 60 + 59 - x) * 3]);
  });

  it('places a shrunk photo and leaves the margin alone', () => {
    const frame = plainFrame(60, 40, [9, 9, 9]);
    warpInto(
      frame,
      { width: 60, height: 40, pixels: new Uint8Array(7200).fill(200) },
      chain(scaling(0.5, 0.5), translation(10, 20)),
    );
    const at = (x: number, y: number) => frame.pixels[(y * 60 + x) * 3];
    expect([at(9, 30), at(10, 30), at(39, 30), at(40, 30), at(20, 19), at(20, 20), at(20, 39)]).toEqual([
      9, 200, 200, 9, 9, 200, 200,
    ]);
  });

  it('gives nearly the same picture turned by next to nothing, though it takes the other way', () => {
    for (const scale of [0.5, 1, 1.7]) {
      const straight = plainFrame(60, 40, [0, 0, 0]);
      const turned = plainFrame(60, 40, [0, 0, 0]);
      const map = chain(scaling(scale, scale), translation(2.3, 1.6));
      warpInto(straight, photo, map);
      warpInto(turned, photo, chain(rotation(0.001), map));
      let worst = 0;
      for (let y = 4; y < 16; y++) {
        for (let at = (y * 60 + 4) * 3; at < (y * 60 + 26) * 3; at++) {
          worst = Math.max(worst, Math.abs(straight.pixels[at] - turned.pixels[at]));
        }
      }
      expect(worst, `scale ${scale}`).toBeLessThan(scale < 1 ? 6 : 1);
    }
  });

  it('moves a bright spot to where the map says, whatever the map', () => {
    const random = new Random(4);
    for (let trial = 0; trial < 20; trial++) {
      const [spotX, spotY] = [15 + random.below(30), 10 + random.below(20)];
      const pixels = new Uint8Array(60 * 40 * 3);
      for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) pixels[((spotY + dy) * 60 + spotX + dx) * 3] = 255;
      const map = chain(
        translation(-30, -20),
        rotation(random.between(-40, 40)),
        tilt(random.between(-0.004, 0.004), random.between(-0.004, 0.004)),
        scaling(random.between(0.6, 1.5), random.between(0.6, 1.5)),
        translation(50, 45),
      );
      const frame = plainFrame(100, 90, [0, 0, 0]);
      warpInto(frame, { width: 60, height: 40, pixels }, map);
      let [weight, sumX, sumY] = [0, 0, 0];
      for (let at = 0; at < frame.pixels.length; at += 3) {
        weight += frame.pixels[at];
        sumX += frame.pixels[at] * (((at / 3) % 100) + 0.5);
        sumY += frame.pixels[at] * (Math.floor(at / 300) + 0.5);
      }
      const [x, y] = mapPoint(map, spotX + 0.5, spotY + 0.5);
      expect(Math.hypot(sumX / weight - x, sumY / weight - y)).toBeLessThan(0.25);
    }
  });

  it('pastes what the mask marks, stretched over the photo, and says where', () => {
    const frame = plainFrame(60, 40, [10, 10, 10]);
    // The right half, in a mask of four pixels.
    const mask: Mask = { width: 2, height: 2, pixels: Uint8Array.from([0, 255, 0, 255]) };
    const cover = pasteInto(frame, { width: 60, height: 40, pixels: new Uint8Array(7200).fill(200) }, mask, identity);
    expect([cover[10 * 60 + 5], cover[10 * 60 + 50]]).toEqual([0, 1]);
    expect([frame.pixels[(10 * 60 + 5) * 3], frame.pixels[(10 * 60 + 50) * 3]]).toEqual([10, 200]);
  });
});
