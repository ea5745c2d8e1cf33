/** @file How fast something goes and how long it will take, from the last half minute: known pictures go by faster than new ones. */

/** Milliseconds that count. */
const memoryMs = 30_000;
/** Of points that are kept: a point a call would be many. */
const apartMs = 250;

export class Pace {
  /** Times and counts, the oldest first. */
  #points: { readonly atMs: number; readonly done: number }[] = [];

  /** @param nowMs of a clock that never goes back */
  add(done: number, nowMs: number): void {
    const last = this.#points.at(-1);
    if (last !== undefined && nowMs - last.atMs < apartMs) return;
    this.#points.push({ atMs: nowMs, done });
    while (this.#points.length > 2 && nowMs - this.#points[0].atMs > memoryMs) this.#points.shift();
  }

  /** A second; null before there is anything to tell it from. */
  rate(): number | null {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || last.done === first.done) return null;
    return (1000 * (last.done - first.done)) / (last.atMs - first.atMs);
  }

  /** `21/s, 1 min 40 s left`; the empty string where nothing is known. */
  describe(done: number, total?: number): string {
    const rate = this.rate();
    if (rate === null) return '';
    const speed = `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`;
    return total === undefined ? speed : `${speed}, ${describeSeconds((total - done) / rate)} left`;
  }
}

/** `40 s`, `1 min 40 s`, `3 h 05 min` */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
