import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colourDistance, type Lab, labFromRgb, rgbFromLab } from './lab.ts';

// Bruce Lindbloom's calculator, D65.
test.each<[[number, number, number], Lab]>([
  [
    [255, 255, 255],
    [100, 0, 0],
  ],
  [
    [0, 0, 0],
    [0, 0, 0],
  ],
  [
    [255, 0, 0],
    [53.24, 80.09, 67.2],
  ],
  [
    [0, 0, 255],
    [32.3, 79.19, -107.86],
  ],
  [
    [119, 119, 119],
    [50.03, 0, 0],
  ],
])('%j is %j', (rgb, lab) => {
  const found = labFromRgb(...rgb);
  for (const axis of [0, 1, 2] as const) expect(found[axis]).toBeCloseTo(lab[axis], 1);
});

test('there and back is the same colour', () => {
  const channel = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(channel, channel, channel), (rgb) => {
      expect(rgbFromLab(labFromRgb(...rgb))).toEqual(rgb);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('black and white lie 100 apart', () => {
  expect(colourDistance(labFromRgb(0, 0, 0), labFromRgb(255, 255, 255))).toBeCloseTo(100, 3);
});
