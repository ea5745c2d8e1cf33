/**
 * @file Prints of photos by which copies find each other, though they were saved again, made smaller or brighter, or cropped
 * by a hair.
 *
 * A print is a hash of 64 bits and a thumbnail. The hash has a bit for each of the 64 lowest frequencies (a cosine
 * transform of the brightness, without the mean): whether it is above their median. Hashes that are near are cheap to
 * find; the thumbnails then tell photos that are alike in outline from copies.
 */

export interface PhotoPrint {
  readonly high: number;
  readonly low: number;
  /** `[8, 8, 3]` uint8 */
  readonly thumbnail: Uint8Array;
}

/** Side of the square that prints are made from. */
export const printSide = 32;
const thumbnailSide = 8;

/** Frequencies (down, across) from the lowest, the mean left out. */
const frequencies = Array.from({ length: 12 * 12 }, (_, index) => [Math.floor(index / 12), index % 12] as const)
  .sort((a, b) => a[0] + a[1] - (b[0] + b[1]) || a[0] - b[0])
  .slice(1, 65);
const numFrequencies = 1 + Math.max(...frequencies.flat());
const cosines = Float64Array.from({ length: numFrequencies * printSide }, (_, index) =>
  Math.cos((Math.PI * Math.floor(index / printSide) * (2 * (index % printSide) + 1)) / (2 * printSide)),
);

/** @param pixels `[32, 32, 3]` uint8 */
export function printOf(pixels: Uint8Array): PhotoPrint {
  const brightness = new Float64Array(printSide * printSide);
  for (let at = 0; at < brightness.length; at++) {
    brightness[at] = 0.299 * pixels[at * 3] + 0.587 * pixels[at * 3 + 1] + 0.114 * pixels[at * 3 + 2];
  }
  const across = new Float64Array(printSide * numFrequencies);
  for (let row = 0; row < printSide; row++) {
    for (let frequency = 0; frequency < numFrequencies; frequency++) {
      let sum = 0;
      for (let x = 0; x < printSide; x++) sum += brightness[row * printSide + x] * cosines[frequency * printSide + x];
      across[row * numFrequencies + frequency] = sum;
    }
  }
  const strengths = frequencies.map(([down, side]) => {
    let sum = 0;
    for (let y = 0; y < printSide; y++) sum += across[y * numFrequencies + side] * cosines[down * printSide + y];
    return sum;
  });
  const sorted = [...strengths].sort((a, b) => a - b);
  const median = (sorted[31] + sorted[32]) / 2;
  const bits = (from: number) =>
    strengths.slice(from, from + 32).reduce((word, strength) => (word << 1) | (strength > median ? 1 : 0), 0) >>> 0;
  return { high: bits(0), low: bits(32), thumbnail: thumbnailOf(pixels) };
}

/** How many bits of two hashes differ. */
export function hashDistance(a: PhotoPrint, b: PhotoPrint): number {
  return bitsSet(a.high ^ b.high) + bitsSet(a.low ^ b.low);
}

/**
 * Correlation of two thumbnails over all cells and colours, -1 to 1. One brightness and contrast for the whole picture do
 * not change it; other colours do. Of two plain pictures it is 1 where their colours are equal but for rounding, else 0.
 */
export function thumbnailCorrelation({ thumbnail: a }: PhotoPrint, { thumbnail: b }: PhotoPrint): number {
  let [sumA, sumB, sumAA, sumBB, sumAB, furthest] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [a[at], b[at]];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
    furthest = Math.max(furthest, Math.abs(x - y));
  }
  // Whole numbers below 2^53: exact, so that a plain picture has no variance at all.
  const variances = (a.length * sumAA - sumA * sumA) * (b.length * sumBB - sumB * sumB);
  if (variances === 0) return furthest <= 1 ? 1 : 0;
  return (a.length * sumAB - sumA * sumB) / Math.sqrt(variances);
}

function thumbnailOf(pixels: Uint8Array): Uint8Array {
  const step = printSide / thumbnailSide;
  const sums = new Float64Array(thumbnailSide * thumbnailSide * 3);
  for (let y = 0; y < printSide; y++) {
    for (let x = 0; x < printSide; x++) {
      const to = (Math.floor(y / step) * thumbnailSide + Math.floor(x / step)) * 3;
      for (let channel = 0; channel < 3; channel++) sums[to + channel] += pixels[(y * printSide + x) * 3 + channel];
    }
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / (step * step)));
}

function bitsSet(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
