/** @file Vectors as devices send them. */
import type { z } from 'zod';
import type { vector } from '../api/search.ts';
import { checkVector } from '../stores/check-row.ts';
import type { StoreConfig } from '../stores/vector-store.ts';

/**
 * Numbers, or float32 in little-endian order as base64.
 *
 * @throws StoreError `store-row` for another length, a number that is not finite, or no direction
 */
export function readVector(sent: z.infer<typeof vector>, config: StoreConfig): Float32Array {
  const numbers = typeof sent === 'string' ? decodeFloats(sent) : Float32Array.from(sent);
  checkVector(numbers, config, 'vector');
  return numbers;
}

/** Bytes that are no whole number are left out: the length is then another. */
export function decodeFloats(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64.length % 4 === 1 ? '' : base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(4 * at, true));
}

export function encodeFloats(numbers: Float32Array): string {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of numbers.entries()) view.setFloat32(4 * at, value, true);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
