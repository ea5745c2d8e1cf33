import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyFilter, anyFilterRow, filterSchema } from '../../tests/any-filter.ts';
import { checkFilter, compileFilter, type Filter, type FilterRow } from './filter.ts';
import { FilterColumns } from './filter-columns.ts';
import { parseFilter } from './parse-filter.ts';

/** As the header of `filter.ts` says it, without a thought for speed. */
function holds(filter: Filter, row: FilterRow): boolean {
  if (filter.kind === 'and') return !filter.of.some((part) => !holds(part, row));
  if (filter.kind === 'or') return filter.of.some((part) => holds(part, row));
  if (filter.kind === 'not') return !holds(filter.of, row);
  const all = new Map<string, unknown>(Object.entries({ ...row.attributes, ...row }));
  const value = all.get(filter.field) ?? null;
  if (filter.kind === 'equals') return value === filter.value;
  if (filter.kind === 'in') return filter.values.some((each) => each === value);
  if (typeof value !== 'number') return false;
  const [below, above] = [value < filter.value, value > filter.value];
  return { '<': below, '<=': !above, '>': above, '>=': !below }[filter.operator];
}

test('random trees mean what the plain definition says, row by row and by column', () => {
  fc.assert(
    fc.property(anyFilter, fc.array(anyFilterRow, { maxLength: 12 }), (filter, rows) => {
      checkFilter(filter, filterSchema);
      const wanted = rows.map((row) => holds(filter, row));
      expect(rows.map(compileFilter(filter))).toEqual(wanted);
      expect([...new FilterColumns(rows).select(filter)]).toEqual(wanted.map(Number));
    }),
    { seed: 3, numRuns: 2000 },
  );
});

const row = (attributes: FilterRow['attributes']): FilterRow => ({
  product: 'p',
  variant: '',
  image: 'i',
  label: null,
  attributes,
});

test.each<[string, boolean]>([
  ['price = null', true],
  ['price != null', false],
  ['price < 50', false],
  ['price >= 50', false],
  ['not price < 50', true],
  ['price = 5', false],
  ['price != 5', true],
  ['price in (5, null)', true],
  ['price not in (5)', true],
  ['brand = ""', false],
  ['label = null', true],
])('a row without the field: %s is %s', (expression, answer) => {
  const filter = parseFilter(expression, filterSchema);
  expect(compileFilter(filter)(row({}))).toBe(answer);
  expect(compileFilter(filter)(row({ price: null, brand: null }))).toBe(answer);
});

test('text is compared letter by letter; nothing inherited is a value', () => {
  const is = (field: string, value: string | null) => compileFilter({ kind: 'equals', field, value });
  expect(is('brand', 'acme')(row({ brand: 'Acme' }))).toBe(false);
  expect(is('constructor', null)(row({}))).toBe(true);
});

test('and of nothing lets all rows through, or of nothing none', () => {
  expect([...new FilterColumns([row({}), row({})]).select({ kind: 'and', of: [] })]).toEqual([1, 1]);
  expect([...new FilterColumns([row({}), row({})]).select({ kind: 'or', of: [] })]).toEqual([0, 0]);
});

test.each<[Filter, RegExp]>([
  [{ kind: 'order', field: 'brand', operator: '<', value: 5 }, /order on a field that is no number/],
  [{ kind: 'in', field: 'price', values: [1, 'x'] }, /another type.*got "x"/],
  [{ kind: 'not', of: { kind: 'equals', field: '__proto__', value: null } }, /rows do not have/],
  [{ kind: 'or', of: [{ kind: 'equals', field: 'inStock', value: 'true' }] }, /another type/],
])('a tree that has no meaning is refused: %j', (filter, message) => {
  expect(() => checkFilter(filter, filterSchema)).toThrow(message);
});
