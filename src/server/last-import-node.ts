/** @file How the last run of `deepshop index` went, in a file beside the store: for the keeper's page. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type AdminSummary, adminSummary } from '../api/admin.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { besideStore } from '../stores/beside-store-node.ts';
import { parseStoreAddress } from '../stores/opensearch-address.ts';

export type LastImport = NonNullable<AdminSummary['lastImport']>;

/** Failures that are written down one by one. */
const maxFailures = 100;

/** @param source by its last name: where it lies is nobody's business */
export async function writeLastImport(
  store: string,
  source: string,
  { added, updated, unchanged, removed, numFailed, failed }: Omit<LastImport, 'at' | 'source'>,
): Promise<void> {
  // One that was not made, as nothing could be indexed, has nothing beside it.
  if (parseStoreAddress(store) === undefined && !existsSync(store)) return;
  const last: LastImport = {
    at: new Date().toISOString(),
    source: basename(source),
    added,
    updated,
    unchanged,
    removed,
    numFailed,
    failed: failed.slice(0, maxFailures),
  };
  await writeFileAtomically(fileOf(store), `${JSON.stringify(last, null, 2)}\n`);
}

/** Null where none was written, or it cannot be read. */
export async function readLastImport(store: string): Promise<AdminSummary['lastImport']> {
  try {
    return adminSummary.shape.lastImport.parse(JSON.parse(await readFile(fileOf(store), 'utf8')));
  } catch {
    return null;
  }
}

function fileOf(store: string): string {
  return besideStore(store, '.last-import.json');
}
