/**
 * @file A store in OpenSearch. A writer's changes wait in memory and go to the engine in batches; a commit sends the rest
 * and asks that all be seen. Commits are whole by row, not by store: any number of writers may write at once.
 */

import { checkRow } from './check-row.ts';
import { MemoryStore } from './memory-store.ts';
import { EngineError, type OpenSearchConnection } from './opensearch-connection-node.ts';
import { toDocument } from './opensearch-documents-node.ts';
import { OpenSearchReader, type ReaderOptions } from './opensearch-search-node.ts';
import { documentId } from './opensearch-terms-node.ts';
import type { CountedValue } from './opensearch-values-node.ts';
import { OpenSearchWriter } from './opensearch-writer-node.ts';
import type { Row, RowKey } from './row.ts';
import { StoreError } from './store-error.ts';
import type { Hit, OpenedStore, RetryCounts, StoreConfig, StoreQuery, StoreStamp, StoreStats } from './vector-store.ts';

/** Changes that wait until they are sent: a few requests at a time. */
const mostUnsent = 1500;
/** Changes that nobody else sees yet, kept to answer our own questions. */
const mostUnseen = 16_384;

/** An index that is there, and what it says of itself. */
export interface OpenedIndex {
  readonly index: string;
  readonly stamp: StoreStamp;
}

/** Where a store opens: `index` is undefined for a new one, which the first change or commit makes. */
export interface OpenedPlace {
  readonly index: string | undefined;
  readonly stamp: StoreStamp;
  /** For writers: makes the index, or gives it further fields; the name of it. */
  readonly prepare?: () => Promise<string>;
  /** For readers: what answers now. */
  readonly reopen?: () => Promise<OpenedIndex>;
}

