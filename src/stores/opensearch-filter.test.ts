import { describe, expect, test } from 'vitest';
import type { Filter } from './filter.ts';
import { filterToClause } from './opensearch-filter.ts';
import { attributeField, termOf } from './opensearch-terms-node.ts';

const names = { fieldOf: attributeField, termOf };
const clauseOf = (filter: Filter) => filterToClause(filter, names);
const brand = (value: string | null): Filter => ({ kind: 'equals', field: 'brand', value });
const below = (value: number): Filter => ({ kind: 'order', field: 'price', operator: '<', value });

describe('clauses', () => {
  test('texts and numbers stay values, whatever they say', () => {
    const text = '"}},{"match_all":{}} OR *:*';
    expect(clauseOf(brand(text))).toEqual({ terms: { a_brand: [text] } });
    expect(clauseOf(below(-0))).toEqual({ range: { a_price: { lt: 0 } } });
    const hostile: Filter = { kind: 'equals', field: 'a"}: {"x', value: 5 };
    expect(Object.keys(Object(clauseOf(hostile).terms))).toEqual([expect.stringMatching(/^h_[0-9a-f]{16}$/)]);
  });

  test('null is a field that is not there', () => {
    expect(clauseOf(brand(null))).toEqual({ bool: { must_not: [{ exists: { field: 'a_brand' } }] } });
    expect(clauseOf({ kind: 'in', field: 'brand', values: [] })).toEqual({ match_none: {} });
  });

  test('values of one field are one clause, in "or" as they are and in "and" turned round', () => {
    expect(clauseOf({ kind: 'or', of: [brand('a'), brand('b'), below(5)] })).toEqual({
      bool: {
        should: [{ terms: { a_brand: ['a', 'b'] } }, { range: { a_price: { lt: 5 } } }],
        minimum_should_match: 1,
      },
    });
    const not = (of: Filter): Filter => ({ kind: 'not', of });
    expect(
      clauseOf({ kind: 'and', of: [not(brand('a')), not(not(not(brand('b')))), not(brand('c')), below(5)] }),
    ).toEqual({
      bool: {
        filter: [{ range: { a_price: { lt: 5 } } }],
        must_not: [{ terms: { a_brand: ['a', 'c'] } }, { terms: { a_brand: ['b'] } }],
      },
    });
  });

  test('what the engine would refuse is refused with a cure', () => {
    const ranges = Array.from({ length: 901 }, (_, value) => below(value));
    expect(() => clauseOf({ kind: 'or', of: ranges })).toThrow(/at most 900 comparisons; got 901/);
    let deep: Filter = below(1);
    for (let level = 0; level < 150; level++) deep = { kind: 'and', of: [{ kind: 'or', of: [deep, below(level)] }] };
    expect(() => clauseOf(deep)).toThrow(/at most 200 levels/);
  });
});

test('terms are the texts themselves, and a hash where those are long; different texts stay different', () => {
  expect(termOf('Böhm & Co')).toBe('Böhm & Co');
  const [long, other] = ['x'.repeat(40_000), `${'x'.repeat(40_000)}y`];
  expect(termOf(long)).toMatch(/^\uffffsha256:[0-9a-f]{64}$/);
  expect(termOf(long)).not.toBe(termOf(other));
  expect(termOf(termOf(long))).not.toBe(termOf(long));
  expect(attributeField('brand')).toBe('a_brand');
  expect(attributeField('größe')).toMatch(/^h_/);
});
