/** @file Order by score, highest first; equal scores in order of index, as ONNX's `TopK` breaks ties. */

/** 2^21: an index below it and the 32 bits of a float share the 53 exact bits of a double. */
const indexRange = 0x200000;

/**
 * Indices of the highest scores, highest first; equal scores (0 and -0 too) keep the order of their indices.
 *
 * @param scores `[N]` float32, N below 2^21, no NaN
 * @param limit at most so many are returned
 * @returns `[min(N, limit)]` int32
 */
export function rankByScore(scores: Float32Array, limit = Number.POSITIVE_INFINITY): Int32Array {
  const count = scores.length;
  const bits = new Int32Array(scores.buffer.slice(scores.byteOffset, scores.byteOffset + scores.byteLength));
  // Sorted ascending by the native sort: the flipped order of the float's bits first, the index second.
  const sortKeys = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const word = scores[index] === 0 ? 0 : bits[index];
    const descending = word < 0 ? word >>> 0 : ~word & 0x7fffffff;
    sortKeys[index] = descending * indexRange + index;
  }
  sortKeys.sort();
  const ranked = new Int32Array(Math.min(count, limit));
  for (let rank = 0; rank < ranked.length; rank++) ranked[rank] = sortKeys[rank] % indexRange;
  return ranked;
}
