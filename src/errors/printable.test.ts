import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson } from './printable.ts';

test('names cannot move the cursor, colour the screen, or turn the line around', () => {
  expect(printable('a\u001b[2Jb\u0007\u009b\u202ec\r\nd\u200b')).toBe('a\ufffd[2Jb\ufffd\ufffd\ufffdc d\ufffd');
  expect(printable('Größe 日本 👗')).toBe('Größe 日本 👗');
});

test('JSON stays the same value, in characters that a terminal prints', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = printableJson({ [text]: [text] });
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
      expect(json).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
    { seed: 1, numRuns: 500 },
  );
});
