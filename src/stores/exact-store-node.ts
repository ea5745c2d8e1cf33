/**
 * @file The exact store as a directory: `store.json` says what it is, `rows.bin` holds the last commit, `lock` names the
 * writer. Readers load a commit whole and keep it; a writer changes its own copy and commits it atomically.
 */
import { removeUnfinished } from '../files/atomic-file-node.ts';
import { MemoryStore } from './memory-store.ts';
import type { Row, RowKey } from './row.ts';
import { readRowsFile, writeRowsFile } from './rows-file-node.ts';
import {
  asStoreError,
  type HeldDirectory,
  leaveDirectory,
  stampOf,
  takeDirectory,
  type WantedStore,
} from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { generationBeside, pathOfRows } from './store-generations-node.ts';
import {
  type ExactManifest,
  hasManifest,
  type ManifestName,
  readManifest,
  requireSchema,
  requireSpace,
  type StoreManifest,
  widened,
  writeManifest,
} from './store-manifest-node.ts';
import type { Hit, OpenedStore, StoreQuery, StoreStats } from './vector-store.ts';

/** Opens the last commit for queries. Does not wait for a writer, and does not see what it does later. */
export async function openStore(directory: string): Promise<ExactStore> {
  const manifest = requireExact(await readManifest(directory), directory);
  try {
    return await loadStore(directory, manifest);
  } catch (error) {
    // A migration may have switched between the two reads.
    const now = requireExact(await readManifest(directory), directory);
    if (now.rowsFile === manifest.rowsFile) throw error;
    return loadStore(directory, now);
  }
}

/**
 * Opens a store for writing, and holds its lock until {@link ExactStore.close}. Where there is none, the first commit
 * makes it: without one, nothing is left.
 */
export async function openStoreForWriting(
  directory: string,
  want: WantedStore,
  { name = 'store.json' }: { readonly name?: ManifestName } = {},
): Promise<ExactStore> {
  const held = { ...(await takeDirectory(directory)), name };
  try {
    const isBeside = name === 'migration.json';
    const rowsFile = isBeside ? `rows-${await generationBeside(directory, want.space.spaceId)}.bin` : undefined;
    if (!(await hasManifest(directory, name))) {
      const manifest: ExactManifest = { ...stampOf(want), kind: 'exact', ...(rowsFile && { rowsFile }) };
      await removeUnfinished(pathOfRows(directory, manifest));
      const { dimension, metric, attributes: schema } = manifest;
      const memory = new MemoryStore({ dimension, metric, schema });
      return new ExactStore({ directory, manifest, memory, commit: 0, writing: { held } });
    }
    const manifest = requireExact(await readManifest(directory, name), directory);
    await removeUnfinished(pathOfRows(directory, manifest));
    requireSpace(manifest, want.space, directory);
    requireSchema(manifest, want.schema, directory);
    return await loadStore(directory, widened(manifest, want.schema), { held, onDisk: manifest });
  } catch (error) {
    await leaveDirectory(held);
    throw asStoreError(error, directory);
  }
}

interface Writing {
  readonly held: HeldDirectory & { readonly name: ManifestName };
  /** Undefined where there is no manifest yet. */
  onDisk?: ExactManifest;
}

/** A directory's rows; made by {@link openStore} and {@link openStoreForWriting}. */
export class ExactStore implements OpenedStore {
  readonly manifest: ExactManifest;
  readonly #directory: string;
  readonly #memory: MemoryStore;
  readonly #writing: Writing | undefined;
  /** 0 for a store that is not on disk yet. */
  #commit: number;

  constructor(opened: {
    directory: string;
    manifest: ExactManifest;
    memory: MemoryStore;
    commit: number;
    writing?: Writing | undefined;
  }) {
    this.manifest = opened.manifest;
    this.#directory = opened.directory;
    this.#memory = opened.memory;
    this.#commit = opened.commit;
    this.#writing = opened.writing;
  }

  get config() {
    return this.#memory.config;
  }

  upsert(rows: readonly Row[]): Promise<void> {
    this.#requireWriting();
    return this.#memory.upsert(rows);
  }

  delete(keys: readonly RowKey[]): Promise<number> {
    this.#requireWriting();
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
    const writing = this.#requireWriting();
    const { lock, name } = writing.held;
    const write = async () => {
      await writeManifest(this.#directory, this.manifest, { name, beforeRename: () => lock.assertHeld() });
      writing.onDisk = this.manifest;
    };
    const path = pathOfRows(this.#directory, this.manifest);
    const contents = {
      spaceId: this.manifest.spaceId,
      dimension: this.manifest.dimension,
      commit: this.#commit + 1,
      rows: this.#memory.rowFacts(),
      vectors: this.#memory.flatVectors(),
    };
    try {
      // First, if it has further attributes: rows with one that the manifest lacks would be refused.
      if (writing.onDisk !== undefined && writing.onDisk !== this.manifest) await write();
      await writeRowsFile(path, contents, () => lock.assertHeld());
      // Last, if it is new: a directory is a store once this file is there.
      if (writing.onDisk === undefined) await write();
    } catch (cause) {
      throw asStoreError(cause, path);
    }
    this.#commit += 1;
  }

  async close(): Promise<void> {
    if (this.#writing === undefined) return;
    const { held } = this.#writing;
    if (this.#commit === 0) await leaveDirectory(held);
    else await held.lock.release();
  }

  #requireWriting(): Writing {
    if (this.#writing !== undefined) return this.#writing;
    throw new StoreError('write', 'the store was opened for reading', { where: this.#directory });
  }
}

async function loadStore(directory: string, manifest: ExactManifest, writing?: Writing): Promise<ExactStore> {
  const path = pathOfRows(directory, manifest);
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
  return new ExactStore({ directory, manifest, memory, commit: file.commit, writing });
}

function requireExact(manifest: StoreManifest, where: string): ExactManifest {
  if (manifest.kind === 'exact') return manifest;
  const cure = 'Open it with openAnyStore.';
  throw new StoreError('kind', 'a store of another kind', { where, expected: 'exact', got: manifest.kind, cure });
}
