/**
 * @file Writes `docs/tree.md`: every source file with the first sentence of its header.
 *
 *     npx tsx scripts/write-tree.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeTree } from './tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}docs/tree.md`, describeTree(root));
