/** @file What keeps a LanceDB table fast and small: fragments put together, indexes built and fed, old versions removed. */
import { buildIndexes } from './lance-index-node.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import type { LanceTable } from './lance-table-node.ts';
import { measureIndex } from './measure-index-node.ts';
import type { IndexFacts } from './store-manifest-node.ts';

/** Each batch of changes is a fragment of its own, and every query opens all of them. */
const mostFragments = 16;
/** Share of rows that no index knows yet: queries compare them one by one. */
const mostUnindexed = 0.05;
/** Partitions are made for the rows that there were: with twice as many, they are made anew. */
const growth = 2;
/** How long a version stays after the next one, for those who read it. */
export const keepVersionsMs = 3_600_000;

/** Uncommitted, the table is as it should be for the rows it has; `index` is what a manifest says of it. */
export async function maintain(
  table: LanceTable,
  index: IndexFacts | null,
  { library, options }: { readonly library: LanceLibrary; readonly options: { readonly indexFrom: number } },
): Promise<{ readonly index: IndexFacts | null; readonly hasChanged: boolean }> {
  const rows = await table.table.countRows();
  const { numFragments } = (await table.table.stats()).fragmentStats;
  const isFragmented = numFragments > mostFragments;
  if (rows < options.indexFrom) {
    if (isFragmented) await compact(table);
    return { index: null, hasChanged: isFragmented };
  }
  const isOutgrown = index === null || rows > growth * index.rows || growth * rows < index.rows;
  if (!isOutgrown && !isFragmented && (await unindexedRows(table)) <= mostUnindexed * rows)
    return { index, hasChanged: false };
  await compact(table);
  if (isOutgrown) await buildIndexes(table.table, library, table.columns, table.config);
  const measured = await measureIndex(table.table, table.config);
  // Where no effort is enough, every row is compared; the next commit that matters tries again.
  return { index: (measured && { ...measured, rows: isOutgrown ? rows : index.rows }) || null, hasChanged: true };
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
  const stats = await table.table.indexStats('vector_idx');
  return stats?.numUnindexedRows ?? Number.POSITIVE_INFINITY;
}
