/**
 * @file A filter over all rows of a store in memory at once: each comparison looks at each different value of its
 * field, then a row costs one look in a table, however often the query asks.
 *
 * Shapes: R rows, V different values of a field.
 */
import { type Comparison, compileComparison, type Filter, type FilterRow, fieldValue } from './filter.ts';
import type { AttributeValue } from './row.ts';

/** One field of all rows. */
interface Column {
  /** `[V]`, each once. */
  readonly values: readonly AttributeValue[];
  /** `[R]` int32: where in `values` the row's is. */
  readonly codes: Int32Array;
}

/** Columns of rows that do not change, made when a filter first asks for them. */
export class FilterColumns {
  readonly #rows: readonly FilterRow[];
  readonly #columns = new Map<string, Column>();

  constructor(rows: readonly FilterRow[]) {
    this.#rows = rows;
  }

  /** `[R]` uint8: 1 for the rows that the filter lets through. */
  select(filter: Filter): Uint8Array {
    switch (filter.kind) {
      case 'and':
      case 'or': {
        const wanted = filter.kind === 'or' ? 1 : 0;
        const chosen = new Uint8Array(this.#rows.length).fill(1 - wanted);
        for (const part of filter.of) {
          const rows = this.select(part);
          for (let row = 0; row < chosen.length; row++) if (rows[row] === wanted) chosen[row] = wanted;
        }
        return chosen;
      }
      case 'not': {
        const chosen = this.select(filter.of);
        for (let row = 0; row < chosen.length; row++) chosen[row] = 1 - chosen[row];
        return chosen;
      }
      default:
        return this.#compare(filter);
    }
  }

  #compare(comparison: Comparison): Uint8Array {
    const { values, codes } = this.#column(comparison.field);
    const holds = compileComparison(comparison);
    const verdicts = Uint8Array.from(values, (value) => (holds(value) ? 1 : 0));
    const chosen = new Uint8Array(codes.length);
    for (let row = 0; row < chosen.length; row++) chosen[row] = verdicts[codes[row]];
    return chosen;
  }

  #column(field: string): Column {
    const known = this.#columns.get(field);
    if (known !== undefined) return known;
    const codeOf = new Map<AttributeValue, number>();
    const codes = new Int32Array(this.#rows.length);
    for (const [row, facts] of this.#rows.entries()) {
      const value = fieldValue(facts, field);
      const code = codeOf.get(value) ?? codeOf.size;
      if (code === codeOf.size) codeOf.set(value, code);
      codes[row] = code;
    }
    const column = { values: [...codeOf.keys()], codes };
    this.#columns.set(field, column);
    return column;
  }
}
