/**
 * @file The exact store as a directory: `store.json` says what it is, `rows.bin` holds the last commit, `lock` names the
 * writer. Readers load a commit whole and keep it; a writer changes its own copy and commits it atomically.
 */
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VectorSpace } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { removeUnfinished } from '../files/atomic-file-node.ts';
import { acquireLock, type HeldLock } from '../files/lock-file-node.ts';
import { MemoryStore } from './memory-store.ts';
import type { AttributeSchema, Row, RowKey } from './row.ts';
import { readRowsFile, writeRowsFile } from './rows-file-node.ts';
import { StoreError } from './store-error.ts';
import {
  claimDirectory,
  hasManifest,
  readManifest,
  requireSpace,
  type StoreManifest,
  storeSchemaVersion,
  writeManifest,
} from './store-manifest-node.ts';
import type { Hit, StoreQuery, StoreStats, VectorStore } from './vector-store.ts';

const rowsName = 'rows.bin';
const lockName = 'lock';

/** Opens the last commit for queries. Does not wait for a writer, and does not see what it does later. */
export async function openStore(directory: string): Promise<ExactStore> {
  const manifest = await readManifest(directory);
  return loadStore(directory, manifest);
}

/**
 * Opens a store for writing, and holds its lock until {@link ExactStore.close}. Where there is none, the first commit
 * makes it: without one, nothing is left.
 */
export async function openStoreForWriting(
  directory: string,
  want: { readonly space: VectorSpace; readonly modelId: string; readonly schema: AttributeSchema },
): Promise<ExactStore> {
  const { lock, made } = await takeDirectory(directory);
  try {
    await removeUnfinished(join(directory, rowsName));
    if (!(await hasManifest(directory))) return newStore(directory, want, { lock, made });
    const manifest = await readManifest(directory);
    requireSpace(manifest, want.space, directory);
    requireSchema(manifest, want.schema, directory);
    // A row without an attribute reads as null, so a store may get further ones.
    const isWider = Object.keys(want.schema).length > Object.keys(manifest.attributes).length;
    const widened = isWider ? { ...manifest, attributes: { ...manifest.attributes, ...want.schema } } : manifest;
    return await loadStore(directory, widened, { lock, isWider });
  } catch (error) {
    await lock.release();
    await removeEmpty(made);
    throw asStoreError(error, directory);
  }
}

/** A directory's rows; made by {@link openStore} and {@link openStoreForWriting}. */
export class ExactStore implements VectorStore {
  readonly manifest: StoreManifest;
  readonly #directory: string;
  readonly #memory: MemoryStore;
  readonly #lock: HeldLock | undefined;
  /** Folders that were made for this store, from the inmost: they go again if nothing is committed. */
  readonly #made: readonly string[];
  /** The manifest has attributes that the one on disk lacks. */
  #isWider: boolean;
  /** 0 for a store that is not on disk yet. */
  #commit: number;

  constructor(opened: {
    directory: string;
    manifest: StoreManifest;
    memory: MemoryStore;
    commit: number;
    lock?: HeldLock | undefined;
    made?: readonly string[];
    isWider?: boolean;
  }) {
    this.manifest = opened.manifest;
    this.#directory = opened.directory;
    this.#memory = opened.memory;
    this.#commit = opened.commit;
    this.#lock = opened.lock;
    this.#made = opened.made ?? [];
    this.#isWider = opened.isWider ?? false;
  }

  get config() {
    return this.#memory.config;
  }

  upsert(rows: readonly Row[]): Promise<void> {
    this.#requireLock();
    return this.#memory.upsert(rows);
  }

  delete(keys: readonly RowKey[]): Promise<number> {
    this.#requireLock();
    return this.#memory.delete(keys);
  }

  rowsOf(product: string): Promise<Row[]> {
    return this.#memory.rowsOf(product);
  }

  rows(): AsyncIterable<Row> {
    return this.#memory.rows();
  }

  query(query: StoreQuery): Promise<Hit[]> {
    return this.#memory.query(query);
  }

  stats(): Promise<StoreStats> {
    return this.#memory.stats();
  }

