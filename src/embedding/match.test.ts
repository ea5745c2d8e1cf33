import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitCalibration, gradeMatch, type JudgedPair } from './match.ts';

/** So many pairs of one garment, of one class, and of two classes. */
const pairs = (similarity: number, same: number, alike: number, others: number): JudgedPair[] => [
  ...Array.from({ length: same }, () => ({ similarity, isSame: true, isAlike: true })),
  ...Array.from({ length: alike }, () => ({ similarity, isSame: false, isAlike: true })),
  ...Array.from({ length: others }, () => ({ similarity, isSame: false, isAlike: false })),
];

test('thresholds are where nine in ten pairs are one garment, and where nine in ten are of one class', () => {
  const judged = [
    ...pairs(0.9, 19, 1, 0),
    ...pairs(0.8, 9, 1, 0),
    ...pairs(0.7, 6, 3, 1),
    ...pairs(0.6, 3, 5, 2),
    ...pairs(0.1, 0, 0, 50),
  ];
  expect(fitCalibration(judged, 'by hand')).toEqual({ strong: 0.8, fair: 0.7, pairs: 100, source: 'by hand' });
});

test('a lucky pair far down does not lower them', () => {
  const judged = [...pairs(0.9, 20, 0, 0), ...pairs(0.5, 0, 0, 30), ...pairs(0.4, 2, 0, 0), ...pairs(0.3, 0, 0, 30)];
  expect(fitCalibration(judged, 'by hand')).toMatchObject({ strong: 0.9, fair: 0.9 });
});

test('pairs that never match, or none, are refused with the cure', () => {
  expect(() => fitCalibration([], 'nothing')).toThrow(/nothing: .*got no pairs. Give more/);
  expect(() => fitCalibration([...pairs(0.9, 6, 4, 0), ...pairs(0.1, 0, 0, 9)], 'x')).toThrow(
    /90 % of the pairs are one garment; got 60 % at best/,
  );
});

test('fair is never above strong, and neither depends on the order of the pairs', () => {
  const pair = fc
    .record({ similarity: fc.integer({ min: -10, max: 10 }).map((n) => n / 10), kind: fc.integer({ min: 0, max: 2 }) })
    .map(({ similarity, kind }) => ({ similarity, isSame: kind === 2, isAlike: kind > 0 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 40 }), (drawn) => {
      const judged = [...drawn, ...pairs(1, 500, 0, 0)];
      const { strong, fair } = fitCalibration(judged, 'drawn');
      expect(fair).toBeLessThanOrEqual(strong);
      expect(fitCalibration([...judged].reverse(), 'drawn')).toMatchObject({ strong, fair });
      const above = judged.filter(({ similarity }) => similarity >= strong);
      expect(above.filter(({ isSame }) => isSame).length).toBeGreaterThanOrEqual(0.9 * above.length);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('grades, and none without a calibration', () => {
  const calibration = { strong: 0.8, fair: 0.5, pairs: 10, source: 'by hand' };
  expect([0.9, 0.8, 0.79, 0.5, 0.49, -1].map((similarity) => gradeMatch(similarity, calibration))).toEqual([
    ...['strong', 'strong', 'fair', 'fair', 'weak', 'weak'],
  ]);
  expect(gradeMatch(0.9, undefined)).toBeNull();
});
