/** @file The exact store: rows in memory, every query compares all of them. Node-free; `exact-store-node.ts` keeps it on disk. */
import { checkRow, checkVector } from './check-row.ts';
import { checkFilter, type Filter } from './filter.ts';
import { FilterColumns } from './filter-columns.ts';
import { largest, lengthOf, similarities } from './nearest.ts';
import { keyText, type Row, type RowKey } from './row.ts';
import type { Hit, StoreConfig, StoreQuery, StoreStats, VectorStore } from './vector-store.ts';

type RowFacts = Omit<Row, 'vector'>;

/** Rows lie in slots without gaps: slot s owns `vectors[s * dimension ...]`. A deleted row's slot goes to the last row. */
export class MemoryStore implements VectorStore {
  readonly config: StoreConfig;
  readonly #slots = new Map<string, number>();
  /** Product to the keys of its rows. */
  readonly #products = new Map<string, Set<string>>();
  readonly #facts: RowFacts[] = [];
  readonly #keys: string[] = [];
  #vectors: Float32Array;
  #lengths: Float32Array;
  /** Of the rows as they are; undefined after a change, until a filter asks. */
  #columns: FilterColumns | undefined;

  constructor(config: StoreConfig) {
    this.config = config;
    this.#vectors = new Float32Array(0);
    this.#lengths = new Float32Array(0);
  }

  get numRows(): number {
    return this.#facts.length;
  }

  async upsert(rows: readonly Row[]): Promise<void> {
    for (const row of rows) checkRow(row, this.config);
    this.#reserve(this.numRows + rows.length);
    this.#columns = undefined;
    for (const { vector, ...facts } of rows) {
      const key = keyText(facts);
      const slot = this.#slots.get(key) ?? this.numRows;
      this.#slots.set(key, slot);
      const keys = this.#products.get(facts.product);
      if (keys === undefined) this.#products.set(facts.product, new Set([key]));
      else keys.add(key);
      this.#facts[slot] = facts;
      this.#keys[slot] = key;
      this.#vectors.set(vector, slot * this.config.dimension);
      this.#lengths[slot] = lengthOf(vector);
    }
  }

  async delete(keys: readonly RowKey[]): Promise<number> {
    let numDeleted = 0;
    for (const key of keys) {
      if (this.#remove(key.product, keyText(key))) numDeleted += 1;
    }
    return numDeleted;
  }

  async rowsOf(product: string): Promise<Row[]> {
    return [...(this.#products.get(product) ?? [])].map((key) => this.#rowAt(this.#slots.get(key)!));
  }

  async *rows(): AsyncGenerator<Row> {
    for (let slot = 0; slot < this.numRows; slot++) yield this.#rowAt(slot);
  }

  async query({ vector, k, filter }: StoreQuery): Promise<Hit[]> {
    checkVector(vector, this.config, 'query');
    const accepted = filter === undefined ? undefined : this.#select(filter);
    const scores = similarities(vector, {
      vectors: this.#vectors,
      lengths: this.#lengths,
      numRows: this.numRows,
      metric: this.config.metric,
      accepted,
    });
    const slots = largest(scores, k, {
      accepts: (slot) => accepted === undefined || accepted[slot] === 1,
      before: (a, b) => this.#keys[a] < this.#keys[b],
    });
    return slots.map((slot) => ({ row: this.#rowAt(slot), similarity: scores[slot] }));
  }

  async stats(): Promise<StoreStats> {
    return {
      rows: this.numRows,
      products: this.#products.size,
      wholePictures: this.#facts.filter((facts) => facts.label === null).length,
    };
  }

  /** Memory is all there is. */
  async commit(): Promise<void> {}

  /** Rows in slot order, without their vectors. */
  rowFacts(): readonly RowFacts[] {
    return this.#facts;
  }

  /** `[R, D]` float32: a view of the rows' vectors in slot order, valid until the next change. */
  flatVectors(): Float32Array {
    return this.#vectors.subarray(0, this.numRows * this.config.dimension);
  }

  #select(filter: Filter): Uint8Array {
    checkFilter(filter, this.config.schema);
    this.#columns ??= new FilterColumns(this.#facts);
    return this.#columns.select(filter);
  }

  #rowAt(slot: number): Row {
    const { dimension } = this.config;
    return { ...this.#facts[slot], vector: this.#vectors.slice(slot * dimension, (slot + 1) * dimension) };
  }

  #reserve(numRows: number): void {
    const { dimension } = this.config;
    if (numRows <= this.#lengths.length) return;
    const capacity = Math.max(numRows, 2 * this.#lengths.length, 64);
    const vectors = new Float32Array(capacity * dimension);
    vectors.set(this.flatVectors());
    const lengths = new Float32Array(capacity);
    lengths.set(this.#lengths);
    this.#vectors = vectors;
    this.#lengths = lengths;
  }

  #remove(product: string, key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.#columns = undefined;
    const { dimension } = this.config;
    const last = this.numRows - 1;
    this.#slots.delete(key);
    const keys = this.#products.get(product)!;
    keys.delete(key);
    if (keys.size === 0) this.#products.delete(product);
    if (slot !== last) {
      this.#slots.set(this.#keys[last], slot);
      this.#facts[slot] = this.#facts[last];
      this.#keys[slot] = this.#keys[last];
      this.#lengths[slot] = this.#lengths[last];
      this.#vectors.copyWithin(slot * dimension, last * dimension, (last + 1) * dimension);
    }
    this.#facts.pop();
    this.#keys.pop();
    return true;
  }
}
