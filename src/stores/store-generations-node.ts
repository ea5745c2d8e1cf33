/**
 * @file Where the rows of a store lie, by number: a migration fills the next number beside the one that answers, and
 * `store.json` names one of them.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasManifest, readManifest, type StoreManifest } from './store-manifest-node.ts';

/** How long rows stay that no manifest names any more, for those who still read them. */
const keptMs = 3_600_000;

/** 1 for a store that was never migrated. */
export function generationOf(manifest: StoreManifest): number {
  const name = manifest.kind === 'exact' ? manifest.rowsFile : manifest.table;
  return Number(/\d+/.exec(name ?? '1'));
}

/** The file or folder of its rows. */
export function pathOfRows(directory: string, manifest: StoreManifest): string {
  if (manifest.kind === 'exact') return join(directory, manifest.rowsFile ?? 'rows.bin');
  return join(directory, 'tables', `${manifest.table}.lance`);
}

/**
 * The number of the rows that a migration to a space fills; what one to another space left is removed. Only the holder
 * of the store's lock may.
 */
export async function generationBeside(directory: string, spaceId: string): Promise<number> {
  const generation = generationOf(await readManifest(directory)) + 1;
  if (!(await hasManifest(directory, 'migration.json'))) return generation;
  const begun = await readManifest(directory, 'migration.json');
  if (generationOf(begun) === generation && begun.spaceId === spaceId) return generation;
  await rm(join(directory, 'migration.json'));
  if (generationOf(begun) === generation) await rm(pathOfRows(directory, begun), { recursive: true, force: true });
  return generation;
}

/** Only the holder of the store's lock may. */
export async function removeOldGenerations(directory: string): Promise<void> {
  if (!(await hasManifest(directory))) return;
  const kept = new Set([pathOfRows(directory, await readManifest(directory))]);
  if (await hasManifest(directory, 'migration.json'))
    kept.add(pathOfRows(directory, await readManifest(directory, 'migration.json')));
  for (const folder of [directory, join(directory, 'tables')]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      if (!/^rows(-\d+)?\.(lance|bin)$/.test(name) || kept.has(path)) continue;
      if (Date.now() - (await stat(path)).mtimeMs > keptMs) await rm(path, { recursive: true, force: true });
    }
  }
}
