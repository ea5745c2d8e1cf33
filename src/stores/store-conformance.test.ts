/** @file The suite that all stores pass, for the store in memory and the exact one. */
import { join } from 'node:path';
import { testStoreRows } from '../../tests/store-conformance.ts';
import { testStoreDurability } from '../../tests/store-durability.ts';
import { openStore, openStoreForWriting } from './exact-store-node.ts';
import { MemoryStore } from './memory-store.ts';

testStoreRows('the store in memory', {
  make: async (_, { space: { dimension, metric }, schema }) => new MemoryStore({ dimension, metric, schema }),
  numRuns: 100,
});

testStoreRows('the exact store', {
  make: (place, want) => openStoreForWriting(place, want),
  reopen: openStore,
  numRuns: 100,
});

testStoreDurability('the exact store', {
  place: (folder) => join(folder, 'shop'),
  open: openStore,
  openForWriting: openStoreForWriting,
  hasWholeCommits: true,
  writerModule: { path: join(import.meta.dirname, 'exact-store-node.ts'), name: 'openStoreForWriting' },
});
