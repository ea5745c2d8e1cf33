import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Photo } from './photo.ts';
import { type PreprocessingConfig, preprocess, resizedSize, writePlanes } from './preprocess.ts';
import { resizePlainly, resizeSmoothly } from './resample.ts';

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/preprocess.json', import.meta.url), 'utf8'));
const regenerate = 'regenerate with: python tests/golden/generate/preprocess.py';
const identity = { mean: [0, 0, 0], std: [1, 1, 1], divisibleBy: 32 } as const;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let at = 0; at < a.length; at++) largest = Math.max(largest, Math.abs(a[at] - b[at]));
  return largest;
}

function config(minSide: number, maxSide: number): PreprocessingConfig {
  const { mean, std, divisibleBy } = golden;
  return { resize: { kind: 'torchvision', minSide, maxSide }, mean, std, divisibleBy };
}

describe('torchvision resizing', () => {
  for (const { name, height, width, minSide, maxSide, photo, imageSize, tensorSize, tensor } of golden.cases) {
    it(`equals torchvision's GeneralizedRCNNTransform for a photo ${name}`, () => {
      const prepared = preprocess({ width, height, pixels: Uint8Array.from(photo) }, config(minSide, maxSide));
      expect([prepared.imageHeight, prepared.imageWidth], regenerate).toEqual(imageSize);
      expect([prepared.height, prepared.width], regenerate).toEqual(tensorSize);
      expect(largestDifference(prepared.pixels, tensor), regenerate).toBeLessThan(1e-5);
    });
  }

  it('rounds the positions of a wide photo as torch does', () => {
    const { height, width, multiplier, minSide, maxSide, tensorSize, row } = golden.large;
    const pixels = new Uint8Array(height * width * 3).map((_, at) => (Math.floor((at / 3) % width) * multiplier) % 256);
    const prepared = preprocess({ width, height, pixels }, config(minSide, maxSide));
    expect([prepared.height, prepared.width]).toEqual(tensorSize);
    const third = prepared.pixels.subarray(3 * prepared.width, 4 * prepared.width);
    expect(largestDifference(third, row), regenerate).toBeLessThan(1e-5);
  });
});

describe('squashing', () => {
  it('makes both sides as long as asked, and says how each was scaled', () => {
    const photo: Photo = { width: 40, height: 20, pixels: new Uint8Array(40 * 20 * 3).fill(255) };
    const squashed = preprocess(photo, {
      resize: { kind: 'squash', side: 32 },
      ...identity,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(squashed).toMatchObject({ height: 32, width: 32, imageHeight: 32, imageWidth: 32 });
    expect([squashed.scaleX, squashed.scaleY]).toEqual([40 / 32, 20 / 32]);
    expect(squashed.pixels.every((value) => Math.abs(value - 1) < 1e-6)).toBe(true);
  });
});

describe('long-side resizing', () => {
  const halfTo = (longSide: number): PreprocessingConfig => ({
    resize: { kind: 'long-side', longSide },
    ...identity,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });

  it('makes the long side exactly as long as asked, whichever side it is', () => {
    expect(resizedSize({ width: 448, height: 336 }, { kind: 'long-side', longSide: 320 })).toEqual({
      imageWidth: 320,
      imageHeight: 240,
    });
    expect(resizedSize({ width: 1, height: 5000 }, { kind: 'long-side', longSide: 320 })).toEqual({
      imageWidth: 1,
      imageHeight: 320,
    });
  });

  it('averages what it shrinks, so that a fine check becomes grey', () => {
    const check = new Uint8Array(64 * 64 * 3).map(
      (_, at) => (((Math.floor(at / 3) % 64) + Math.floor(at / 192)) % 2) * 255,
    );
    const { pixels } = preprocess({ width: 64, height: 64, pixels: check }, halfTo(32));
    for (const value of pixels) expect(Math.abs(value - 0.5)).toBeLessThan(0.13);
  });

  it('keeps a plain colour plain at any size and pads with zeros', () => {
    const photo: Photo = { width: 30, height: 17, pixels: new Uint8Array(30 * 17 * 3).fill(51) };
    const prepared = preprocess(photo, halfTo(40));
    expect([prepared.height, prepared.width, prepared.imageHeight, prepared.imageWidth]).toEqual([32, 64, 23, 40]);
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 64; x++) {
        expect(prepared.pixels[y * 64 + x]).toBeCloseTo(y < 23 && x < 40 ? 0.2 : 0, 6);
      }
    }
  });

  it('tells how to come back to pixels of the photo', () => {
    const prepared = preprocess({ width: 448, height: 336, pixels: new Uint8Array(448 * 336 * 3) }, halfTo(320));
    expect([prepared.imageWidth * prepared.scaleX, prepared.imageHeight * prepared.scaleY]).toEqual([448, 336]);
  });
});

describe('a tensor', () => {
  it('is bit for bit the resized frame, normalised', () => {
    const size = fc.integer({ min: 1, max: 90 });
    const longSide = [{ kind: 'long-side', longSide: 24 }, resizeSmoothly] as const;
    const torchvision = [{ kind: 'torchvision', minSide: 24, maxSide: 40 }, resizePlainly] as const;
    fc.assert(
      fc.property(size, size, fc.constantFrom(longSide, torchvision), (width, height, [resize, resizeTo]) => {
        const photo = { width, height, pixels: new Uint8Array(width * height * 3).map((_, at) => (at * 89) % 256) };
        const config: PreprocessingConfig = {
          resize,
          ...identity,
          mean: [0.485, 0.456, 0.406],
          std: [0.229, 0.224, 0.225],
        };
        const tensor = preprocess(photo, config);
        const expected = new Float32Array(tensor.pixels.length);
        const frame = resizeTo(photo, tensor.imageWidth, tensor.imageHeight);
        writePlanes(frame, config, expected, 0, tensor.height, tensor.width);
        expect(tensor.pixels).toEqual(expected);
      }),
      { seed: 5, numRuns: 60 },
    );
  });
});
