/**
 * @file A filter as LanceDB's SQL. Names are looked up, numbers are printed, and text is quoted and escaped here: no
 * character of a filter is ever read as SQL.
 *
 * SQL has three truth values and a filter two (`filter.ts`). So `not` is pushed down to the comparisons, each of which
 * says by itself what becomes of null; what is left are `and` and `or`, for which unknown is as good as false.
 */
import type { Comparison, Filter, OrderOperator } from './filter.ts';
import type { AttributeValue } from './row.ts';
import { encodeText } from './stored-text.ts';

/** Field of a filter to a column, a name that needs no quotes. */
export type ColumnOf = (field: string) => string;

/**
 * Levels of parentheses. The engine's parser refuses some fifty of its own; a thousand comparisons in a row, nested by
 * its grammar one in the other, end the process with a segmentation fault: hence {@link join}.
 */
const maxDepth = 18;

/** Undefined where the engine could not read it: nested too deep. */
export function filterToSql(filter: Filter, columnOf: ColumnOf): string | undefined {
  const { sql, depth } = compile(filter, true, columnOf);
  return depth > maxDepth ? undefined : sql;
}

interface Expression {
  readonly sql: string;
  readonly depth: number;
}

/** Not null in any row, so that these are constants. */
const constants = { true: { sql: 'id IS NOT NULL', depth: 0 }, false: { sql: 'id IS NULL', depth: 0 } };

/** @param holds false for the opposite of the filter */
function compile(filter: Filter, holds: boolean, columnOf: ColumnOf): Expression {
  switch (filter.kind) {
    case 'not':
      return compile(filter.of, !holds, columnOf);
    case 'and':
    case 'or': {
      const isAnd = (filter.kind === 'and') === holds;
      if (filter.of.length === 0) return isAnd ? constants.true : constants.false;
      return join(
        filter.of.map((part) => compile(part, holds, columnOf)),
        isAnd ? 'AND' : 'OR',
      );
    }
    default:
      return compare(filter, holds, columnOf(filter.field));
  }
}

/** A balanced tree: as deep as the logarithm of the number of parts. */
function join(parts: readonly Expression[], operator: 'AND' | 'OR'): Expression {
  if (parts.length === 1) return parts[0];
  const middle = parts.length >> 1;
  const left = join(parts.slice(0, middle), operator);
  const right = join(parts.slice(middle), operator);
  return { sql: `(${left.sql} ${operator} ${right.sql})`, depth: 1 + Math.max(left.depth, right.depth) };
}

const opposites: { readonly [O in OrderOperator]: OrderOperator } = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

function compare(comparison: Comparison, holds: boolean, column: string): Expression {
  switch (comparison.kind) {
    case 'equals':
      return isOneOf(column, [comparison.value], holds);
    case 'in':
      return isOneOf(column, comparison.values, holds);
    case 'order': {
      const operator = holds ? comparison.operator : opposites[comparison.operator];
      const sql = `${column} ${operator} ${literal(comparison.value)}`;
      return holds ? { sql, depth: 0 } : orNull(sql, column);
    }
  }
}

function isOneOf(column: string, values: readonly AttributeValue[], holds: boolean): Expression {
  const known = [...new Set(values.filter((value) => value !== null))].map(literal);
  const hasNull = values.includes(null);
  if (known.length === 0) {
    if (!hasNull) return holds ? constants.false : constants.true;
    return { sql: `${column} IS ${holds ? '' : 'NOT '}NULL`, depth: 0 };
  }
  const one = known.length === 1;
  const list = one ? known[0] : `(${known.join(', ')})`;
  const among = `${column} ${one ? (holds ? '=' : '!=') : holds ? 'IN' : 'NOT IN'} ${list}`;
  if (holds) return hasNull ? orNull(among, column) : { sql: among, depth: 0 };
  return hasNull ? { sql: `(${among} AND ${column} IS NOT NULL)`, depth: 1 } : orNull(among, column);
}

function orNull(sql: string, column: string): Expression {
  return { sql: `(${sql} OR ${column} IS NULL)`, depth: 1 };
}

/** A value as SQL reads it back. */
export function literal(value: string | number | boolean): string {
  switch (typeof value) {
    case 'string':
      return `'${encodeText(value).replaceAll("'", "''")}'`;
    case 'number':
      // The engine tells -0 from 0, and reads digits without a point as an integer.
      return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value + 0}.0` : String(value);
    case 'boolean':
      // A byte in the table.
      return value ? '1' : '0';
  }
}
