import { join } from 'node:path';
import { testStoreRows } from '../../tests/store-conformance.ts';
import { testStoreDurability } from '../../tests/store-durability.ts';
import { openLanceStore, openLanceStoreForWriting } from './lance-open-node.ts';
import { LanceStore } from './lance-store-node.ts';

testStoreRows('the LanceDB store', {
  make: openLanceStoreForWriting,
  reopen: openLanceStore,
  isIndexAsked: async (store, ask) => {
    await ask();
    return store instanceof LanceStore && store.manifest.index !== null;
  },
  numRuns: 25,
});

testStoreDurability('the LanceDB store', {
  place: (folder) => join(folder, 'shop'),
  open: openLanceStore,
  openForWriting: openLanceStoreForWriting,
  hasWholeCommits: true,
  writerModule: { path: join(import.meta.dirname, 'lance-open-node.ts'), name: 'openLanceStoreForWriting' },
});
