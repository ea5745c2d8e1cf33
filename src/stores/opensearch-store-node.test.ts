/** @file The suite that all stores pass, for the store in OpenSearch. */
import { afterAll, describe } from 'vitest';
import { z } from 'zod';
import { askEngine, engineAddress, engineTitle, hasEngine, removeEngineStores } from '../../tests/opensearch-engine.ts';
import { testStoreRows } from '../../tests/store-conformance.ts';
import { testStoreDurability } from '../../tests/store-durability.ts';
import { openOpenSearchStore, openOpenSearchStoreForWriting } from './opensearch-open-node.ts';

/** Counted by the engine since it was started; queries that compare every row are not among them. */
async function numGraphQueries(): Promise<number> {
  const answer = await askEngine('GET', '/_plugins/_knn/stats/knn_query_requests');
  const { nodes } = z
    .object({ nodes: z.record(z.string(), z.object({ knn_query_requests: z.number() })) })
    .parse(answer);
  return Object.values(nodes).reduce((sum, node) => sum + node.knn_query_requests, 0);
}

describe.skipIf(!hasEngine)(engineTitle('OpenSearch'), () => {
  afterAll(removeEngineStores);

  testStoreRows('the store in OpenSearch', {
    make: (place, want, { indexFrom }) =>
      openOpenSearchStoreForWriting(engineAddress(place, { shards: 2 }), want, { exactBelow: indexFrom }),
    reopen: (place, { indexFrom }) => openOpenSearchStore(engineAddress(place), { exactBelow: indexFrom }),
    isIndexAsked: async (_, ask) => {
      const before = await numGraphQueries();
      await ask();
      return (await numGraphQueries()) > before;
    },
    numRuns: 10,
  });

  testStoreDurability('the store in OpenSearch', {
    place: (folder) => folder,
    open: (place) => openOpenSearchStore(engineAddress(place)),
    openForWriting: (place, want) => openOpenSearchStoreForWriting(engineAddress(place), want),
    hasWholeCommits: false,
  });
});
