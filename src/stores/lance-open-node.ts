/** @file Opening a LanceDB store: for reading, for writing, after a kill or a power cut, and where there is none yet. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '@lancedb/lancedb';
import { removeUnfinished } from '../files/atomic-file-node.ts';
import { LanceColumns } from './lance-columns.ts';
import { SyncedFiles, setTornAside } from './lance-files-node.ts';
import { indexFrom } from './lance-index-node.ts';
import { type LanceLibrary, loadLance } from './lance-library-node.ts';
import { asLanceError, type LanceOptions, LanceStore, type OpenedVersion } from './lance-store-node.ts';
import { LanceTable } from './lance-table-node.ts';
import { wantedRecall } from './measure-index-node.ts';
import { leaveDirectory, stampOf, takeDirectory, type WantedStore } from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { generationBeside } from './store-generations-node.ts';
import {
  hasManifest,
  type LanceManifest,
  type ManifestName,
  readManifest,
  requireSchema,
  requireSpace,
  type StoreManifest,
  widened,
} from './store-manifest-node.ts';
import type { StoreConfig } from './vector-store.ts';

const defaultOptions: LanceOptions = { indexFrom, wantedRecall, pendingRows: 16_384 };

/** Opens the last commit for queries. Does not wait for a writer, and does not see what it does later. */
export async function openLanceStore(directory: string): Promise<LanceStore> {
  const library = await loadLance();
  const open = () => openCommitted(directory, library);
  try {
    return new LanceStore(directory, await open(), { reopen: open });
  } catch (error) {
    throw asLanceError(error, directory, 'read');
  }
}

/**
 * Opens a store for writing, and holds its lock until {@link LanceStore.close}. Where there is none, the first commit
 * makes it: without one, nothing is left.
 */
export async function openLanceStoreForWriting(
  directory: string,
  want: WantedStore,
  { name = 'store.json', ...given }: Partial<LanceOptions> & { readonly name?: ManifestName } = {},
): Promise<LanceStore> {
  const library = await loadLance();
  const held = await takeDirectory(directory);
  const folder = join(directory, 'tables');
  try {
    const opened = await openForWriting(directory, want, { library, name });
    await removeUnfinished(join(directory, name));
    const files = new SyncedFiles(folder);
    if (opened.manifest.commit > 0) await files.skipPresent();
    const writer = { ...held, name, library, files, options: { ...defaultOptions, ...given } };
    return new LanceStore(directory, opened, { writer, reopen: () => openCommitted(directory, library) });
  } catch (error) {
    await leaveDirectory(held);
    throw asLanceError(error, directory, 'write');
  }
}

async function openForWriting(
  directory: string,
  want: WantedStore,
  { library, name }: { readonly library: LanceLibrary; readonly name: ManifestName },
): Promise<OpenedVersion> {
  const isBeside = name === 'migration.json';
  const generation = isBeside ? await generationBeside(directory, want.space.spaceId) : 1;
  if (!(await hasManifest(directory, name)))
    return createTable(directory, want, { library, table: `rows-${generation}` });
  const manifest = requireLance(await readManifest(directory, name), directory);
  requireSpace(manifest, want.space, directory);
  requireSchema(manifest, want.schema, directory);
  const table = await openTable(directory, manifest, library);
  // What a writer left that was killed or gave up.
  if ((await table.version()) !== manifest.version) {
    await table.checkout(manifest.version);
    await table.restore();
  }
  const wide = widened(manifest, want.schema);
  const opened = { manifest: wide, table: new LanceTable(table, library, configOf(wide)) };
  if (wide !== manifest) await opened.table.addMissingColumns();
  return opened;
}

async function createTable(
  directory: string,
  want: WantedStore,
  { library, table }: { readonly library: LanceLibrary; readonly table: string },
): Promise<OpenedVersion> {
  const manifest: LanceManifest = { ...stampOf(want), kind: 'lancedb', table, version: 0, commit: 0, index: null };
  const folder = join(directory, 'tables');
  await mkdir(folder, { recursive: true });
  await rm(join(folder, `${table}.lance`), { recursive: true, force: true });
  const connection = await connect(directory, library);
  const config = configOf(manifest);
  const made = await connection.createEmptyTable(table, new LanceColumns(library.arrow, config).schema);
  return { manifest, table: new LanceTable(made, library, config) };
}

/** The committed version, for reading. Tried twice: a writer may commit and clean up, or a migration switch, in between. */
async function openCommitted(directory: string, library: LanceLibrary): Promise<OpenedVersion> {
  const manifest = requireLance(await readManifest(directory), directory);
  try {
    return await checkOut(directory, manifest, library);
  } catch (error) {
    const now = requireLance(await readManifest(directory), directory);
    if (now.version === manifest.version && now.table === manifest.table) throw damagedError(directory, error);
    return checkOut(directory, now, library);
  }
}

async function checkOut(directory: string, manifest: LanceManifest, library: LanceLibrary): Promise<OpenedVersion> {
  const table = await openTable(directory, manifest, library);
  await table.checkout(manifest.version);
  return { manifest, table: new LanceTable(table, library, configOf(manifest)) };
}

/** At its latest version, which a power cut may have left torn. */
async function openTable(directory: string, { table }: LanceManifest, library: LanceLibrary): Promise<Table> {
  const connection = await connect(directory, library);
  try {
    return await connection.openTable(table);
  } catch (error) {
    const torn = await setTornAside(join(directory, 'tables', `${table}.lance`)).catch(() => 0);
    if (torn === 0) throw damagedError(directory, error);
    return connection.openTable(table);
  }
}

function connect(directory: string, { lancedb }: LanceLibrary) {
  return lancedb.connect(join(directory, 'tables'), { manifestEnabled: false });
}

function configOf({ dimension, metric, attributes: schema }: LanceManifest): StoreConfig {
  return { dimension, metric, schema };
}

function requireLance(manifest: StoreManifest, where: string): LanceManifest {
  if (manifest.kind === 'lancedb') return manifest;
  const cure = 'Open it with openAnyStore.';
  throw new StoreError('kind', 'a store of another kind', { where, expected: 'lancedb', got: manifest.kind, cure });
}

function damagedError(where: string, cause: unknown): StoreError {
  const got = cause instanceof Error ? cause.message.split('\n')[0].slice(0, 300) : String(cause);
  const cure = 'Restore the folder from a snapshot, or index the catalogue again into a new --store.';
  return new StoreError('corrupt', 'the table of this store cannot be opened', { where, got, cure }, { cause });
}
