/** @file Counts in sentences. */

/** `1 box`, `2 boxes`. */
export function plural(count: number, one: string, many?: string): string {
  return `${count} ${wordFor(count, one, many)}`;
}

/** The word alone, where the count is written otherwise. */
export function wordFor(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
