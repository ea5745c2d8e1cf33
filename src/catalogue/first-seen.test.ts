import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstSeen } from './first-seen.ts';

test('it answers as a map does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'é', '👗'), maxLength: 4 })), (keys) => {
      const seen = new FirstSeen();
      const oracle = new Map<string, number>();
      keys.forEach((key, index) => {
        expect(seen.add(key, index + 1)).toBe(oracle.get(key) ?? null);
        if (!oracle.has(key)) oracle.set(key, index + 1);
      });
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('a million keys that differ in a digit are a million', () => {
  const seen = new FirstSeen();
  let numRepeated = 0;
  for (let number = 1; number <= 1_000_000; number++) {
    if (seen.add(`sku-${number}\0\0https://cdn.example/p/${number}/front.jpg`, number) !== null) numRepeated += 1;
  }
  expect(numRepeated).toBe(0);
  expect(seen.add('sku-77\0\0https://cdn.example/p/77/front.jpg', 5)).toBe(77);
});
