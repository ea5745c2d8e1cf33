/** @file Text as long as a record may be: what goes over it again from every place would take minutes. */
import { expect } from 'vitest';

/** Characters; of a feed's record, none may have more. */
export const hostileLength = 1 << 20;

/** Seconds that going over it a few times may take on a slow machine; of the processor, which others may be using too. */
const mostSeconds = 5;

/** The job's result, if it does not go over its text again and again. */
export async function expectReadOnce<T>(job: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const result = await job();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(mostSeconds);
  return result;
}
