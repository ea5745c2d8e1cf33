import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisOf, formatCount, formatTick, scaleOf } from './axis.ts';

test('ticks are round numbers that hold the values', () => {
  expect(axisOf([0.13, 0.62], { numSteps: 5, from: 0 }).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(axisOf([2800], { numSteps: 6, from: 0 }).ticks).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
  expect(axisOf([0.94, 1], { numSteps: 5 })).toMatchObject({ min: 0.94, max: 1, decimals: 2 });
});

test('any values lie between the ends, on few ticks', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), fc.integer({ min: 2, max: 8 }), (values, numSteps) => {
      const axis = axisOf(values, { numSteps });
      const at = scaleOf(axis, 0, 1);
      const span = axis.max - axis.min;
      expect(axis.ticks.length).toBeLessThanOrEqual(numSteps + 3);
      expect(axis.ticks.every(Number.isFinite)).toBe(true);
      for (const each of values) {
        expect(at(each)).toBeGreaterThanOrEqual(-1e-6 * (1 + Math.abs(each) / span));
        expect(at(each)).toBeLessThanOrEqual(1 + 1e-6 * (1 + Math.abs(each) / span));
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('numbers are written as the ticks need them', () => {
  expect(formatTick(0.5, { decimals: 2 })).toBe('0.50');
  expect(formatTick(12000, { decimals: 0 })).toBe('12,000');
  expect([999, 1000, 1234567].map(formatCount)).toEqual(['999', '1,000', '1,234,567']);
});
