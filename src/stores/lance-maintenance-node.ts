/** @file What keeps a LanceDB table fast and small: fragments put together, indexes built and fed, old versions removed. */
import { buildIndexes, vectorIndex } from './lance-index-node.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import type { LanceTable } from './lance-table-node.ts';
import { measureIndex } from './measure-index-node.ts';
import type { IndexState } from './store-manifest-node.ts';

/** Each batch of changes is a fragment of its own, and every query opens all of them. */
const mostFragments = 16;
/** Share of rows that no index knows yet: queries compare them one by one. */
const mostUnindexed = 0.05;
/** Partitions are made for the rows that there were: with twice as many, or half, they are made anew. */
const growth = 2;
/** How long a version stays after the next one, for those who read it. */
export const keepVersionsMs = 3_600_000;

/** What {@link maintain} made of a table. */
export interface Maintained {
  readonly state: IndexState;
  readonly hasChanged: boolean;
}

/** Uncommitted, the table is as it should be for the rows it has; `state` is what a manifest says of its index. */
export async function maintain(table: LanceTable, state: IndexState, maker: IndexMaker): Promise<Maintained> {
  const { index, indexFailedAt } = state;
  const rows = await table.table.countRows();
  const { numFragments } = (await table.table.stats()).fragmentStats;
  const isFragmented = numFragments > mostFragments;
  const isSmall = rows < maker.options.indexFrom;
  // Where no effort was enough, every row is compared until the table is another one.
  if (isSmall || (index === null && indexFailedAt !== undefined && !isOutgrown(indexFailedAt, rows))) {
    if (isFragmented) await compact(table);
    return { state: isSmall ? { index: null } : state, hasChanged: isFragmented };
  }
  if (index === null || isOutgrown(index.rows, rows)) {
    await compact(table);
    return { state: await buildAnew(table, rows, maker), hasChanged: true };
  }
  if (!isFragmented && (await unindexedRows(table)) <= mostUnindexed * rows)
    return { state: { index }, hasChanged: false };
  await compact(table);
  const measured = await measureIndex(table.table, table.config, maker.options.wantedRecall);
  // Partitions of fewer rows may have become too coarse: new ones may do.
  const next = measured ? { index: { ...measured, rows: index.rows } } : await buildAnew(table, rows, maker);
  return { state: next, hasChanged: true };
}

/** With what indexes are made, and when. */
interface IndexMaker {
  readonly library: LanceLibrary;
  readonly options: { readonly indexFrom: number; readonly wantedRecall: number };
}

async function buildAnew(table: LanceTable, rows: number, { library, options }: IndexMaker): Promise<IndexState> {
  await buildIndexes(table.table, library, table.columns, table.config);
  const measured = await measureIndex(table.table, table.config, options.wantedRecall);
  if (measured !== undefined) return { index: measured };
  // Nobody asks it, and each compaction would feed it.
  await table.table.dropIndex(vectorIndex);
  return { index: null, indexFailedAt: rows };
}

/** Whether an index of so many rows, or the want of one, says nothing of a table that has so many now. */
function isOutgrown(before: number, rows: number): boolean {
  return rows > growth * before || growth * rows < before;
}

/** Small fragments together, new rows into the indexes. Old versions stay: one of them is the commit. */
async function compact(table: LanceTable): Promise<void> {
  await table.table.optimize({ cleanupOlderThan: new Date(0) });
}

/** After a commit: versions that were followed by another more than an hour ago. */
export async function removeOldVersions(table: LanceTable): Promise<void> {
  const hourAgo = Date.now() - keepVersionsMs;
  // The newest of those that are an hour old was the last one for readers until a moment ago.
  const times = (await table.table.listVersions()).map(({ timestamp }) => timestamp.getTime());
  const newest = Math.max(0, ...times.filter((time) => time <= hourAgo));
  await table.table.optimize({ cleanupOlderThan: new Date(newest), deleteUnverified: true });
}

async function unindexedRows(table: LanceTable): Promise<number> {
  const stats = await table.table.indexStats(vectorIndex);
  return stats?.numUnindexedRows ?? Number.POSITIVE_INFINITY;
}
