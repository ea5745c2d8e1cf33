/** @file Orders of rows by integer sorts: stable and linear, which comparison sorts in JavaScript are not. */

/** Rows sorted by a small integer key, and where each key's rows start. */
export interface Buckets {
  /** `[N]` int32 rows, by key, in their given order within one key */
  readonly rows: Int32Array;
  /** `[numKeys + 1]` int32: rows of key `k` are `rows[starts[k]]` up to `rows[starts[k + 1]]` */
  readonly starts: Int32Array;
}

/**
 * Stable counting sort of rows by `keys[row]`.
 *
 * @param rows `[N]` rows in the order to keep within a key
 * @param keys a key for every row, 0 to numKeys - 1
 */
export function bucketRows(rows: Int32Array, keys: Int32Array, numKeys: number): Buckets {
  const starts = new Int32Array(numKeys + 1);
  for (let index = 0; index < rows.length; index++) starts[keys[rows[index]] + 1] += 1;
  for (let key = 0; key < numKeys; key++) starts[key + 1] += starts[key];
  const next = starts.slice(0, numKeys);
  const sorted = new Int32Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    const key = keys[row];
    sorted[next[key]] = row;
    next[key] += 1;
  }
  return { rows: sorted, starts };
}

/** `[N]` int32: 0, 1, 2... */
export function rowsInOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

const digitBits = 11;
const numDigits = 6; // 6 x 11 bits cover the 64 of a float64

/**
 * Stable radix sort of rows by descending score; equal scores keep their given order, as NumPy's mergesort does.
 *
 * @param rows `[N]` rows in the order to keep among equal scores
 * @param scores a finite float64 for every row
 */
export function sortByScore(rows: Int32Array, scores: Float64Array): Int32Array {
  const count = rows.length;
  // The bits of a float64, read as an unsigned integer, ascend with it when positives get their sign bit set and
  // negatives are inverted; inverted again, they descend.
  const high = new Uint32Array(scores.length);
  const low = new Uint32Array(scores.length);
  const bits = new Uint32Array(Float64Array.from(scores, (score) => score + 0).buffer); // -0 becomes 0
  const highWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
  for (let row = 0; row < scores.length; row++) {
    const upper = bits[row * 2 + highWord];
    const lower = bits[row * 2 + 1 - highWord];
    const isNegative = upper >>> 31 === 1;
    high[row] = isNegative ? upper : ~(upper | 0x80000000);
    low[row] = isNegative ? lower : ~lower;
  }

  let from = rows.slice();
  let to = new Int32Array(count);
  const next = new Int32Array(1 << digitBits);
  for (let digit = 0; digit < numDigits; digit++) {
    const shift = digit * digitBits;
    next.fill(0);
    for (let index = 0; index < count; index++) next[digitOf(low[from[index]], high[from[index]], shift)] += 1;
    let start = 0;
    for (let value = 0; value < next.length; value++) {
      const size = next[value];
      next[value] = start;
      start += size;
    }
    for (let index = 0; index < count; index++) {
      const row = from[index];
      const value = digitOf(low[row], high[row], shift);
      to[next[value]] = row;
      next[value] += 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Eleven bits of a 64-bit key from bit `shift` on. */
function digitOf(low: number, high: number, shift: number): number {
  if (shift >= 32) return (high >>> (shift - 32)) & ((1 << digitBits) - 1);
  const digit = low >>> shift;
  return (shift > 32 - digitBits ? digit | (high << (32 - shift)) : digit) & ((1 << digitBits) - 1);
}
