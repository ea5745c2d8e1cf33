import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Photo } from './photo.ts';
import { averageBoxes, bilinearTaps, resizePlainly, resizeSmoothly, triangleTaps } from './resample.ts';

/** One row of grey pixels. */
function row(...values: number[]): Photo {
  return { width: values.length, height: 1, pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])) };
}
const reds = ({ pixels }: { pixels: ArrayLike<number> }) => Array.from(pixels).filter((_, at) => at % 3 === 0);

describe('plain bilinear resizing', () => {
  it('takes two pixels however much it shrinks', () => {
    expect(reds(resizePlainly(row(0, 100, 0, 0, 0, 0, 100, 200), 2, 1))).toEqual([50, 50]);
    expect(reds(resizePlainly(row(0, 100), 4, 1))).toEqual([0, 25, 75, 100]);
  });
});

describe('smooth resizing', () => {
  it('weighs all pixels that an output covers', () => {
    // A triangle of reach 2 around 1 and 3: weights 3, 3, 1 of 7 and so on.
    const shrunk = reds(resizeSmoothly(row(0, 0, 100, 100), 2, 1));
    expect(shrunk[0]).toBeCloseTo(100 / 7, 4);
    expect(shrunk[1]).toBeCloseTo(600 / 7, 4);
  });

  it('enlarges as plain bilinear interpolation does', () => {
    expect(reds(resizeSmoothly(row(0, 100), 4, 1))).toEqual([0, 25, 75, 100]);
  });

  it('keeps a plain colour, whatever the sizes', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        size,
        fc.integer({ min: 0, max: 255 }),
        (width, height, newWidth, newHeight, grey) => {
          const photo = { width, height, pixels: new Uint8Array(width * height * 3).fill(grey) };
          for (const value of resizeSmoothly(photo, newWidth, newHeight).pixels) expect(value).toBeCloseTo(grey, 3);
        },
      ),
      { seed: 1 },
    );
  });

  it('shrinks a lot in two steps and gives nearly what one step would', () => {
    const [width, height] = [601, 403];
    const pixels = new Uint8Array(width * height * 3).map(
      (_, at) => 128 + 90 * Math.sin(((at / 3) % width) / 40) + 30 * Math.cos(at / width / 60),
    );
    const quick = resizeSmoothly({ width, height, pixels }, 47, 31);
    const exact = new Float64Array(47 * 31);
    const [x, y] = [triangleTaps(width, 47), triangleTaps(height, 31)];
    for (let to = 0; to < exact.length; to++) {
      const [column, line] = [to % 47, Math.floor(to / 47)];
      for (let i = 0; i < y.count; i++) {
        for (let j = 0; j < x.count; j++) {
          const source = ((y.starts[line] + i) * width + x.starts[column] + j) * 3;
          exact[to] += y.weights[line * y.count + i] * x.weights[column * x.count + j] * pixels[source];
        }
      }
    }
    exact.forEach((value, to) => {
      expect(Math.abs(quick.pixels[to * 3] - value)).toBeLessThan(3);
    });
  });
});

describe('taps', () => {
  it('are weights of pixels within the source that sum to 1, at any sizes', () => {
    const size = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(size, size, fc.constantFrom(bilinearTaps, triangleTaps), (input, output, make) => {
        const { first, end, count, starts, weights } = make(input, output);
        expect([first, end]).toEqual([0, output]);
        for (let at = 0; at < output; at++) {
          expect(starts[at] >= 0 && starts[at] + count <= input).toBe(true);
          const own = weights.subarray(at * count, (at + 1) * count);
          expect(own.every((weight) => weight >= 0)).toBe(true);
          expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        }
      }),
      { seed: 3 },
    );
  });

  it('of a mirrored, moved axis cover only outputs inside the source', () => {
    // Outputs 2..5 show pixels 3..0.
    const { first, end, starts, weights, count } = triangleTaps(4, 8, { scale: -1, offset: 6 });
    expect([first, end]).toEqual([2, 6]);
    const shown = [2, 3, 4, 5].map((output) => {
      const k = weights.subarray(output * count, (output + 1) * count).indexOf(1);
      return starts[output] + k;
    });
    expect(shown).toEqual([3, 2, 1, 0]);
  });
});

describe('averages of boxes', () => {
  it('are rounded, and of fewer pixels at the edges', () => {
    expect(reds(averageBoxes(row(10, 20, 30, 41, 200), 2))).toEqual([15, 36, 200]);
  });
});
