/** @file Vectors as devices send them. */
import type { z } from 'zod';
import { decodeVector } from '../api/encode-vector.ts';
import type { vector } from '../api/search.ts';
import { checkVector } from '../stores/check-row.ts';
import type { StoreConfig } from '../stores/vector-store.ts';

/**
 * Numbers, or float32 in little-endian order as base64.
 *
 * @throws StoreError `store-row` for another length, a number that is not finite, or no direction
 */
export function readVector(sent: z.infer<typeof vector>, config: StoreConfig): Float32Array {
  const numbers = typeof sent === 'string' ? decodeVector(sent) : Float32Array.from(sent);
  checkVector(numbers, config, 'vector');
  return numbers;
}
