/** @file Which of some names was meant by one that is none of them. */
import { foldCase } from './word-forms.ts';

/** A slip in longer ones is none that a person made. */
const maxLength = 64;
const maxSlips = 2;

/**
 * The name that is nearest to a mistyped one: at most two slips, in at most a third of its letters; case, spaces, dashes and
 * underscores do not count. Undefined where none is so near.
 */
export function nearName(mistyped: string, names: readonly string[]): string | undefined {
  if (mistyped.length > maxLength) return undefined;
  const plain = plainOf(mistyped);
  const near = names.flatMap((name) => {
    const other = plainOf(name);
    const length = Math.max(plain.length, other.length);
    if (length > maxLength || Math.abs(plain.length - other.length) > maxSlips) return [];
    const slips = slipDistance(plain, other);
    return slips <= maxSlips && 3 * slips <= length ? [{ name, slips }] : [];
  });
  return near.sort((a, b) => a.slips - b.slips)[0]?.name;
}

/** `Did you mean price?` as the cure of an error; undefined where there is nothing to guess. */
export function didYouMean(mistyped: string, names: readonly string[]): string | undefined {
  const name = nearName(mistyped, names);
  return name === undefined ? undefined : `Did you mean ${name}?`;
}

const plainOf = (name: string) => foldCase(name).replace(/[\s_-]+/g, '');

/** Letters to change, add, leave out, or exchange with their neighbour. */
export function slipDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(row[j - 1] + 1, rows[i - 1][j] + 1, changed);
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isExchanged) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
