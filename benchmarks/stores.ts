/**
 * @file Stores side by side on clustered random vectors: time to build, recall@10 and time of a query, alone and with a
 * filter that one row in a hundred passes. `--million` adds a million rows: minutes, and 6 GB of memory.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAnyStore, openAnyStoreForWriting } from '../src/stores/open-store-node.ts';
import { readManifest, type StoreKind } from '../src/stores/store-manifest-node.ts';
import type { Hit } from '../src/stores/vector-store.ts';
import { askAll, askedFilters, clustered, clusteredStore, describe, dimension, recall, top } from './clustered-rows.ts';

const [QUERIES, ROWS_AT_ONCE] = [100, 1000];

export async function run(): Promise<void> {
  const sizes = [10_000, 100_000, ...(process.argv.includes('--million') ? [1_000_000] : [])];
  for (const size of sizes) {
    const queries = clustered(size, QUERIES, 2).map(({ vector }) => vector);
    const truth = new Map<string, Hit[][]>();
    for (const kind of ['exact', 'lancedb'] as const) {
      const folder = await mkdtemp(join(tmpdir(), 'deepshop-bench-'));
      try {
        await runOne(join(folder, 'store'), { kind, size, queries, truth });
      } finally {
        await rm(folder, { recursive: true });
      }
    }
  }
}

async function runOne(
  place: string,
  {
    kind,
    size,
    queries,
    truth,
  }: { kind: StoreKind; size: number; queries: readonly Float32Array[]; truth: Map<string, Hit[][]> },
): Promise<void> {
  let started = performance.now();
  const writer = await openAnyStoreForWriting(place, clusteredStore, { kind });
  for (let from = 0; from < size; from += ROWS_AT_ONCE) await writer.upsert(clustered(size, ROWS_AT_ONCE, 1, from));
  await writer.commit();
  const built = (performance.now() - started) / 1000;
  await writer.close();
  const manifest = await readManifest(place);
  const index =
    manifest.kind === 'lancedb' && manifest.index !== null ? `, index ${JSON.stringify(manifest.index)}` : '';
  started = performance.now();
  const store = await openAnyStore(place);
  const opened = performance.now() - started;
  console.log(
    `  ${kind}, ${size} x ${dimension}: built in ${built.toFixed(1)} s, ${((await sizeOf(place)) / 1e6).toFixed(0)} MB, opened in ${opened.toFixed(0)} ms${index}`,
  );
  for (const [name, filter] of Object.entries(askedFilters)) {
    const { hits, times } = await askAll(store, queries, filter);
    const expected = truth.get(name) ?? hits;
    truth.set(name, expected);
    console.log(`    ${name}: recall@${top} ${recall(hits, expected).toFixed(4)}, ${describe(times)}`);
  }
  await store.close();
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
