import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYolo, yoloLine } from './yolo.ts';

const size = { width: 60, height: 40 };

describe('YOLO labels', () => {
  it('are centre and size as shares of the photo', () => {
    expect(parseYolo('1 0.5 0.5 0.5 0.25\n\n0 0.25 0.5 0.5 1 \r\n', 'a.txt', size, 2)).toEqual([
      { classIndex: 1, bbox: [15, 15, 30, 10] },
      { classIndex: 0, bbox: [0, 0, 30, 40] },
    ]);
    expect(yoloLine({ classIndex: 1, bbox: [15, 15, 30, 10] }, size)).toBe('1 0.5 0.5 0.5 0.25');
  });

  it('of a polygon are the box around it', () => {
    expect(parseYolo('0 0.1 0.5 0.5 0.25 0.3 0.75', 'a.txt', size, 1)).toEqual([
      { classIndex: 0, bbox: [6, 10, 24, 20] },
    ]);
  });

  it('do not leave the photo by the rounding of six decimals', () => {
    const [box] = parseYolo('0 0.166667 0.5 0.333335 1', 'a.txt', size, 1);
    expect(box!.bbox[0]).toBe(0);
  });

  it.each([
    ['a class that is not there', '2 0.5 0.5 0.1 0.1', /a\.txt, line 1: .*a class from 0 to 1; got "2 0\.5/],
    ['half a class', '0.5 0.5 0.5 0.1 0.1', /a class from 0 to 1/],
    ['words', 'coat 0.5 0.5 0.1 0.1', /expected numbers/],
    ['scores', '0 0.5 0.5 0.1 0.1 0.9', /A sixth number is a score/],
    ['pixels', '0 30 20 10 10', /0 to 1; got "0 30 20 10 10"\. Divide/],
    ['too few', '0 0.5', /class, centre x/],
    ['an odd polygon', '0 0.1 0.1 0.2 0.2 0.3 0.3 0.4', /or a polygon/],
  ])('refuse %s', (_, text, message) => {
    expect(() => parseYolo(text, 'a.txt', size, 2)).toThrow(message);
  });

  it('give back what has up to four decimals of a pixel exactly', () => {
    const pixels = (max: number) => fc.integer({ min: 0, max: max * 1e4 }).map((units) => units / 1e4);
    const photo = fc.record({
      width: fc.integer({ min: 1, max: 10_000 }),
      height: fc.integer({ min: 1, max: 10_000 }),
    });
    const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
    fc.assert(
      fc.property(
        photo.chain((at) =>
          fc.tuple(fc.constant(at), pixels(at.width), pixels(at.width), pixels(at.height), pixels(at.height)),
        ),
        fc.nat(50),
        ([at, a, b, c, d], classIndex) => {
          const [x, y] = [Math.min(a, b), Math.min(c, d)];
          const bbox = [x, y, rounded(Math.abs(a - b)), rounded(Math.abs(c - d))] as const;
          expect(parseYolo(yoloLine({ classIndex, bbox }, at), 'a', at, 51)).toEqual([{ classIndex, bbox }]);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});
