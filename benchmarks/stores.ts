/**
 * @file Stores side by side on clustered random vectors: time to build, recall@10 and time of a query, alone and with a
 * filter that one row in a hundred passes. `--million` adds a million rows: minutes, and 6 GB of memory.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../src/random/random.ts';
import type { Filter } from '../src/stores/filter.ts';
import { openAnyStore, openAnyStoreForWriting } from '../src/stores/open-store-node.ts';
import type { Row } from '../src/stores/row.ts';
import { readManifest, type StoreKind } from '../src/stores/store-manifest-node.ts';
import type { Hit, VectorStore } from '../src/stores/vector-store.ts';

const [DIMENSION, TOP, QUERIES, ROWS_AT_ONCE] = [256, 10, 100, 1000];
/** As many garments alike as a shop's catalogue has; how far they are from their middle, beside how far middles are. */
const [ROWS_A_CLUSTER, SPREAD] = [100, 0.5];

const want = {
  space: { descriptor: 'garment', spaceId: 'bench/1', dimension: DIMENSION, metric: 'cosine' },
  modelId: 'bench',
  schema: { price: 'number', brand: 'string', inStock: 'boolean' },
} as const;
const onePercent: Filter = { kind: 'equals', field: 'price', value: 7 };
const asked = { alone: undefined, '1 % filter': onePercent };

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
  const writer = await openAnyStoreForWriting(place, want, { kind });
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
    `  ${kind}, ${size} x ${DIMENSION}: built in ${built.toFixed(1)} s, ${((await sizeOf(place)) / 1e6).toFixed(0)} MB, opened in ${opened.toFixed(0)} ms${index}`,
  );
  for (const [name, filter] of Object.entries(asked)) {
    const { hits, times } = await askAll(store, queries, filter);
    const expected = truth.get(name) ?? hits;
    truth.set(name, expected);
    console.log(`    ${name}: recall@${TOP} ${recall(hits, expected).toFixed(4)}, ${describe(times)}`);
  }
  await store.close();
}

async function askAll(store: VectorStore, queries: readonly Float32Array[], filter: Filter | undefined) {
  const times: number[] = [];
  const hits: Hit[][] = [];
  for (const vector of [...queries.slice(0, 3), ...queries]) {
    const started = performance.now();
    hits.push(await store.query({ vector, k: TOP, filter }));
    times.push(performance.now() - started);
  }
  return { hits: hits.slice(3), times: times.slice(3) };
}

/** Of the rows that the exact store answers with, the share that is among those found. */
function recall(found: readonly Hit[][], expected: readonly Hit[][]): number {
  let common = 0;
  for (const [index, hits] of expected.entries()) {
    const products = new Set(found[index].map((hit) => hit.row.product));
    common += hits.filter((hit) => products.has(hit.row.product)).length;
  }
  return common / expected.flat().length;
}

function describe(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

/** Rows `from` and on of a catalogue; `seed` draws rows of their own around the same middles. */
function clustered(size: number, count: number, seed: number, from = 0): Row[] {
  return Array.from({ length: count }, (_, offset) => {
    const row = from + offset;
    const random = new Random(1e9 * seed + row);
    const middle = new Random(row % Math.ceil(size / ROWS_A_CLUSTER));
    const vector = Float32Array.from({ length: DIMENSION }, () => middle.normal() + SPREAD * random.normal());
    const attributes = {
      price: random.below(100),
      brand: `brand ${random.below(500)}`,
      inStock: random.below(2) === 1,
    };
    const facts = { variant: '', image: '', region: 0, box: [0, 0, 1, 1], label: 'tee', score: 1 } as const;
    return { ...facts, product: String(row), contentHash: '', attributes, vector };
  });
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
