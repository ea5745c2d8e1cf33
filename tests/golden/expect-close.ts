/** @file Comparison with golden numbers; a failure says where, by how much, and how to make the numbers again. */
import { expect } from 'vitest';

/** What every golden file says about itself. */
export interface GoldenSource {
  readonly generator: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The command that regenerates a golden file, for messages. */
export function howToRegenerate({ generator, versions }: GoldenSource): string {
  const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `golden numbers are made by: python ${generator} (${tools.join(', ')})`;
}

/** Every number within `tolerance` of its golden one, absolutely. */
export function expectClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  source: GoldenSource,
): void {
  const help = howToRegenerate(source);
  expect(actual.length, `as many numbers; ${help}`).toBe(wanted.length);
  const worst = { at: 0, difference: 0 };
  for (let at = 0; at < wanted.length; at++) {
    const difference = Math.abs(actual[at] - wanted[at]);
    if (!(difference <= worst.difference)) Object.assign(worst, { at, difference });
  }
  const message = `number ${worst.at}: ${actual[worst.at]} for ${wanted[worst.at]}; ${help}`;
  expect(worst.difference, message).toBeLessThanOrEqual(tolerance);
}
