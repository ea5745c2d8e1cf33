/**
 * @file Which rows a query may answer with, as data. Each store compiles the tree itself, with its own escaping; this
 * is the meaning that all of them must agree with. Comparisons of order and sets join as further kinds.
 */
import type { AttributeValue, Row } from './row.ts';

export type Filter =
  | { readonly kind: 'equals'; readonly field: string; readonly value: AttributeValue }
  | { readonly kind: 'and'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** Fields that every row has beside its attributes. */
const rowFields = ['product', 'variant', 'image', 'label'] as const;
type RowField = (typeof rowFields)[number];

/** A predicate that says what the filter says. A field that a row lacks equals null. */
export function compileFilter(filter: Filter): (row: Row) => boolean {
  switch (filter.kind) {
    case 'equals': {
      const { field, value } = filter;
      if (isRowField(field)) return (row) => row[field] === value;
      return (row) => (row.attributes[field] ?? null) === value;
    }
    case 'and': {
      const parts = filter.of.map(compileFilter);
      return (row) => parts.every((part) => part(row));
    }
    case 'not': {
      const part = compileFilter(filter.of);
      return (row) => !part(row);
    }
  }
}

/** Every field that a filter names, for a check against the schema. */
export function fieldsOf(filter: Filter): string[] {
  switch (filter.kind) {
    case 'equals':
      return [filter.field];
    case 'and':
      return filter.of.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(filter.of);
  }
}

export function isRowField(field: string): field is RowField {
  return (rowFields as readonly string[]).includes(field);
}
