import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeTree } from '../scripts/tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('docs/tree.md lists every file with its header (npx tsx scripts/write-tree.ts writes it anew)', () => {
  expect(readFileSync(`${root}docs/tree.md`, 'utf8')).toBe(describeTree(root));
});

test('every source file has a header', () => {
  const without = describeTree(root)
    .split('\n')
    .filter((line) => /^\| `.*` \| +\|$/.test(line));
  expect(without).toEqual([]);
});
