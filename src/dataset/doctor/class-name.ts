/** @file Class names that mean the same: in another case, spelled with a hyphen, in the plural, or mistyped. */
import { foldCase, singularKey } from '../../text/word-forms.ts';

/** A class name without case, accents, spaces, hyphens and plural: names that are equal then mean the same. */
export function plainName(name: string): string {
  return singularKey(foldCase(name).replace(/[\s_\-./]+/gu, ''));
}

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
