/** @file Percentile intervals of a figure over resamples. */

/** Low and high end; null where there is nothing to resample. */
export type Interval = readonly [low: number, high: number] | null;

/** The middle `level` of the values, ends interpolated. */
export function intervalOf(values: readonly number[], level: number): Interval {
  const known = Float64Array.from(values).sort();
  if (known.length === 0) return null;
  const quantile = (share: number): number => {
    const position = share * (known.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, known.length - 1);
    return known[below] + (known[above] - known[below]) * (position - below);
  };
  return [quantile((1 - level) / 2), quantile((1 + level) / 2)];
}
