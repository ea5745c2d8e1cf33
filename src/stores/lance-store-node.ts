/**
 * @file A store in LanceDB: rows are a table in the folder `tables`, `store.json` names the version that was committed
 * last. Readers open that version and keep it. A writer's changes wait in memory, go to the table in batches as versions
 * that nobody reads, and count once `store.json` names the last of them: a commit is whole or not there.
 */
import { AssertionError } from 'node:assert';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FirstSeen } from '../catalogue/first-seen.ts';
import { DeepShopError } from '../errors/errors.ts';
import { checkRow } from './check-row.ts';
import { HeldRows } from './held-rows-node.ts';
import { rowId } from './lance-columns.ts';
import type { SyncedFiles } from './lance-files-node.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import { maintain, removeOldVersions } from './lance-maintenance-node.ts';
import type { LanceTable } from './lance-table-node.ts';
import type { Row, RowKey } from './row.ts';
import { asStoreError, type HeldDirectory, leaveDirectory } from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { type LanceManifest, type ManifestName, writeManifest } from './store-manifest-node.ts';
import type { Hit, OpenedStore, StoreConfig, StoreQuery, StoreStats } from './vector-store.ts';

export interface LanceOptions {
  /** Rows from which an approximate index answers. */
  readonly indexFrom: number;
  /** recall@10 that it must have; where it has less, every row is compared. */
  readonly wantedRecall: number;
  /** Changes that wait in memory until they go to the table. */
  readonly pendingRows: number;
}

/** A version of the table and the manifest that names it. */
export interface OpenedVersion {
  /** Commit 0 and version 0 for a store that is not on disk yet. */
  readonly manifest: LanceManifest;
  readonly table: LanceTable;
}

/** What a writer holds beside. */
export interface LanceWriter extends HeldDirectory {
  readonly name: ManifestName;
  readonly library: LanceLibrary;
  readonly files: SyncedFiles;
  readonly options: LanceOptions;
}

