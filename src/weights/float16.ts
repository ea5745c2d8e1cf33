/** @file float32 to IEEE half precision and back. Halves are raw bits in a `Uint16Array`. */

/** Every half as a float, filled at the first use: 256 kB. */
let floatOfHalf: Float32Array | null = null;

/** Widens; exact. NaNs become the one NaN. */
export function floatsFromHalves(halves: Uint16Array): Float32Array {
  floatOfHalf ??= decodeAll();
  const table = floatOfHalf;
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]];
  return floats;
}

/** Rounds to the nearest half, ties to even; beyond 65504 to infinity, as IEEE 754 says. */
export function halvesFromFloats(floats: Float32Array): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfOfBits(bits[i]);
  return halves;
}

const FLOAT_BIAS = 127;
const HALF_BIAS = 15;
/** Bits of the mantissa that a half has not. */
const DROPPED = 13;

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  const exponent = (magnitude >>> 23) - FLOAT_BIAS + HALF_BIAS;
  // A carry out of the mantissa moves into the exponent, which is what rounding up means.
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent > 0) return sign | roundedShift(magnitude - ((FLOAT_BIAS - HALF_BIAS) << 23), DROPPED);
  // Subnormal halves: the hidden bit becomes visible and moves right. Below half of the smallest, nothing is left.
  if (exponent < -10) return sign;
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, DROPPED + 1 - exponent);
}

/** `value / 2 ** count`, rounded to the nearest integer, ties to even. */
function roundedShift(value: number, count: number): number {
  const kept = value >>> count;
  const rest = value & ((1 << count) - 1);
  const half = 1 << (count - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function decodeAll(): Float32Array {
  return Float32Array.from({ length: 0x10000 }, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const mantissa = half & 0x3ff;
    if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * mantissa * 2 ** -24;
    return sign * (1 + mantissa / 1024) * 2 ** (exponent - HALF_BIAS);
  });
}
