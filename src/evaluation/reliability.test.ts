import { expect, test } from 'vitest';
import { cocoAreaRanges, matchDetections } from './match-detections.ts';
import { reliability } from './reliability.ts';

/** `right` of `count` detections of one score lie on their photo's box. */
function fold(...groups: readonly { score: number; count: number; right: number }[]) {
  const each = groups.flatMap(({ score, count, right }) =>
    Array.from({ length: count }, (_, index) => ({ score, isRight: index < right })),
  );
  const numImages = each.length;
  const rows = Int32Array.from(each, (_, image) => image);
  const labels = new Int32Array(numImages).fill(1);
  return matchDetections(
    {
      classes: ['hat'],
      numImages,
      images: rows,
      labels,
      boxes: Float64Array.from(each.flatMap(() => [0, 0, 10, 10])),
      areas: new Float64Array(numImages).fill(100),
      crowds: new Uint8Array(numImages),
    },
    {
      images: rows,
      labels,
      boxes: Float64Array.from(each.flatMap(({ isRight }) => (isRight ? [0, 0, 10, 10] : [50, 50, 10, 10]))),
      scores: Float64Array.from(each, ({ score }) => score),
    },
    { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) },
  );
}

test('scores that mean what they say have no error', () => {
  const { expectedCalibrationError, bins, count } = reliability([
    fold({ score: 0.75, count: 20, right: 15 }, { score: 0.25, count: 8, right: 2 }),
  ]);
  expect(count).toBe(28);
  expect(expectedCalibrationError).toBeCloseTo(0, 12);
  expect(bins[7]).toEqual({ lower: 0.7, upper: 0.8, count: 20, meanScore: 0.75, right: 0.75 });
  expect(bins[0].right).toBeNull();
});

test('the error is the distance of score and share, over all sets; the loss is by hand', () => {
  const found = reliability([fold({ score: 0.9, count: 4, right: 2 }), fold({ score: 0.6, count: 4, right: 4 })]);
  expect(found.expectedCalibrationError).toBeCloseTo((0.4 + 0.4) / 2, 12);
  expect(found.logLoss).toBeCloseTo(-(2 * Math.log(0.9) + 2 * Math.log(0.1) + 4 * Math.log(0.6)) / 8, 12);
});

test('a sure score belongs to the last bin, doubtful ones and empty sets to none', () => {
  expect(reliability([fold({ score: 1, count: 1, right: 1 })]).bins.at(-1)?.count).toBe(1);
  expect(reliability([fold({ score: 0.03, count: 3, right: 0 })]).count).toBe(0);
  expect(reliability([]).expectedCalibrationError).toBe(-1);
});