/** Made by `openLanceStore` and `openLanceStoreForWriting`. */
export class LanceStore implements OpenedStore {
  readonly #directory: string;
  readonly #writer: LanceWriter | undefined;
  /** Opens what is committed now; for readers. */
  readonly #reopen: () => Promise<OpenedVersion>;
  #opened: OpenedVersion;
  /** Of what is opened; none for writers, and for a table with an index. */
  #held: HeldRows | undefined;
  /** By id; null for a row that is to go. Empty for readers. */
  readonly #pending = new Map<string, Row | null>();
  /** Those that the table has, and perhaps some that it had; undefined until a writer needs them. */
  #products: FirstSeen | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    directory: string,
    opened: OpenedVersion,
    { writer, reopen }: { writer?: LanceWriter; reopen: () => Promise<OpenedVersion> },
  ) {
    this.#directory = directory;
    this.#opened = opened;
    this.#writer = writer;
    this.#reopen = reopen;
    if (writer === undefined) this.#held = heldRowsOf(opened);
  }

  get manifest(): LanceManifest {
    return this.#opened.manifest;
  }

  get config(): StoreConfig {
    return this.#opened.table.config;
  }

  async upsert(rows: readonly Row[]): Promise<void> {
    const writer = this.#requireWriter();
    for (const row of rows) checkRow(row, this.config);
    await this.#inTurn('write', async () => {
      for (const row of rows) this.#pending.set(rowId(row), { ...row, vector: row.vector.slice() });
      if (this.#pending.size >= writer.options.pendingRows) await this.#flush();
    });
  }

  async delete(keys: readonly RowKey[]): Promise<number> {
    const writer = this.#requireWriter();
    return this.#inTurn('write', async () => {
      const ids = new Set(keys.map(rowId));
      const unknown = [...ids].filter((id) => !this.#pending.has(id));
      const present = await this.#opened.table.present(unknown);
      let count = 0;
      for (const id of ids) {
        const isThere = this.#pending.has(id) ? this.#pending.get(id) !== null : present.has(id);
        if (!isThere) continue;
        this.#pending.set(id, null);
        count += 1;
      }
      if (this.#pending.size >= writer.options.pendingRows) await this.#flush();
      return count;
    });
  }

  async rowsOf(product: string): Promise<Row[]> {
    const held = this.#held?.current();
    if (held !== undefined) return held.rowsOf(product);
    return this.#read(async ({ table }) => {
      const rows = (await this.#mayHave(product))
        ? (await table.rowsOf(product)).filter((row) => !this.#pending.has(rowId(row)))
        : [];
      for (const row of this.#pending.values()) if (row?.product === product) rows.push(row);
      return rows;
    });
  }

  async *rows(): AsyncGenerator<Row> {
    await this.#inTurn('write', () => this.#flush());
    try {
      yield* this.#opened.table.rows();
    } catch (error) {
      throw asLanceError(error, this.#directory, 'read');
    }
  }

  async query(query: StoreQuery): Promise<Hit[]> {
    const held = this.#held?.current();
    if (held !== undefined) return held.query(query);
    return this.#read(async ({ table, manifest }) => {
      await this.#flush();
      return table.nearest(query, manifest.index);
    });
  }

  async stats(): Promise<StoreStats> {
    return this.#read(async ({ table }) => {
      await this.#flush();
      return table.stats();
    });
  }

  async commit(): Promise<void> {
    const writer = this.#requireWriter();
    await this.#inTurn('write', async () => {
      await writer.lock.assertHeld();
      await this.#flush();
      const { table, manifest: before } = this.#opened;
      const { state, hasChanged } = await maintain(table, before, writer);
      const version = await table.table.version();
      const manifest = { ...before, version, commit: before.commit + 1, indexFailedAt: undefined, ...state };
      // What the manifest names is on disk before the manifest is.
      await writer.files.sync();
      await writeManifest(this.#directory, manifest, {
        name: writer.name,
        beforeRename: () => writer.lock.assertHeld(),
      });
      this.#opened = { manifest, table };
      if (hasChanged) await removeOldVersions(table);
    });
  }

  async close(): Promise<void> {
    if (this.#writer === undefined) return;
    await this.#last.catch(() => {});
    if (this.manifest.commit === 0) {
      const tables = join(this.#directory, 'tables');
      await rm(join(tables, `${this.manifest.table}.lance`), { recursive: true, force: true });
      // The engine's list of tables; with a table of another store in it, all stays.
      const left = await readdir(tables);
      if (left.every((name) => name === '__manifest')) await rm(tables, { recursive: true });
      await leaveDirectory(this.#writer);
    } else await this.#writer.lock.release();
  }

  /** False for a product of which the table has no row: an indexer asks for each product, and most may be new. */
  async #mayHave(product: string): Promise<boolean> {
    if (this.#writer === undefined) return true;
    this.#products ??= await this.#opened.table.products();
    return this.#products.has(product);
  }

  /** After it, the table has every change. */
  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    await this.#opened.table.replace(this.#pending).catch((error) => {
      // Whoever asks a writer has it write first.
      throw asLanceError(error, this.#directory, 'write');
    });
    for (const row of this.#pending.values()) if (row !== null) this.#products?.add(row.product, 1);
    this.#pending.clear();
  }

  async #read<T>(job: (opened: OpenedVersion) => Promise<T>): Promise<T> {
    if (this.#writer !== undefined) return this.#inTurn('read', () => job(this.#opened));
    const tried = this.#opened;
    try {
      return await job(tried).catch((error) => this.#readNewest(job, tried, error));
    } catch (error) {
      throw asLanceError(error, this.#directory, 'read');
    }
  }

  /** A version is kept for an hour after the next one; then its files go, and the newest answers. */
  async #readNewest<T>(
    job: (opened: OpenedVersion) => Promise<T>,
    { manifest }: OpenedVersion,
    error: unknown,
  ): Promise<T> {
    if (error instanceof DeepShopError) throw error;
    const now = await this.#reopen();
    if (now.manifest.version === manifest.version && now.manifest.table === manifest.table) throw error;
    requireSameSpace(manifest, now.manifest, this.#directory);
    this.#opened = now;
    this.#held = heldRowsOf(now);
    return job(now);
  }

  /** A writer does one thing at a time. */
  #inTurn<T>(kind: 'read' | 'write', job: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(job).catch((error) => {
      throw asLanceError(error, this.#directory, kind);
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  #requireWriter(): LanceWriter {
    if (this.#writer !== undefined) return this.#writer;
    throw new StoreError('write', 'the store was opened for reading', { where: this.#directory });
  }
}

function heldRowsOf({ manifest, table }: OpenedVersion): HeldRows | undefined {
  return manifest.index === null ? new HeldRows(table) : undefined;
}

function requireSameSpace(before: LanceManifest, now: LanceManifest, where: string): void {
  if (before.spaceId === now.spaceId) return;
  const cure = 'Open the store again, with the model that it was moved to.';
  const facts = { where, expected: `space ${before.spaceId}`, got: `space ${now.spaceId}`, cure };
  throw new StoreError('space', 'the store was moved to another model meanwhile', facts);
}

/** The engine's own words are long: the first line says what it met. */
export function asLanceError(cause: unknown, where: string, kind: 'read' | 'write'): unknown {
  const known = kind === 'write' ? asStoreError(cause, where) : cause;
  if (known instanceof DeepShopError || known instanceof AssertionError || !(known instanceof Error)) return known;
  const got = known.message.split('\n')[0].slice(0, 300);
  if (kind === 'read') return new StoreError('read', 'the store could not be read', { where, got }, { cause });
  const cure =
    'What was committed before is intact. Free space on the disk or check its permissions and run again; else restore a snapshot.';
  return new StoreError('write', 'LanceDB could not do it', { where, got, cure }, { cause });
}
