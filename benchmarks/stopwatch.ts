/** @file Times of repeated calls: the median, and how far the middle half spreads. */

export interface Timing {
  readonly medianMs: number;
  /** First and third quartile. */
  readonly quartilesMs: readonly [number, number];
  readonly count: number;
}

/** @param warmUp calls that are not counted */
export async function time(calls: number, call: (index: number) => unknown, warmUp = 3): Promise<Timing> {
  const times: number[] = [];
  for (let index = -warmUp; index < calls; index++) {
    const started = performance.now();
    await call(index < 0 ? index + warmUp : index);
    if (index >= 0) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))];
  return { medianMs: at(0.5), quartilesMs: [at(0.25), at(0.75)], count: calls };
}

export function describeTiming({ medianMs, quartilesMs: [low, high], count }: Timing): string {
  return `${medianMs.toFixed(1)} ms (middle half ${low.toFixed(1)} to ${high.toFixed(1)}, ${count} times)`;
}
