import { expect, test } from 'vitest';
import { describeSeconds, Pace } from './pace.ts';

test('the pace is that of the last half minute, and says how long the rest takes', () => {
  const pace = new Pace();
  pace.add(0, 0);
  expect(pace.describe(0, 1000)).toBe('');
  for (let second = 1; second <= 60; second++) pace.add(second * 10, second * 1000);
  expect(pace.rate()).toBeCloseTo(10);
  expect(pace.describe(600, 1000)).toBe('10/s, 40 s left');
  // Slower from here on: after half a minute the fast start is forgotten.
  for (let second = 61; second <= 91; second++) pace.add(600 + (second - 60) * 2, second * 1000);
  expect(pace.describe(662, 1000)).toBe('2.0/s, 2 min 49 s left');
  expect(pace.describe(662)).toBe('2.0/s');
});

test('times are rounded up, in two units at most', () => {
  expect([0, 0.2, 59.9, 61, 3600 * 3 + 300].map(describeSeconds)).toEqual([
    '0 s',
    '1 s',
    '1 min 00 s',
    '1 min 01 s',
    '3 h 05 min',
  ]);
});
