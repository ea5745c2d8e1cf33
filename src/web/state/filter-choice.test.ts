import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileFilter } from '../../stores/filter.ts';
import { parseFilter } from '../../stores/parse-filter.ts';
import {
  type FilterChoice,
  filterExpression,
  filterParameters,
  isFiltered,
  mergeFacets,
  noFilter,
  readFilterParameters,
  without,
  withValues,
} from './filter-choice.ts';

const choice: FilterChoice = {
  values: { brand: ['Acme', 'Böhm & "Co"'], inStock: [true], 'heel height': ['low'] },
  price: { from: 20, to: 49.5 },
};

it('is said in the language of filters', () => {
  expect(filterExpression(choice, 'tee')).toBe(
    'brand in ("Acme", "Böhm & \\"Co\\"") and inStock = true and "heel height" = "low" and price >= 20 and price <= 49.5 and label = "tee"',
  );
  expect(filterExpression(noFilter)).toBeUndefined();
});

it('is changed a field at a time', () => {
  expect(without(choice, 'price').price).toBeNull();
  expect(Object.keys(without(choice, 'brand').values)).toEqual(['inStock', 'heel height']);
  expect(isFiltered(withValues(noFilter, 'brand', []))).toBe(false);
});

/** Controls and quotes too; not half a surrogate pair, which has no place in an address. */
const text = fc.string({
  minLength: 1,
  unit: fc
    .integer({ min: 0, max: 0xffff })
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCharCode(code)),
});
const schema = { brand: 'string', size: 'string' } as const;

it('whatever a shop calls its things, the filter finds them and nothing else', () => {
  fc.assert(
    fc.property(text, text, (brand, size) => {
      const expression = filterExpression({ values: { brand: [brand], size: [size, 'L'] }, price: null });
      const passes = compileFilter(parseFilter(expression ?? '', schema));
      const row = (attributes: { brand: string; size: string }) => ({
        product: 'p',
        variant: '',
        image: 'i',
        label: null,
        attributes,
      });
      expect(passes(row({ brand, size }))).toBe(true);
      expect(passes(row({ brand: `${brand}.`, size }))).toBe(false);
    }),
  );
});

it('goes into an address and comes back', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), fc.boolean(), (brands, inStock) => {
      const there: FilterChoice = { values: { brand: brands, inStock: [inStock] }, price: { from: 1, to: 2.5 } };
      const address = new URLSearchParams(filterParameters(there)).toString();
      expect(readFilterParameters(new URLSearchParams(address))).toEqual(there);
    }),
  );
});

it('addresses that say nothing are no filter', () => {
  const odd = new URLSearchParams('f.=x&is.inStock=maybe&price=9-3&price=a-b&__proto__=1&other=2');
  expect(readFilterParameters(odd)).toEqual(noFilter);
});

it('adds counts of several garments up', () => {
  const merged = mergeFacets([
    { brand: [{ value: 'A', count: 1 }], price: [{ from: 5, to: 9, currency: 'EUR', count: 2 }] },
    {
      brand: [
        { value: 'B', count: 3 },
        { value: 'A', count: 1 },
      ],
      price: [{ from: 8, to: 20, currency: 'EUR', count: 1 }],
    },
  ]);
  expect(merged).toEqual({
    brand: [
      { value: 'B', count: 3 },
      { value: 'A', count: 2 },
    ],
    price: [{ from: 5, to: 20, currency: 'EUR', count: 3 }],
  });
});
