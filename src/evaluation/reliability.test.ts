import { expect, test } from 'vitest';
import { cocoAreaRanges, matchDetections } from './match-detections.ts';
import { expectedCalibrationError } from './reliability.ts';

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
  const matches = fold({ score: 0.75, count: 20, right: 15 }, { score: 0.25, count: 8, right: 2 });
  expect(expectedCalibrationError(matches)).toBeCloseTo(0, 12);
});

test('the error is the distance of score and share, bins weighed by their counts', () => {
  const matches = fold({ score: 0.9, count: 4, right: 2 }, { score: 0.6, count: 12, right: 12 });
  expect(expectedCalibrationError(matches)).toBeCloseTo((4 * 0.4 + 12 * 0.4) / 16, 12);
});

test('a sure score has a bin, doubtful ones have none, and nothing has no error', () => {
  expect(expectedCalibrationError(fold({ score: 1, count: 1, right: 0 }))).toBe(1);
  expect(expectedCalibrationError(fold({ score: 0.03, count: 3, right: 0 }))).toBe(-1);
});
