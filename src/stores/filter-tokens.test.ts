import { expect, test } from 'vitest';
import { expectReadOnce, hostileLength } from '../../tests/hostile-length.ts';
import { FilterError } from './filter-error.ts';
import { needsQuotes, readTokens } from './filter-tokens.ts';

test.each<[string, string, number | 'refused']>([
  ['spaces', ' ', 1],
  ['digits', '1', 'refused'],
  ['digits and exponents', '1e', 'refused'],
  ['digits and points', '.1', hostileLength / 2 + 1],
  ['words', 'not ', hostileLength / 4 + 1],
  ['letters', 'a', 2],
  ['letters and marks', 'a\u0315', 2],
  ['signs', '+', 'refused'],
  ['parentheses', '(', hostileLength + 1],
])('%s, very many, are read once', async (_, part, numTokens) => {
  const text = part.repeat(hostileLength / part.length);
  await expectReadOnce(() => {
    if (numTokens === 'refused') expect(() => readTokens(text)).toThrow(FilterError);
    else expect(readTokens(text)).toHaveLength(numTokens);
  });
  await expectReadOnce(() => needsQuotes(text));
});
