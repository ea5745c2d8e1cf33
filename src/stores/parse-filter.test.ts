import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyFilter, filterSchema } from '../../tests/any-filter.ts';
import { printFilter } from '../../tests/print-filter.ts';
import type { Filter } from './filter.ts';
import { FilterError } from './filter-error.ts';
import { parseFilter } from './parse-filter.ts';

const schema = {
  price: 'number',
  brand: 'string',
  inStock: 'boolean',
  'heel height-cm': 'number',
  größe: 'string',
} as const;

const brand = (value: string | null): Filter => ({ kind: 'equals', field: 'brand', value });

function failureOf(expression: string): FilterError {
  try {
    parseFilter(expression, schema);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`understood: ${expression}`);
}

describe('expressions', () => {
  test('the one of the manual', () => {
    expect(parseFilter('price <= 50 and brand in ("Acme", "Böhm & Co")', schema)).toEqual({
      kind: 'and',
      of: [
        { kind: 'order', field: 'price', operator: '<=', value: 50 },
        { kind: 'in', field: 'brand', values: ['Acme', 'Böhm & Co'] },
      ],
    });
  });

  test('not binds before and, and before or; parentheses before all', () => {
    const [a, b, c] = [brand('a'), brand('b'), brand('c')];
    const text = { a: 'brand="a"', b: 'brand="b"', c: 'brand="c"' };
    expect(parseFilter(`not ${text.a} and ${text.b} or ${text.c}`, schema)).toEqual({
      kind: 'or',
      of: [{ kind: 'and', of: [{ kind: 'not', of: a }, b] }, c],
    });
    expect(parseFilter(`${text.a} or ${text.b} and ${text.c}`, schema)).toEqual({
      kind: 'or',
      of: [a, { kind: 'and', of: [b, c] }],
    });
    expect(parseFilter(`not (${text.a} or ${text.b}) AND ${text.c}`, schema)).toEqual({
      kind: 'and',
      of: [{ kind: 'not', of: { kind: 'or', of: [a, b] } }, c],
    });
  });

  test.each<[string, Filter]>([
    ['brand != "a"', { kind: 'not', of: brand('a') }],
    ["brand = 'it\\'s \\u00fc \\\\'", brand("it's ü \\")],
    ['brand = null', brand(null)],
    ['inStock = TRUE', { kind: 'equals', field: 'inStock', value: true }],
    ['"heel height-cm" >= -1.5e1', { kind: 'order', field: 'heel height-cm', operator: '>=', value: -15 }],
    ['größe = "L"', { kind: 'equals', field: 'größe', value: 'L' }],
    ['price not in (1, .5, null)', { kind: 'not', of: { kind: 'in', field: 'price', values: [1, 0.5, null] } }],
    ['((label="tee"))', { kind: 'equals', field: 'label', value: 'tee' }],
  ])('%s', (expression, filter) => {
    expect(parseFilter(expression, schema)).toEqual(filter);
  });

  test('what is printed is read as it was', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const text = printFilter(filter);
        expect(parseFilter(text, filterSchema)).toEqual(filter);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test('any text is a filter or a FilterError that points into it', () => {
    const word = fc.constantFrom(
      ...'price brand inStock and or not in ( ) , = != <= > "a" 5 null nope \\ " é'.split(' '),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (expression) => {
        try {
          parseFilter(expression, schema);
        } catch (error) {
          if (!(error instanceof FilterError)) throw error;
          const { at, message } = error;
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(expression.length);
          expect(message).toContain('expected');
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe('what is wrong is pointed at', () => {
  test.each<[string, number, RegExp]>([
    ['', 0, /expected a field, not or \(; got the end/],
    ['price', 5, /expected = != < <= > >= or in; got the end/],
    ['price <=', 8, /expected a number: price is compared by size; got the end/],
    ['price == 5', 7, /expected a value; got =/],
    ['price <= "50"', 9, /expected a number: price is compared by size; got "50" \(text\)/],
    ['prise <= 5', 0, /rows do not have.*got prise\. Did you mean price\?/],
    ['price <> 5', 7, /expected a number.*got >/],
    ['brand = Acme', 8, /expected a value: text in quotes.*got Acme/],
    ['brand = "Acme', 8, /does not end; expected a closing "/],
    ['brand = "a\\q"', 10, /unknown escape.*got q/],
    ['price < 5EUR', 8, /not a number.*got 5EUR/],
    ['price < 1e999', 8, /not a number/],
    ['price < 5 brand = "a"', 10, /expected and, or, or the end; got brand/],
    ['(price < 5', 10, /expected and, or, or \); got the end/],
    ['price < 5 and', 13, /expected a field.*got the end/],
    ['brand in "a"', 9, /expected \( and values/],
    ['brand in ("a" "b")', 14, /expected , or \)/],
    ['brand in ()', 10, /expected a value; got \)/],
    ['brand not = "a"', 10, /expected in; got =/],
    ['and = "a"', 0, /expected a field/],
    ['price & 5', 6, /means nothing here.*got &/],
    ['price < 5 and colr = "red"', 14, /rows do not have.*expected one of product, variant.*got colr/],
    ['brand < "b"', 6, /order on a field that is no number.*brand is of type string/],
    ['inStock > true', 8, /order on a field that is no number/],
    ['price = "5"', 8, /another type.*type number for price; got "5"/],
    ['brand = 5', 8, /another type.*type string for brand; got 5/],
    ['price in (1, "2")', 13, /another type.*got "2"/],
    ['price < null', 8, /expected a number/],
    ['__proto__ = "a"', 0, /rows do not have.*got __proto__/],
    ['constructor = "a"', 0, /rows do not have/],
    ['"has own\u0000" = 1', 0, /rows do not have/],
  ])('%j at %d', (expression, at, message) => {
    const failure = failureOf(expression);
    expect(failure.message).toMatch(message);
    expect(failure.at).toBe(at);
  });

  test('a caret stands under the character, in a piece of a long expression too', () => {
    expect(failureOf('price < 5 and colr = "red"').excerpt()).toBe(
      ['price < 5 and colr = "red"', '              ^'].join('\n'),
    );
    const [line, caret] = failureOf(`${'price < 5 and '.repeat(99)}colr = "red"${' or price = 1'.repeat(99)}`)
      .excerpt()
      .split('\n');
    expect(line!.slice(caret!.indexOf('^')).startsWith('colr')).toBe(true);
    expect(line!.length).toBeLessThan(110);
    expect(failureOf('brand = \u001b[2J\n').excerpt()).toBe(['brand = \ufffd[2J ', '        ^'].join('\n'));
  });

  test('expressions that are too long or too deep are refused before they are read', () => {
    expect(failureOf(`brand = "${'x'.repeat(60_000)}"`).message).toContain('at most 50000 characters');
    for (const opening of ['(', 'not ']) expect(failureOf(opening.repeat(10_000)).message).toContain('too deep');
    expect(parseFilter(`${'not '.repeat(49)}price = 1`, schema).kind).toBe('not');
  });
});
