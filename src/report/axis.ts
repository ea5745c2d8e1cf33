/** @file Scales and their ticks. */

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  /** Decimals that the ticks need. */
  readonly decimals: number;
}

/**
 * An axis whose ends are ticks and whose steps are 1, 2 or 5 times a power of ten. It holds every value.
 *
 * @param numSteps about how many steps are wanted
 */
export function axisOf(values: readonly number[], { numSteps, from }: { numSteps: number; from?: number }): Axis {
  const known = values.filter(Number.isFinite);
  const low = Math.min(from ?? Number.POSITIVE_INFINITY, ...(known.length > 0 ? known : [0]));
  const high = Math.max(from ?? Number.NEGATIVE_INFINITY, ...(known.length > 0 ? known : [1]));
  // Equal values get an axis around them; what is less than the ticks' ten decimals is no difference.
  const span = [high - low, Math.abs(high), 1].find((size) => size > 1e-8)!;
  const raw = span / numSteps;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(10)));
  return { min: ticks[0], max: ticks.at(-1)!, ticks, decimals };
}

/** Where a value lies between two ends. */
export function scaleOf({ min, max }: Axis, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - min) / (max - min)) * (end - start);
}

/** `12,000`, `0.25`. */
export function formatTick(value: number, { decimals }: Pick<Axis, 'decimals'>): string {
  return decimals > 0 ? value.toFixed(decimals) : formatCount(value);
}

/** Whole numbers with commas between thousands. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
