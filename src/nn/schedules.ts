/** @file Learning-rate schedules: functions from a step (0 is the first) to a factor of the base rate. */

export type Schedule = (step: number) => number;

/** Rises in a line from `startFactor` at step 0 to 1 at step `steps`, then stays: torch's LinearLR. */
export const linearWarmup =
  (steps: number, startFactor = 1 / 1000): Schedule =>
  (step) =>
    step >= steps ? 1 : startFactor + ((1 - startFactor) * step) / steps;

/** Multiplied by `gamma` at each milestone: torch's MultiStepLR. */
export const multiStep =
  (milestones: readonly number[], gamma = 0.1): Schedule =>
  (step) =>
    gamma ** milestones.filter((milestone) => step >= milestone).length;

/** 1 until step `from`, then half a cosine down to 0 at step `to`, where it stays. */
export const cosine =
  ({ from = 0, to }: { readonly from?: number; readonly to: number }): Schedule =>
  (step) => {
    const progress = Math.min(Math.max((step - from) / Math.max(to - from, 1), 0), 1);
    return 0.5 * (1 + Math.cos(Math.PI * progress));
  };

/** The product of schedules: a warm-up times what follows it. */
export const product =
  (...schedules: readonly Schedule[]): Schedule =>
  (step) =>
    schedules.reduce((factor, schedule) => factor * schedule(step), 1);
