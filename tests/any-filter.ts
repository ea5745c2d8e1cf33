/** @file For tests: random filters over one schema, and rows that they divide. */
import fc from 'fast-check';
import type { Comparison, Filter } from '../src/stores/filter.ts';
import type { AttributeSchema, AttributeValue } from '../src/stores/row.ts';

export const filterSchema = {
  brand: 'string',
  price: 'number',
  inStock: 'boolean',
  'heel height-cm': 'number',
  and: 'string',
} as const satisfies AttributeSchema;

const texts = ['Acme', 'Böhm & Co', '', 'and', '"quoted" \\ \'single\'', '\u001b[2J\u202e\n', '日本 👗', '\ud800'];
/** Few different values, so that comparisons often hold. */
const values = {
  string: fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary', maxLength: 5 })),
  number: fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  ),
  boolean: fc.boolean(),
};

const fields = [...Object.entries(filterSchema), ['label', 'string'], ['product', 'string']] as const;

/** Comparisons that the schema allows. */
const anyComparison: fc.Arbitrary<Comparison> = fc.constantFrom(...fields).chain(([field, type]) => {
  const known: fc.Arbitrary<AttributeValue> = values[type];
  const value = fc.option(known, { freq: 6 });
  const kinds: fc.Arbitrary<Comparison>[] = [
    value.map((each) => ({ kind: 'equals', field, value: each })),
    fc.array(value, { minLength: 1, maxLength: 4 }).map((each) => ({ kind: 'in', field, values: each })),
  ];
  if (type === 'number') {
    const operator = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const);
    kinds.push(
      fc.tuple(operator, values.number).map(([o, each]) => ({ kind: 'order', field, operator: o, value: each })),
    );
  }
  return fc.oneof(...kinds);
});

/** Trees in which `and` and `or` are of two parts or more, as text can say them. */
export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyComparison,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
      .map(([kind, of]): Filter => ({ kind, of })),
    tie('filter').map((of): Filter => ({ kind: 'not', of })),
  ),
})).filter;

/** What a filter reads of a row; any attribute may be null or missing. */
export const anyFilterRow = fc.record({
  product: values.string,
  variant: fc.constant(''),
  image: fc.constant('a.jpg'),
  label: fc.option(values.string),
  attributes: fc.record(
    {
      brand: fc.option(values.string),
      price: fc.option(values.number),
      inStock: fc.option(values.boolean),
      'heel height-cm': fc.option(values.number),
      and: fc.option(values.string),
    },
    { requiredKeys: [] },
  ),
});
