/** @file What is wrong with the text of a filter, and where: for people, with a mark under the character. */
import { DeepShopError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';

/** Characters of the expression that are shown on either side of the fault. */
const shown = 50;

/** A filter expression that says nothing; `code` is `filter`. */
export class FilterError extends DeepShopError {
  readonly expression: string;
  /** Index of the character in the expression; its length for the end. */
  readonly at: number;

  constructor(
    summary: string,
    facts: {
      readonly expression: string;
      readonly at: number;
      readonly expected: string;
      readonly got: string;
      readonly cure?: string | undefined;
    },
  ) {
    const { expression, at, expected, got, cure } = facts;
    super('filter', summary, { where: `filter, character ${at + 1}`, expected, got, ...(cure && { cure }) });
    this.expression = expression;
    this.at = at;
  }

  /** The expression, or as much of it as a line holds, and under it a caret. Harmless to a terminal. */
  excerpt(): string {
    const start = Math.max(0, this.at - shown);
    const before = onOneLine(this.expression.slice(start, this.at));
    const after = onOneLine(this.expression.slice(this.at, this.at + shown));
    const head = start > 0 ? '…' : '';
    const tail = this.at + shown < this.expression.length ? '…' : '';
    return `${head}${before}${after}${tail}\n${' '.repeat([...head, ...before].length)}^`;
  }
}

/** Each character stays one, so that the caret stays under its own. */
function onOneLine(text: string): string {
  return Array.from(text, printable).join('');
}
