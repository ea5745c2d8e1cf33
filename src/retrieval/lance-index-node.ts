/**
 * @file The approximate index of a LanceDB table: residual quantisation in partitions (IVF_RQ), candidates compared
 * exactly. Its recall is measured whenever it is built, and the effort raised until it is enough.
 */
import type { Table } from '@lancedb/lancedb';
import type { LanceColumns } from './lance-columns.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import type { IndexFacts } from './store-manifest-node.ts';
import type { StoreConfig } from './vector-store.ts';

/** Below so many rows every one is compared: an index would save nothing. */
export const indexFrom = 10_000;
/** recall@10 that an index must have to be used with an effort. */
const wantedRecall = 0.98;
const measuredTop = 10;
const measuredQueries = 64;

type Effort = Pick<IndexFacts, 'refineFactor' | 'probes'>;

/** Tried in order. The partitions are left to the engine first: it looks at more of them under a filter. */
const efforts: readonly Effort[] = [
  ...[10, 20, 40].map((refineFactor) => ({ refineFactor, probes: null })),
  ...[40, 80, 160, 320].map((probes) => ({ refineFactor: 40, probes })),
];

/** Builds the index of the vectors and those of the columns that filters ask for, anew. */
export async function buildIndexes(
  table: Table,
  { lancedb: { Index } }: LanceLibrary,
  columns: LanceColumns,
  { metric }: StoreConfig,
): Promise<void> {
  const distanceType = metric === 'cosine' ? 'cosine' : 'l2';
  await table.createIndex('vector', { config: Index.ivfRq({ distanceType }), replace: true });
  for (const { column, isSparse } of columns.indexed())
    await table.createIndex(column, { config: isSparse ? Index.bitmap() : Index.btree(), replace: true });
}

/**
 * recall@10 of the index against exact answers, each asked with a row of the table that is then left out of both.
 *
 * @returns the least effort whose recall is enough; undefined where none is
 */
export async function measureIndex(table: Table, { metric }: StoreConfig): Promise<IndexFacts | undefined> {
  const rows = await table.countRows();
  const queries = await heldOutRows(table, rows);
  const exact = await Promise.all(queries.map((each) => nearest(table, each, metric)));
  for (const effort of efforts) {
    let found = 0;
    let wanted = 0;
    for (const [index, each] of queries.entries()) {
      const truth = exact[index]!;
      const answer = await nearest(table, each, metric, effort);
      // Of rows that are equally near, any will do.
      const bound = (truth.at(-1) ?? 0) + 1e-6;
      found += Math.min(truth.length, answer.filter((distance) => distance <= bound).length);
      wanted += truth.length;
    }
    const recall = wanted === 0 ? 1 : found / wanted;
    if (recall >= wantedRecall) return { rows, ...effort, recall, queries: queries.length };
  }
  return undefined;
}

interface HeldOut {
  readonly id: string;
  readonly vector: Float32Array;
}

/** Spread over the table. */
async function heldOutRows(table: Table, rows: number): Promise<HeldOut[]> {
  const count = Math.min(measuredQueries, rows);
  const offsets = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * rows) / count));
  const found = await table.takeOffsets(offsets).select(['id', 'vector']).toArrow();
  return Array.from({ length: found.numRows }, (_, index) => ({
    id: String(found.getChild('id')?.get(index)),
    vector: Float32Array.from(found.getChild('vector')?.get(index)),
  }));
}

/** Distances of the ten nearest other rows, ascending. */
async function nearest(table: Table, { id, vector }: HeldOut, metric: StoreConfig['metric'], effort?: Effort) {
  const query = vectorQuery(table, vector, metric, effort)
    .limit(measuredTop + 1)
    .select(['id', '_distance']);
  const found = await query.toArrow();
  const distances: number[] = [];
  for (let index = 0; index < found.numRows; index++)
    if (found.getChild('id')?.get(index) !== id) distances.push(Number(found.getChild('_distance')?.get(index)));
  return distances.slice(0, measuredTop);
}

/** A query by vector; without an effort it compares every row. */
export function vectorQuery(table: Table, vector: Float32Array, metric: StoreConfig['metric'], effort?: Effort) {
  const query = table
    .query()
    .nearestTo(vector)
    .distanceType(metric === 'cosine' ? 'cosine' : 'l2');
  if (effort === undefined) return query.bypassVectorIndex();
  query.refineFactor(effort.refineFactor);
  // The most first: the engine refuses a least that is above it.
  if (effort.probes !== null) query.maximumNprobes(effort.probes).minimumNprobes(effort.probes);
  return query;
}
