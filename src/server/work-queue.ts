/**
 * @file Work that takes a while, a few pieces at a time. Who finds all places taken is told when to come again, so that those who
 * have one do not wait for ever. A place is taken before a photo is read from the network, so it bounds memory too.
 */
import { ApiError } from './api-error.ts';

/** Weight of the newest duration in the running mean. */
const newestShare = 0.1;

export interface QueueLimits {
  /** Pieces under way at once. */
  readonly width: number;
  /** Requests beyond these that may have a place: they wait, or their photo is on its way. */
  readonly maxWaiting: number;
  /** Places of one holder; undefined for as many as there are. */
  readonly maxPerHolder?: number | undefined;
}

/** Limits that leave places for others, whatever one holder does. */
export function sharedLimits(width: number, maxWaiting: number): QueueLimits {
  return { width, maxWaiting, maxPerHolder: Math.ceil((width + maxWaiting) / 4) };
}

/** Runs a piece of work when its turn comes. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

export class WorkQueue {
  readonly #limits: QueueLimits;
  readonly #now: () => number;
  /** Starts of those whose turn has not come. */
  #waiting: (() => void)[] = [];
  #numPlaces = 0;
  /** Places by holder. */
  readonly #held = new Map<string, number>();
  #numRunning = 0;
  /** Milliseconds of a piece, a running mean; a guess at first. */
  #meanMs = 100;
  #whenIdle: (() => void)[] = [];

  constructor(limits: QueueLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Requests with a place that are not worked on. */
  get numWaiting(): number {
    return this.#numPlaces - this.#numRunning;
  }

  get numRunning(): number {
    return this.#numRunning;
  }

  /**
   * Holds a place as long as the request takes. Turns whose signal is aborted before they come are never taken. The request
   * itself must end once its signal is aborted, unless it has its turn: until then its place is taken.
   *
   * @param holder who has the place; null for one whose share is not limited
   * @throws ApiError `queue-full`; the signal's reason
   */
  async hold<T>(
    request: (takeTurn: TakeTurn) => Promise<T>,
    signal: AbortSignal,
    holder: string | null = null,
  ): Promise<T> {
    const { width, maxWaiting, maxPerHolder = Infinity } = this.#limits;
    if (this.#numPlaces >= width + maxWaiting) throw this.#fullError(`at most ${width + maxWaiting} requests at once`);
    if (holder !== null && (this.#held.get(holder) ?? 0) >= maxPerHolder)
      throw this.#fullError(`at most ${maxPerHolder} requests at once of one address`);
    this.#count(holder, 1);
    try {
      return await request((work) => this.#run(work, signal));
    } finally {
      this.#count(holder, -1);
      if (this.#numPlaces === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  #count(holder: string | null, change: 1 | -1): void {
    this.#numPlaces += change;
    if (holder === null) return;
    const held = (this.#held.get(holder) ?? 0) + change;
    if (held === 0) this.#held.delete(holder);
    else this.#held.set(holder, held);
  }

  /** Resolves once nobody has a place. */
  idle(): Promise<void> {
    if (this.#numPlaces === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  async #run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#numRunning < this.#limits.width) this.#numRunning += 1;
    else await this.#turn(signal);
    const started = this.#now();
    try {
      return await work();
    } finally {
      this.#meanMs += newestShare * (this.#now() - started - this.#meanMs);
      // The turn goes to the one that waits longest.
      const next = this.#waiting.shift();
      if (next === undefined) this.#numRunning -= 1;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((each) => each !== start);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(start);
    });
  }

  #fullError(expected: string): ApiError {
    const { width, maxWaiting } = this.#limits;
    const seconds = Math.max(1, Math.ceil((maxWaiting * this.#meanMs) / width / 1000));
    const facts = { expected, got: 'one more', cure: `Try again in ${seconds} s.` };
    return new ApiError('queue-full', 'the server is busy', facts, seconds);
  }
}
