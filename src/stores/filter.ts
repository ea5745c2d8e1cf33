/**
 * @file Which rows a query may answer with, as data. Each store compiles the tree itself, with its own escaping; this
 * is the meaning that all of them must agree with.
 *
 * There are two truth values. A field that a row lacks is null: it equals null and nothing else, it is neither below
 * nor above any number, and `not` turns that round: `not price < 50` holds for a row without a price.
 */
import { didYouMean } from '../text/near-name.ts';
import { type AttributeSchema, type AttributeType, type AttributeValue, type Row, schemaTypeOf } from './row.ts';
import { StoreError } from './store-error.ts';

export type OrderOperator = '<' | '<=' | '>' | '>=';

/** What looks at one field. Text is compared as it is written, letter by letter. */
export type Comparison =
  | { readonly kind: 'equals'; readonly field: string; readonly value: AttributeValue }
  | { readonly kind: 'order'; readonly field: string; readonly operator: OrderOperator; readonly value: number }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly AttributeValue[] };

/** `and` of nothing is true, `or` of nothing false. */
export type Filter =
  | Comparison
  | { readonly kind: 'and'; readonly of: readonly Filter[] }
  | { readonly kind: 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** Fields that every row has beside its attributes, all of them text. */
export const rowFields = ['product', 'variant', 'image', 'label'] as const;
type RowField = (typeof rowFields)[number];

/** What a filter reads of a row. */
export type FilterRow = Pick<Row, RowField | 'attributes'>;

/** Rows that pass every one of those that are given; undefined, which lets all through, when none is. */
export function allOf(...filters: readonly (Filter | undefined)[]): Filter | undefined {
  const given = filters.filter((filter) => filter !== undefined);
  return given.length < 2 ? given[0] : { kind: 'and', of: given };
}

/** A predicate that says what the filter says; the plain form, for one row. Many rows: `filter-columns.ts`. */
export function compileFilter(filter: Filter): (row: FilterRow) => boolean {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.of.map(compileFilter);
      return (row) => parts.every((part) => part(row));
    }
    case 'or': {
      const parts = filter.of.map(compileFilter);
      return (row) => parts.some((part) => part(row));
    }
    case 'not': {
      const part = compileFilter(filter.of);
      return (row) => !part(row);
    }
    default: {
      const holds = compileComparison(filter);
      return (row) => holds(fieldValue(row, filter.field));
    }
  }
}

/** What a comparison says of the value of its field. */
export function compileComparison(comparison: Comparison): (value: AttributeValue) => boolean {
  switch (comparison.kind) {
    case 'equals':
      return (value) => value === comparison.value;
    case 'in': {
      const values = new Set(comparison.values);
      return (value) => values.has(value);
    }
    case 'order': {
      const holds = orders[comparison.operator];
      return (value) => typeof value === 'number' && holds(value, comparison.value);
    }
  }
}

const orders: { readonly [O in OrderOperator]: (value: number, bound: number) => boolean } = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Null where the row lacks it. */
export function fieldValue(row: FilterRow, field: string): AttributeValue {
  if (isRowField(field)) return row[field];
  return Object.hasOwn(row.attributes, field) ? row.attributes[field] : null;
}

/**
 * Refuses a filter that the schema gives no meaning.
 *
 * @throws StoreError `store-field`
 */
export function checkFilter(filter: Filter, schema: AttributeSchema): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const part of filter.of) checkFilter(part, schema);
      return;
    case 'not':
      checkFilter(filter.of, schema);
      return;
    default: {
      const fault = faultOf(filter, schema);
      if (fault === null) return;
      const { summary, ...facts } = fault;
      throw new StoreError('field', summary, facts);
    }
  }
}

/** What is wrong with a comparison, for messages. */
export interface ComparisonFault {
  readonly summary: string;
  readonly expected: string;
  readonly got: string;
  readonly cure?: string;
}

/** Names that a filter or a facet may have. */
export function fieldNames(schema: AttributeSchema): string[] {
  return [...rowFields, ...Object.keys(schema)];
}

/** Why a comparison has no meaning in a schema; null when it has one. */
export function faultOf(comparison: Comparison, schema: AttributeSchema): ComparisonFault | null {
  const { field } = comparison;
  const type = typeOfField(field, schema);
  if (type === undefined) {
    const names = fieldNames(schema);
    const cure = didYouMean(field, names);
    const facts = { expected: `one of ${names.join(', ')}`, got: field, ...(cure && { cure }) };
    return { summary: 'a filter on a field that rows do not have', ...facts };
  }
  if (comparison.kind === 'order') {
    if (type === 'number') return finiteFault(field, [comparison.value]);
    const facts = { expected: `=, != or in: ${field} is of type ${type}`, got: comparison.operator };
    return { summary: 'an order on a field that is no number', ...facts };
  }
  const values = comparison.kind === 'in' ? comparison.values : [comparison.value];
  const stranger = values.find((value) => value !== null && typeof value !== type);
  if (stranger === undefined) return finiteFault(field, values);
  const facts = { expected: `a value of type ${type} for ${field}`, got: JSON.stringify(stranger) };
  return { summary: 'a value of another type than its field', ...facts };
}

/** No row has a number that is not finite, and not every engine can be asked for one. */
function finiteFault(field: string, values: readonly AttributeValue[]): ComparisonFault | null {
  const stranger = values.find((value) => typeof value === 'number' && !Number.isFinite(value));
  if (stranger === undefined) return null;
  return { summary: 'a number that is not finite', expected: `a finite number for ${field}`, got: String(stranger) };
}

/** Undefined for a field that rows do not have. */
export function typeOfField(field: string, schema: AttributeSchema): AttributeType | undefined {
  return isRowField(field) ? 'string' : schemaTypeOf(schema, field);
}

function isRowField(field: string): field is RowField {
  return rowFields.some((name) => name === field);
}
