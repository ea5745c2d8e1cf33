/** @file Numbers that a test and its Python generator both compute, so that no golden file stores weights. */

/**
 * Uniform in `[0, 1)`, multiples of 2 ** -24 (exact in float32): FNV-1a of the name plus the index, mixed.
 * `hashed` in the generators is the same.
 */
export function hashedNumbers(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float64Array.from({ length: count }, (_, index) => {
    let x = (index + seed) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 8) / 2 ** 24;
  });
}
