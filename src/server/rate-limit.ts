/** @file How many requests a minute one key, or one address without a key, may send: a bucket that fills evenly. */

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that are remembered; beyond, the one that was used longest ago is forgotten, which is in its favour. */
const maxBuckets = 50_000;

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Takes one request out of a bucket that holds a minute's worth.
   *
   * @returns 0 when it may pass, or the seconds to wait
   */
  take(name: string, perMinute: number): number {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: perMinute, at: now };
    const filled = Math.min(perMinute, tokens + ((now - at) * perMinute) / 60_000);
    const passes = filled >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: passes ? filled - 1 : filled, at: now });
    if (this.#buckets.size > maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value!);
    return passes ? 0 : Math.ceil(((1 - filled) * 60) / perMinute);
  }
}