  async commit(): Promise<void> {
    const lock = this.#requireLock();
    const path = join(this.#directory, rowsName);
    const contents = {
      spaceId: this.manifest.spaceId,
      dimension: this.manifest.dimension,
      commit: this.#commit + 1,
      rows: this.#memory.rowFacts(),
      vectors: this.#memory.flatVectors(),
    };
    try {
      // First: rows with an attribute that the manifest lacks would be refused.
      if (this.#isWider) {
        await lock.assertHeld();
        await writeManifest(this.#directory, this.manifest);
        this.#isWider = false;
      }
      await writeRowsFile(path, contents, () => lock.assertHeld());
      // Last: a directory is a store once this file is there.
      if (this.#commit === 0) await writeManifest(this.#directory, this.manifest);
    } catch (cause) {
      throw asStoreError(cause, path);
    }
    this.#commit += 1;
  }

  /** Gives the lock back; what was not committed is forgotten, a store without a commit whole. */
  async close(): Promise<void> {
    await this.#lock?.release();
    if (this.#commit === 0) await removeEmpty(this.#made);
  }

  #requireLock(): HeldLock {
    if (this.#lock !== undefined) return this.#lock;
    throw new StoreError('write', 'the store was opened for reading', { where: this.#directory });
  }
}

async function takeDirectory(directory: string): Promise<{ lock: HeldLock; made: readonly string[] }> {
  try {
    const made = await claimDirectory(directory);
    return { lock: await acquireLock(join(directory, lockName)), made };
  } catch (error) {
    throw asStoreError(error, directory);
  }
}

/** Removes folders as long as they are empty. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  try {
    for (const folder of folders) await rmdir(folder);
  } catch {
    // Another writer came, or a person put something there: it stays.
  }
}

/** What the system says (no space, no permission) with what it means for the store; our own errors as they are. */
function asStoreError(cause: unknown, where: string): unknown {
  if (cause instanceof DeepShopError || !(cause instanceof Error) || !('code' in cause)) return cause;
  const cure =
    'What was committed before is intact. Free space on the disk or check its permissions, then run the command again.';
  return new StoreError('write', 'the store could not be written', { where, got: cause.message, cure }, { cause });
}

function newStore(
  directory: string,
  { space, modelId, schema }: { space: VectorSpace; modelId: string; schema: AttributeSchema },
  held: { lock: HeldLock; made: readonly string[] },
): ExactStore {
  const { spaceId, dimension, metric, descriptor } = space;
  const manifest: StoreManifest = {
    format: 'deepshop-store',
    schemaVersion: storeSchemaVersion,
    kind: 'exact',
    descriptor,
    spaceId,
    dimension,
    metric,
    modelId,
    attributes: { ...schema },
  };
  const memory = new MemoryStore({ dimension, metric, schema });
  return new ExactStore({ directory, manifest, memory, commit: 0, ...held });
}

async function loadStore(
  directory: string,
  manifest: StoreManifest,
  writing: { readonly lock?: HeldLock; readonly isWider?: boolean } = {},
): Promise<ExactStore> {
  const path = join(directory, rowsName);
  const file = await readRowsFile(path);
  if (file.spaceId !== manifest.spaceId || file.dimension !== manifest.dimension) {
    const cure = 'Files of two stores were mixed: restore the directory from a copy, or index into a new --store.';
    const facts = { where: path, expected: `space ${manifest.spaceId}`, got: file.spaceId, cure };
    throw new StoreError('corrupt', 'rows of another store', facts);
  }
  const { dimension, metric, attributes: schema } = manifest;
  const memory = new MemoryStore({ dimension, metric, schema });
  const rows = file.rows.map((facts, index) => ({
    ...facts,
    vector: file.vectors.subarray(index * dimension, (index + 1) * dimension),
  }));
  await memory.upsert(rows);
  return new ExactStore({ directory, manifest, memory, commit: file.commit, ...writing });
}

/** Every attribute of the store must be among those wanted, in the same type. */
function requireSchema(manifest: StoreManifest, schema: AttributeSchema, where: string): void {
  const differing = Object.keys(manifest.attributes).filter((name) => schema[name] !== manifest.attributes[name]);
  if (differing.length === 0) return;
  throw new StoreError('version', 'the store was made with other attributes', {
    where,
    expected: Object.keys(manifest.attributes).join(', '),
    got: `a difference in ${differing.join(', ')}`,
    cure: 'Give --attribute as when it was indexed, or index the catalogue again into a new --store.',
  });
}
