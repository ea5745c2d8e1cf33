/** @file Order by score, highest first; equal scores in order of index, as ONNX's `TopK` breaks ties. */

/** 2^21: an index below it and the 32 bits of a float share the 53 exact bits of a double. */
const indexRange = 0x200000;
/** Bins of the first cut are the leading 14 bits of a float: 32 to each doubling. */
const binShift = 18;

/**
 * Indices of the highest scores, highest first; equal scores (0 and -0 too) keep the order of their indices.
 *
 * @param scores `[N]` float32, N below 2^21, no NaN
 * @param limit at most so many are returned
 * @returns `[min(N, limit)]` int32
 */
export function rankByScore(scores: Float32Array, limit = Number.POSITIVE_INFINITY): Int32Array {
  const order = descendingOrder(scores);
  const lastBin = limit < scores.length ? binOfRank(order, limit) : Number.POSITIVE_INFINITY;
  // Sorted ascending by the native sort: the order first, the index second.
  const sortKeys = new Float64Array(scores.length);
  let count = 0;
  for (let index = 0; index < order.length; index++) {
    if (order[index] >>> binShift <= lastBin) sortKeys[count++] = order[index] * indexRange + index;
  }
  const sorted = sortKeys.subarray(0, count).sort();
  const ranked = new Int32Array(Math.min(count, limit));
  for (let rank = 0; rank < ranked.length; rank++) ranked[rank] = sorted[rank] % indexRange;
  return ranked;
}

/** Bits of each float, rearranged so that a larger float is a smaller unsigned integer. */
function descendingOrder(scores: Float32Array): Uint32Array {
  const order = new Uint32Array(scores.length);
  const bits = new Int32Array(scores.buffer.slice(scores.byteOffset, scores.byteOffset + scores.byteLength));
  for (let index = 0; index < order.length; index++) {
    const word = scores[index] === 0 ? 0 : bits[index];
    order[index] = word < 0 ? word : ~word & 0x7fffffff;
  }
  return order;
}

/** The bin in which the `rank`-th smallest lies, counted from 1: bins after it cannot be among the first `rank`. */
function binOfRank(order: Uint32Array, rank: number): number {
  const counts = new Uint32Array(2 ** (32 - binShift));
  for (let index = 0; index < order.length; index++) counts[order[index] >>> binShift]++;
  let bin = 0;
  for (let before = counts[0]; before < rank; before += counts[bin]) bin++;
  return bin;
}
