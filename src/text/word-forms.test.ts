import { expect, test } from 'vitest';
import { expectReadOnce, hostileLength } from '../../tests/hostile-length.ts';
import { plural } from './plural.ts';
import { foldCase, singularKey } from './word-forms.ts';

test('case, accents and width do not matter; marks that are letters of their own do', () => {
  expect(['BÉRET', 'be\u0301ret', 'ｂéｒet'].map(foldCase)).toEqual(['beret', 'beret', 'beret']);
  expect(foldCase('バッグ')).not.toBe(foldCase('ハック'));
  expect(foldCase('БАИ\u0306')).toBe('бай');
});

test.each([
  'dress dresses',
  'blouse blouses',
  'watch watches',
  'shoe shoes',
  'hoody hoodie',
  'tie ties',
  'jersey jerseys',
])('%s have one key', (pair) => {
  const [one, other] = pair.split(' ').map(singularKey);
  expect(one).toBe(other);
});

test('a count of one has its word', () => {
  expect([plural(1, 'photo'), plural(0, 'photo'), plural(2, 'box', 'boxes')]).toEqual([
    '1 photo',
    '0 photos',
    '2 boxes',
  ]);
});

test.each([
  ['marks in the wrong order', '\u0315\u0300'.repeat(hostileLength / 2)],
  ['marks of one letter', `a${'\u0315'.repeat(hostileLength / 2)}${'\u0300'.repeat(hostileLength / 2)}`],
  ['letters of many', '\ufdfa'.repeat(hostileLength / 16)],
  ['endings', 'she'.repeat(hostileLength / 3)],
])('%s, very long, are read once', async (_, text) => {
  expect(await expectReadOnce(() => singularKey(foldCase(text)))).not.toBe('');
});
