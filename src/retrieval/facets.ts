/**
 * @file How many products of a list there are of each brand, colour, price range...: what a shopper may filter by next.
 * Each product counts once, by the row that stands for it, so that counts are those of what is shown.
 */
import { fieldNames, fieldValue, typeOfField } from '../stores/filter.ts';
import type { AttributeSchema, Row } from '../stores/row.ts';
import { StoreError } from '../stores/store-error.ts';
import { didYouMean } from '../text/near-name.ts';

export interface ValueCount {
  readonly value: string | boolean;
  readonly count: number;
}

/** Numbers from `from` to below `to`; the last range holds its `to`. */
export interface RangeCount {
  readonly from: number;
  readonly to: number;
  /** Of prices; null where the feed names none. */
  readonly currency: string | null;
  readonly count: number;
}

/** By field. Values by descending count, then in their order; ranges ascending. A field that no product has is left out. */
export type Facets = { readonly [field: string]: readonly ValueCount[] | readonly RangeCount[] };

/** Counted where the store has them, and beside them whatever is true or false. */
const usualFields = ['category', 'brand', 'colour', 'pattern', 'gender', 'price'];
/** Ranges hold a quarter of the products each. */
const numRanges = 4;

/**
 * Counts a list.
 *
 * @param rows the one that stands for each product
 * @param asked further fields
 * @throws StoreError `store-field` for a field that rows do not have
 */
export function countFacets(rows: readonly Row[], schema: AttributeSchema, asked: readonly string[] = []): Facets {
  const names = Object.keys(schema);
  const usual = usualFields.filter((name) => names.includes(name));
  const fields = new Set([...usual, ...names.filter((name) => schema[name] === 'boolean'), ...asked]);
  const facets: [string, readonly ValueCount[] | readonly RangeCount[]][] = [];
  for (const field of fields) {
    const counts = typeOrThrow(field, schema) === 'number' ? countRanges(rows, field) : countValues(rows, field);
    if (counts.length > 0) facets.push([field, counts]);
  }
  return Object.fromEntries(facets);
}

function typeOrThrow(field: string, schema: AttributeSchema) {
  const type = typeOfField(field, schema);
  if (type !== undefined) return type;
  const names = fieldNames(schema);
  const cure = didYouMean(field, names);
  const facts = { expected: `one of ${names.join(', ')}`, got: field, ...(cure && { cure }) };
  throw new StoreError('field', 'a facet of a field that rows do not have', facts);
}

function countValues(rows: readonly Row[], field: string): ValueCount[] {
  const counts = new Map<string | boolean, number>();
  for (const row of rows) {
    const value = fieldValue(row, field);
    if (value === null || typeof value === 'number') continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1),
  );
}

/** Quantiles of the numbers; prices in another currency than most are not compared with them, nor counted. */
function countRanges(rows: readonly Row[], field: string): RangeCount[] {
  const groups = new Map<string | null, number[]>();
  for (const row of rows) {
    const value = fieldValue(row, field);
    if (typeof value !== 'number') continue;
    const currency = field === 'price' ? fieldValue(row, 'currency') : null;
    const key = typeof currency === 'string' ? currency : null;
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  const [currency, numbers] = [...groups].sort(([, a], [, b]) => b.length - a.length)[0] ?? [null, []];
  if (numbers.length === 0) return [];
  numbers.sort((a, b) => a - b);
  const edgeAt = (part: number) => numbers[Math.floor((part * (numbers.length - 1)) / numRanges)];
  const edges = [...new Set(Array.from({ length: numRanges + 1 }, (_, part) => edgeAt(part)))];
  const starts = edges.length === 1 ? edges : edges.slice(0, -1);
  return starts.map((from, at) => {
    const isLast = at === starts.length - 1;
    const to = isLast ? edges.at(-1)! : edges[at + 1];
    const count = numbers.filter((number) => number >= from && (isLast || number < to)).length;
    return { from, to, currency, count };
  });
}
