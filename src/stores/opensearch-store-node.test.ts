/** @file The suite that all stores pass, for the store in OpenSearch. */
import { afterAll, describe } from 'vitest';
import { engineAddress, engineTitle, hasEngine, removeEngineStores } from '../../tests/opensearch-engine.ts';
import { testStoreRows } from '../../tests/store-conformance.ts';
import { testStoreDurability } from '../../tests/store-durability.ts';
import { openOpenSearchStore, openOpenSearchStoreForWriting } from './opensearch-open-node.ts';

describe.skipIf(!hasEngine)(engineTitle('OpenSearch'), () => {
  afterAll(removeEngineStores);

  testStoreRows('the store in OpenSearch', {
    make: (place, want) => openOpenSearchStoreForWriting(engineAddress(place, { shards: 2 }), want),
    reopen: (place) => openOpenSearchStore(engineAddress(place)),
    numRuns: 10,
  });

  testStoreDurability('the store in OpenSearch', {
    place: (folder) => folder,
    open: (place) => openOpenSearchStore(engineAddress(place)),
    openForWriting: (place, want) => openOpenSearchStoreForWriting(engineAddress(place), want),
    hasWholeCommits: false,
  });
});
