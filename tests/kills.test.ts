/** @file What is left of a store whose indexer is killed; `npm run soak` does the same a hundred times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { soakIndexing } from '../benchmarks/soak/soak-indexing.ts';

test.skipIf(process.platform === 'win32')(
  'killed at any moment, an indexer loses nothing that it committed, and the next one goes on',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepshop-kills-'));
    try {
      const outcome = await soakIndexing({ folder, engine: 'colours', numItems: 30, kills: 3, seed: 5 });
      expect(outcome.kills).toBe(3);
      expect(outcome.killsAfterCommit).toBeGreaterThan(0);
      expect(outcome.rowsChecked).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
