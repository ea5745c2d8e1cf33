import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatsFromHalves, halvesFromFloats } from './float16.ts';

const half = (value: number): number => halvesFromFloats(Float32Array.of(value))[0];
const float = (bits: number): number => floatsFromHalves(Uint16Array.of(bits))[0];

test('known numbers have their known bits', () => {
  const known: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ];
  for (const [value, bits] of known) expect(half(value), String(value)).toBe(bits);
});

test('every half that is a number survives the way to float and back', () => {
  const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
  const back = halvesFromFloats(floatsFromHalves(halves));
  const isNan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
  for (let bits = 0; bits < 0x10000; bits++) {
    if (!isNan(bits)) expect(back[bits]).toBe(bits);
    else expect(isNan(back[bits])).toBe(true);
  }
});

test('ties go to the even half, everything else to the nearest', () => {
  const finite = fc.integer({ min: 0, max: 0x7bfe });
  fc.assert(
    fc.property(finite, fc.integer({ min: 0, max: 1 }), (bits, negative) => {
      const sign = negative === 1 ? -1 : 1;
      const [low, high] = [float(bits), float(bits + 1)];
      const middle = (low + high) / 2;
      const even = (bits & 1) === 0 ? bits : bits + 1;
      const signBit = negative === 1 ? 0x8000 : 0;
      expect(half(sign * middle)).toBe(signBit | even);
      // The nearest floats on both sides of the tie.
      const step = Math.max(2 ** (Math.floor(Math.log2(middle)) - 23), 2 ** -149);
      expect(half(sign * (middle - step))).toBe(signBit | bits);
      expect(half(sign * (middle + step))).toBe(signBit | (bits + 1));
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test('past the largest half lies infinity, from 65520 on', () => {
  expect(half(65519)).toBe(0x7bff);
  expect(half(65520)).toBe(0x7c00);
  expect(half(3e38)).toBe(0x7c00);
});

test('half of the smallest half and less is zero, with its sign', () => {
  expect(half(2 ** -25)).toBe(0);
  expect(half(2 ** -25 * 1.001)).toBe(1);
  expect(half(-1e-30)).toBe(0x8000);
  expect(half(1e-45)).toBe(0);
});

test('not a number stays so', () => {
  expect(float(half(Number.NaN))).toBeNaN();
});
