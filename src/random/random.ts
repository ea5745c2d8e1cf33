/** @file Seeded random numbers. The same seed gives the same numbers on every machine; nothing here reads a clock. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers with a state that can be saved and restored. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed any integer; words of text can be mixed in with {@link seedFrom} */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
    // The first numbers of near seeds are alike; step past them.
    for (let step = 0; step < 8; step++) this.#generator.next();
  }

  /** Uniform in `[0, 1)`, 24 bits: exact in float32. */
  uniform(): number {
    return (this.#generator.next() >>> 8) / 0x1000000;
  }

  /** Uniform in `[low, high)`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Integer in `[0, count)`. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** Standard normal (Box-Muller, one number a call). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher-Yates) and returns the list. */
  shuffle<T>(list: T[]): T[] {
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [list[last], list[other]] = [list[other], list[last]];
    }
    return list;
  }
}

/** A seed from a base seed and words or numbers (FNV-1a): independent streams for `seedFrom(seed, 'epoch', 3)`. */
export function seedFrom(seed: number, ...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}
