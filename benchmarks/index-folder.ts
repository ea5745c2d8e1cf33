/** @file A process that indexes a folder of pictures, and says the most memory that it had; `indexing.ts` starts it. */
import { catalogueSchema } from '../src/catalogue/catalogue.ts';
import { readCatalogue } from '../src/catalogue/read-catalogue-node.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { factsSchema } from '../src/retrieval/garment-facts.ts';
import { indexCatalogue } from '../src/retrieval/index-catalogue-node.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import { peakMemory } from './process-memory.ts';

const [folder = '', model = '', workers = '1'] = process.argv.slice(2);
const engine = await openEngine(model);
const store = new MemoryStore({ ...engine.space('garment'), schema: { ...catalogueSchema, ...factsSchema } });
const options = { engine, store, descriptor: 'garment', workers: Number(workers) } as const;
const { added, failed } = await indexCatalogue(readCatalogue(folder), options);
await engine.release();
if (added === 0 || failed.length > 0) throw new Error(failed[0]?.reason ?? 'nothing was indexed');
// The only line that is read: bytes.
console.log(peakMemory());
