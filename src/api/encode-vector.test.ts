import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeVector, encodeVector } from './encode-vector.ts';

it('writes float32 in little-endian order', () => {
  // 1 is 0x3f800000, -2 is 0xc0000000.
  expect(encodeVector(Float32Array.of(1, -2))).toBe('AACAPwAAAMA=');
  expect(encodeVector(new Float32Array())).toBe('');
});

it('reads what it has written, also of a part of a larger buffer', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, maxLength: 40 }), fc.nat(40), (all, from) => {
      const part = all.subarray(Math.min(from, all.length));
      expect(decodeVector(encodeVector(part))).toEqual(part.slice());
    }),
  );
});

it('leaves out bytes that are no whole number', () => {
  expect(decodeVector('AACAPwAA')).toEqual(Float32Array.of(1));
  expect(decodeVector('AACAP')).toEqual(new Float32Array());
});
