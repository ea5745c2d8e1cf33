import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedKey } from './unique-keys.ts';

test('a key that comes twice in one object is found, however it is written', () => {
  expect(repeatedKey('{"a":1,"b":2,"a":3}')).toBe('a');
  expect(repeatedKey('{"a":1,"\\u0061" : 3}')).toBe('a');
  expect(repeatedKey('{"x":{"a":[{"b":1,"b":2}]}}')).toBe('b');
  expect(repeatedKey('{"\\"":1,"\\"":2}')).toBe('"');
});

test('equal keys of different objects and equal strings that are no keys are fine', () => {
  expect(repeatedKey('{"a":{"a":1},"b":["a","a",{"a":"b"},{"a":"{"}]}')).toBe(null);
  expect(repeatedKey('{"a":"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}')).toBe(null);
});

test('what JSON.stringify writes never repeats a key', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(repeatedKey(JSON.stringify(JSON.parse(text)))).toBe(null);
    }),
    { seed: 4 },
  );
});
