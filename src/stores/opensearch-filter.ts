/**
 * @file A filter as OpenSearch's query DSL: data that the client prints as JSON, in which no text is read as anything else.
 *
 * `must_not` is true where its query is not, so two truth values are the engine's own, as they are a filter's.
 */
import type { Comparison, Filter, OrderOperator } from './filter.ts';
import type { AttributeValue } from './row.ts';
import { StoreError } from './store-error.ts';

/** How fields and texts are called in the index. */
export interface FilterNames {
  /** The filter was checked: every field is one. */
  readonly fieldOf: (field: string) => string;
  readonly termOf: (text: string) => string;
}

/** A clause of the query DSL. */
export type Clause = { readonly [name: string]: unknown };

/** The engine takes 1,024 clauses, and some are ours. */
const mostClauses = 900;
/** Each level is three of JSON, of which it takes a thousand. */
const mostLevels = 200;
/** Values of one clause: the engine's bound is 65,536. */
const valuesAtOnce = 60_000;

/** @throws StoreError `store-query` for more than the engine takes, once values of one field are put together */
export function filterToClause(filter: Filter, names: FilterNames): Clause {
  const count = { clauses: 0 };
  const clause = compile(filter, { ...names, count, level: 0 });
  if (count.clauses > mostClauses) throw tooMuch(`at most ${mostClauses} comparisons`, String(count.clauses));
  return clause;
}

interface Context extends FilterNames {
  readonly count: { clauses: number };
  readonly level: number;
}

const nothing: Clause = { match_none: {} };

function compile(filter: Filter, outer: Context): Clause {
  const context = { ...outer, level: outer.level + 1 };
  if (context.level > mostLevels) throw tooMuch(`at most ${mostLevels} levels`, 'more');
  switch (filter.kind) {
    case 'not': {
      // However many stand in a row.
      let inner: Filter = filter;
      let holds = true;
      for (; inner.kind === 'not'; inner = inner.of) holds = !holds;
      const clause = compile(inner, context);
      return holds ? clause : { bool: { must_not: [clause] } };
    }
    case 'and': {
      const denied = filter.of.flatMap((part) => (part.kind === 'not' ? [part.of] : []));
      const others = filter.of.filter(({ kind }) => kind !== 'not');
      const must = others.map((part) => compile(part, context));
      const mustNot = gather(denied).map((part) => compile(part, context));
      if (must.length + mustNot.length === 0) return { match_all: {} };
      return { bool: { filter: must, must_not: mustNot } };
    }
    case 'or': {
      const should = gather(filter.of).map((part) => compile(part, context));
      return should.length === 0 ? nothing : { bool: { should, minimum_should_match: 1 } };
    }
    default:
      return compare(filter, context);
  }
}

/** Alternatives of which those about equal values of one field are one. */
function gather(parts: readonly Filter[]): Filter[] {
  const values = new Map<string, AttributeValue[]>();
  const others: Filter[] = [];
  for (const part of parts) {
    if (part.kind !== 'equals' && part.kind !== 'in') others.push(part);
    else {
      const known = values.get(part.field) ?? [];
      known.push(...(part.kind === 'in' ? part.values : [part.value]));
      values.set(part.field, known);
    }
  }
  const gathered = Array.from(values, ([field, each]): Filter => ({ kind: 'in', field, values: each }));
  return [...gathered, ...others];
}

const ranges: { readonly [O in OrderOperator]: string } = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

function compare(comparison: Comparison, { fieldOf, termOf, count }: Context): Clause {
  const field = fieldOf(comparison.field);
  if (comparison.kind === 'order') {
    count.clauses += 1;
    return { range: { [field]: { [ranges[comparison.operator]]: comparison.value + 0 } } };
  }
  const values = comparison.kind === 'in' ? comparison.values : [comparison.value];
  const terms = [...new Set(values)].filter((value) => value !== null).map((value) => asTerm(value, termOf));
  const should: Clause[] = [];
  for (let at = 0; at < terms.length; at += valuesAtOnce)
    should.push({ terms: { [field]: terms.slice(at, at + valuesAtOnce) } });
  if (values.includes(null)) should.push({ bool: { must_not: [{ exists: { field } }] } });
  count.clauses += should.length;
  if (should.length === 0) return nothing;
  return should.length === 1 ? should[0]! : { bool: { should, minimum_should_match: 1 } };
}

/** A zero has one sign: the engine would tell them apart. */
function asTerm(value: string | number | boolean, termOf: FilterNames['termOf']): string | number | boolean {
  if (typeof value === 'string') return termOf(value);
  return typeof value === 'number' ? value + 0 : value;
}

function tooMuch(expected: string, got: string): StoreError {
  const cure = 'Ask in fewer words: values of one field count once, in "in".';
  return new StoreError('query', 'a filter that is too long for the engine', { expected, got, cure });
}
