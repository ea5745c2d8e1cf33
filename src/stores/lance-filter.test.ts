import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Filter } from './filter.ts';
import { filterToSql } from './lance-filter.ts';
import { decodeText, encodeText } from './stored-text.ts';

const sqlOf = (filter: Filter) => filterToSql(filter, (field) => `c_${field.length}`);
const price = (operator: '<' | '>=', value: number): Filter => ({ kind: 'order', field: 'price', operator, value });

test.each<[Filter, string]>([
  [{ kind: 'equals', field: 'brand', value: "Levi's" }, "c_5 = 'Levi''s'"],
  [{ kind: 'equals', field: 'brand', value: null }, 'c_5 IS NULL'],
  [{ kind: 'not', of: { kind: 'equals', field: 'brand', value: "'; --" } }, "(c_5 != '''; --' OR c_5 IS NULL)"],
  [{ kind: 'in', field: 'inStock', values: [true, null] }, '(c_7 = 1 OR c_7 IS NULL)'],
  [
    { kind: 'not', of: { kind: 'in', field: 'brand', values: ['a', 'b', null] } },
    "(c_5 NOT IN ('a', 'b') AND c_5 IS NOT NULL)",
  ],
  [
    { kind: 'and', of: [price('<', 50), price('>=', -0), price('<', 1e21)] },
    '(c_5 < 50.0 AND (c_5 >= 0.0 AND c_5 < 1e+21))',
  ],
  [
    { kind: 'not', of: { kind: 'or', of: [price('<', 0.5), { kind: 'not', of: price('<', 9) }] } },
    '((c_5 >= 0.5 OR c_5 IS NULL) AND c_5 < 9.0)',
  ],
  [{ kind: 'or', of: [] }, 'id IS NULL'],
])('%j', (filter, sql) => {
  expect(sqlOf(filter)).toBe(sql);
});

test('a filter that is nested deeper than the engine reads has no text', () => {
  const nested = (levels: number): Filter =>
    levels === 0 ? price('<', 1) : { kind: levels % 2 > 0 ? 'or' : 'and', of: [price('<', 2), nested(levels - 1)] };
  expect(sqlOf(nested(18))).toBeDefined();
  expect(sqlOf(nested(19))).toBeUndefined();
  expect(sqlOf({ kind: 'or', of: Array.from({ length: 10_000 }, (_, index) => price('<', index)) })).toBeDefined();
});

test('any text comes back as it was, and is carried by UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const stored = encodeText(text);
      expect(Buffer.from(stored).toString()).toBe(stored);
      expect(decodeText(stored)).toBe(text);
    }),
    { seed: 1 },
  );
  expect(encodeText('\ud800a\0\ufeff\uffff👗')).toBe('\uffffd800a\uffff0000\ufffffeff\uffffffff👗');
});
