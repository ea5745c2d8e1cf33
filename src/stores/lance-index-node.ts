/**
 * @file The approximate index of a LanceDB table (IVF_RQ: one bit a number, in partitions; candidates are compared
 * exactly) and the indexes of columns that filters ask for.
 */
import type { Table } from '@lancedb/lancedb';
import type { LanceColumns } from './lance-columns.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import type { StoreConfig } from './vector-store.ts';

/** Below so many rows every one is compared: an index would save nothing. */
export const indexFrom = 10_000;

/** The engine's name for the index of the vectors. */
export const vectorIndex = 'vector_idx';

/** Of so few rows that a filter leaves, every one is compared: it takes no longer than the candidates of the index. */
export const exactBelow = 500;

/** How hard an index looks: what it costs a query, and what it finds. */
export interface Effort {
  /** Candidates a row wanted that are compared exactly. */
  readonly refineFactor: number;
  /** Partitions that are looked at; null leaves it to the engine. */
  readonly probes: number | null;
}

/** Builds the index of the vectors and those of the columns that filters ask for, anew. */
export async function buildIndexes(
  table: Table,
  { lancedb: { Index } }: LanceLibrary,
  columns: LanceColumns,
  { metric }: StoreConfig,
): Promise<void> {
  await table.createIndex('vector', { config: Index.ivfRq({ distanceType: distanceOf(metric) }), replace: true });
  for (const { column, isSparse } of columns.indexed())
    await table.createIndex(column, { config: isSparse ? Index.bitmap() : Index.btree(), replace: true });
}

/** A query by vector; without an effort it compares every row. */
export function vectorQuery(table: Table, vector: Float32Array, metric: StoreConfig['metric'], effort?: Effort) {
  const query = table.query().nearestTo(vector).distanceType(distanceOf(metric));
  if (effort === undefined) return query.bypassVectorIndex();
  query.refineFactor(effort.refineFactor);
  // The most first: the engine refuses a least that is above it.
  if (effort.probes !== null) query.maximumNprobes(effort.probes).minimumNprobes(effort.probes);
  return query;
}

function distanceOf(metric: StoreConfig['metric']): 'cosine' | 'l2' {
  return metric === 'cosine' ? 'cosine' : 'l2';
}

/** The engine's distance (1 - cosine, or the squared length of the difference) as a store's similarity. */
export function similarityAt(distance: number, metric: StoreConfig['metric']): number {
  return metric === 'cosine' ? 1 - distance : 1 / (1 + Math.sqrt(distance));
}
