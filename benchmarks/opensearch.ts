/**
 * @file A store in OpenSearch on clustered random vectors: rows a second, recall@10 against brute force and time of a query,
 * alone and with a filter that one row in a hundred passes. The engine: `DEEPSHOP_OPENSEARCH`, as
 * `npm run engine:start -- --nodes 3` prints it.
 *
 *     DEEPSHOP_OPENSEARCH=ADDRESS npx tsx benchmarks/opensearch.ts [--rows 50000]
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MemoryStore } from '../src/stores/memory-store.ts';
import { openAnyStore, openAnyStoreForWriting } from '../src/stores/open-store-node.ts';
import { parseStoreAddress } from '../src/stores/opensearch-address.ts';
import { connect } from '../src/stores/opensearch-connection-node.ts';
import type { Hit, VectorStore } from '../src/stores/vector-store.ts';
import { askAll, askedFilters, clustered, clusteredStore, describe, dimension, recall, top } from './clustered-rows.ts';

const [numQueries, rowsAtOnce] = [100, 1000];

const { values } = parseArgs({ options: { rows: { type: 'string', default: '50000' } } });
const size = Number(values.rows);
const engine = process.env.DEEPSHOP_OPENSEARCH;
if (engine === undefined || !Number.isSafeInteger(size) || size < 1)
  throw new Error('expected DEEPSHOP_OPENSEARCH=ADDRESS and --rows N');
const place = `${engine}/bench-${Date.now().toString(36)}?shards=3`;
const address = parseStoreAddress(place);
if (address === undefined) throw new Error('DEEPSHOP_OPENSEARCH is not an address of opensearch://');
const connection = await connect(address);
const load = () => `load ${loadavg()[0]?.toFixed(1)}`;
console.log(`${cpus().length} x ${cpus()[0]?.model}, node ${process.version}, ${load()}`);

try {
  const oracle = new MemoryStore({ dimension, metric: 'cosine', schema: clusteredStore.schema });
  const seconds = await fill(oracle);
  console.log(
    `${size} x ${dimension}, ${address.nodes.length} nodes, 3 shards: ${Math.round(size / seconds)} rows/s (${seconds.toFixed(1)} s, drawing left out), ${load()}`,
  );
  const queries = clustered(size, numQueries, 2).map(({ vector }) => vector);
  const truth = new Map<string, Hit[][]>();
  for (const [name, filter] of Object.entries(askedFilters))
    truth.set(name, (await askAll(oracle, queries, filter)).hits);
  const store = await openAnyStore(place);
  await report('as it is after the commit', store, queries, truth);
  const started = performance.now();
  await merge(address.name);
  await connection.ask({ method: 'POST', path: `/${address.name}/_refresh` });
  await report(`after a merge of ${((performance.now() - started) / 1000).toFixed(0)} s`, store, queries, truth);
  console.log(`  ${await sizes(address.name)}`);
  console.log(`asked again: ${JSON.stringify(store.retries)}, ${load()}`);
  await store.close();
} finally {
  await connection.ask({ method: 'DELETE', path: `/${address.name}.rows-*` });
  await connection.close();
}

/** As one segment a shard: what the engine comes to by itself in quiet hours. */
async function merge(name: string): Promise<void> {
  const query = { max_num_segments: 1, wait_for_completion: false };
  const answer = await connection.ask({ method: 'POST', path: `/${name}/_forcemerge`, query });
  const { task } = z.object({ task: z.string() }).parse(answer);
  const state = z.object({ completed: z.boolean() });
  while (!state.parse(await connection.ask({ method: 'GET', path: `/_tasks/${task}` })).completed)
    await setTimeout(250);
}

/** On disk, of the first copy of each shard and of all copies. */
async function sizes(name: string): Promise<string> {
  const answer = await connection.ask({ method: 'GET', path: `/${name}/_stats/store` });
  const size = z.object({ store: z.object({ size_in_bytes: z.number() }) });
  const { primaries, total } = z.object({ _all: z.object({ primaries: size, total: size }) }).parse(answer)._all;
  const megabytes = ({ store }: z.infer<typeof size>) => (store.size_in_bytes / 1e6).toFixed(0);
  return `${megabytes(primaries)} MB, ${megabytes(total)} MB with copies`;
}

/** Seconds that the store took; the oracle gets the same rows. */
async function fill(oracle: MemoryStore): Promise<number> {
  const writer = await openAnyStoreForWriting(place, clusteredStore);
  let elapsed = 0;
  for (let from = 0; from < size; from += rowsAtOnce) {
    const rows = clustered(size, Math.min(rowsAtOnce, size - from), 1, from);
    await oracle.upsert(rows);
    const started = performance.now();
    await writer.upsert(rows);
    elapsed += performance.now() - started;
  }
  const started = performance.now();
  await writer.commit();
  elapsed += performance.now() - started;
  await writer.close();
  return elapsed / 1000;
}

async function report(
  title: string,
  store: VectorStore,
  queries: readonly Float32Array[],
  truth: ReadonlyMap<string, Hit[][]>,
): Promise<void> {
  console.log(`  ${title}`);
  for (const [name, filter] of Object.entries(askedFilters)) {
    const { hits, times } = await askAll(store, queries, filter);
    const expected = truth.get(name) ?? [];
    console.log(`    ${name}: recall@${top} ${recall(hits, expected).toFixed(4)}, ${describe(times)}`);
  }
}
