/** @file Text as long as a record may be: what goes over it again from every place would take minutes. */

/** Characters; of a feed's record, none may have more. */
export const hostileLength = 1 << 20;

export function millisecondsOf(job: () => unknown): number {
  const start = performance.now();
  job();
  return performance.now() - start;
}