/** Made by `openOpenSearchStore` and `openOpenSearchStoreForWriting`. */
export class OpenSearchStore implements OpenedStore {
  readonly #connection: OpenSearchConnection;
  readonly #place: OpenedPlace;
  readonly #options: ReaderOptions;
  #stamp: StoreStamp;
  #reader: OpenSearchReader | undefined;
  #writer: OpenSearchWriter | undefined;
  /** By id; null for a row that is to go. */
  readonly #unsent = new Map<string, Row | null>();
  readonly #unseen = new Map<string, Row | null>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: OpenSearchConnection, place: OpenedPlace, options: ReaderOptions = {}) {
    this.#connection = connection;
    this.#place = place;
    this.#options = options;
    this.#stamp = place.stamp;
    if (place.index !== undefined) this.#reader = this.#readerOf(place.index);
  }

  get manifest(): StoreStamp {
    return this.#stamp;
  }

  get config(): StoreConfig {
    const { dimension, metric, attributes: schema } = this.#stamp;
    return { dimension, metric, schema };
  }

  get retries(): RetryCounts {
    return this.#connection.retries;
  }

  async upsert(rows: readonly Row[]): Promise<void> {
    this.#requireWriting();
    for (const row of rows) checkRow(row, this.config);
    await this.#inTurn(async () => {
      for (const row of rows) this.#change(documentId(row), { ...row, vector: row.vector.slice() });
      if (this.#unsent.size >= mostUnsent) await this.#send();
      if (this.#unseen.size >= mostUnseen) await this.#settle();
    });
  }

  async delete(keys: readonly RowKey[]): Promise<number> {
    this.#requireWriting();
    return this.#inTurn(async () => {
      const ids = new Set(keys.map(documentId));
      const unknown = [...ids].filter((id) => !this.#unseen.has(id));
      const present = await this.#present(unknown);
      let count = 0;
      for (const id of ids) {
        const isThere = this.#unseen.has(id) ? this.#unseen.get(id) !== null : present.has(id);
        if (!isThere) continue;
        this.#change(id, null);
        count += 1;
      }
      if (this.#unsent.size >= mostUnsent) await this.#send();
      if (this.#unseen.size >= mostUnseen) await this.#settle();
      return count;
    });
  }

  async rowsOf(product: string): Promise<Row[]> {
    return this.#read(async (reader) => {
      const known = (await reader?.rowsOf(product)) ?? [];
      const rows = known.filter((row) => !this.#unseen.has(documentId(row)));
      for (const row of this.#unseen.values()) if (row?.product === product) rows.push(row);
      return rows;
    });
  }

  async *rows(): AsyncGenerator<Row> {
    if (this.#place.prepare !== undefined) await this.#inTurn(() => this.#settle());
    if (this.#reader !== undefined) yield* this.#reader.rows();
  }

  async query(query: StoreQuery): Promise<Hit[]> {
    return this.#read(async () => {
      await this.#settle();
      return (this.#reader ?? new MemoryStore(this.config)).query(query);
    });
  }

  async stats(): Promise<StoreStats> {
    return this.#read(async () => {
      await this.#settle();
      return (this.#reader ?? new MemoryStore(this.config)).stats();
    });
  }

  async probe(): Promise<void> {
    await this.#read(async (reader) => reader?.probe());
  }

  async productsAfter(after: string | null, limit: number): Promise<readonly string[]> {
    return this.#read(async (reader) => {
      await this.#settle();
      return (reader ?? this.#reader)?.productsAfter(after, limit) ?? [];
    });
  }

  async *countValues(name: string): AsyncGenerator<CountedValue> {
    if (this.#place.prepare !== undefined) await this.#inTurn(() => this.#settle());
    if (this.#reader !== undefined) yield* this.#reader.countValues(name);
  }

  async commit(): Promise<void> {
    this.#requireWriting();
    await this.#inTurn(async () => {
      await this.#prepared();
      await this.#settle();
    });
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#connection.close();
  }

  #readerOf(index: string): OpenSearchReader {
    return new OpenSearchReader(this.#connection, index, this.config, this.#options);
  }

  #change(id: string, row: Row | null): void {
    this.#unsent.set(id, row);
    this.#unseen.set(id, row);
  }

  /** After it, the engine has every change. */
  async #send(): Promise<void> {
    if (this.#unsent.size === 0) return;
    const writer = await this.#prepared();
    const lines = Array.from(this.#unsent, ([id, row]) => [id, row && toDocument(row, this.config)] as const);
    await writer.write(new Map(lines));
    this.#unsent.clear();
  }

  /** After it, everyone sees every change. */
  async #settle(): Promise<void> {
    if (this.#unseen.size === 0) return;
    await this.#send();
    await this.#writer?.refresh();
    this.#unseen.clear();
    this.#reader?.forgetCount();
  }

  async #prepared(): Promise<OpenSearchWriter> {
    if (this.#writer !== undefined) return this.#writer;
    const index = await this.#requireWriting()();
    this.#reader ??= this.#readerOf(index);
    this.#writer = new OpenSearchWriter(this.#connection, index);
    return this.#writer;
  }

  async #present(ids: readonly string[]): Promise<Set<string>> {
    const { index } = this.#place;
    const writer = this.#writer ?? (index === undefined ? undefined : new OpenSearchWriter(this.#connection, index));
    return (await writer?.present(ids)) ?? new Set();
  }

  async #read<T>(job: (reader: OpenSearchReader | undefined) => Promise<T>): Promise<T> {
    const { reopen } = this.#place;
    if (reopen === undefined) return this.#inTurn(() => job(this.#reader));
    try {
      return await job(this.#reader);
    } catch (error) {
      if (!isGone(error)) throw error;
      // An index stays for an hour after a migration; then the one that took its place answers.
      const now = await reopen();
      requireSameSpace(this.#stamp, now.stamp, this.#connection.address.text);
      this.#stamp = now.stamp;
      this.#reader = this.#readerOf(now.index);
      return job(this.#reader);
    }
  }

  /** A writer does one thing at a time. */
  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(job).catch((error) => {
      throw asWriterError(error, this.#connection.address.text);
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  #requireWriting(): () => Promise<string> {
    if (this.#place.prepare !== undefined) return this.#place.prepare;
    throw new StoreError('write', 'the store was opened for reading', { where: this.#connection.address.text });
  }
}

function isGone(error: unknown): boolean {
  return error instanceof EngineError && error.type === 'index_not_found_exception';
}

function asWriterError(error: unknown, where: string): unknown {
  // With 503 it is a cluster that starts; with 403 an index that takes no changes.
  const isBlocked = error instanceof EngineError && error.status === 403 && error.type === 'cluster_block_exception';
  const isMoved = 'the store is being moved to another model, or was';
  if (isBlocked) return movedError(where, isMoved);
  // A cluster whose nodes were all down knows no index at first.
  return isGone(error) ? movedError(where, `${isMoved}, or its cluster has only just started`) : error;
}

export function movedError(where: string, summary: string): StoreError {
  const cure =
    'Wait until the cluster is green and deepshop index migrate is done, and run this again, with the new model. If migrate was killed, run it again.';
  return new StoreError('busy', summary, { where, cure });
}

function requireSameSpace(before: StoreStamp, now: StoreStamp, where: string): void {
  if (before.spaceId === now.spaceId) return;
  const cure = 'Open the store again, with the model that it was moved to.';
  const facts = { where, expected: `space ${before.spaceId}`, got: `space ${now.spaceId}`, cure };
  throw new StoreError('space', 'the store was moved to another model meanwhile', facts);
}
