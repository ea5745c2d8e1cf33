/** @file What every vector store does, whatever holds its rows. The exact store is the oracle of the others. */
import type { DescriptorName, Metric } from '../embedding/descriptor.ts';
import type { Filter } from './filter.ts';
import type { AttributeSchema, Row, RowKey } from './row.ts';

export interface StoreConfig {
  readonly dimension: number;
  readonly metric: Metric;
  readonly schema: AttributeSchema;
}

export interface StoreQuery {
  /** `[dimension]` float32, in the store's space. */
  readonly vector: Float32Array;
  /** At most so many rows. */
  readonly k: number;
  readonly filter?: Filter | undefined;
  /** Compare every row, even where an index would answer sooner and nearly right. */
  readonly exact?: boolean | undefined;
}

export interface Hit {
  readonly row: Row;
  /** Cosine in `[-1, 1]`, or `1 / (1 + distance)` in `(0, 1]` for a Euclidean space. */
  readonly similarity: number;
}

export interface StoreStats {
  readonly rows: number;
  readonly products: number;
  readonly wholePictures: number;
}

export interface VectorStore {
  readonly config: StoreConfig;
  /**
   * Adds rows, or replaces those with the same key. All or none: a row that breaks the schema refuses the batch. An
   * attribute that is null and one that is missing are the same, and a zero has one sign.
   */
  upsert(rows: readonly Row[]): Promise<void>;
  /** Removes the rows with these keys; how many there were. */
  delete(keys: readonly RowKey[]): Promise<number>;
  /** Every row of a product, of all its variants, images and regions. */
  rowsOf(product: string): Promise<Row[]>;
  /** Every row, in no order; the store must not be changed meanwhile. */
  rows(): AsyncIterable<Row>;
  /** The nearest rows, by descending similarity; equal ones by key, so that the order is one. */
  query(query: StoreQuery): Promise<Hit[]>;
  stats(): Promise<StoreStats>;
  /** Makes every change so far durable and visible to those who open the store from now on. */
  commit(): Promise<void>;
}

/** What any store says of its vectors and rows, wherever it keeps this. */
export interface StoreStamp {
  readonly schemaVersion: number;
  readonly descriptor: DescriptorName;
  /** Vectors of another space are refused. */
  readonly spaceId: string;
  readonly dimension: number;
  readonly metric: Metric;
  /** The model that indexed; another model of the same space may go on. */
  readonly modelId: string;
  readonly attributes: AttributeSchema;
}

/** How often a store's engine had to be asked again, by reason. */
export interface RetryCounts {
  /** It had too much to do. */
  readonly busy: number;
  /** A node did not answer, or had no copy of what was asked for. */
  readonly unavailable: number;
  /** Only some of the shards answered. */
  readonly partial: number;
  /** Another writer had written the same row. */
  readonly conflicts: number;
}

/** A store that outlives the process. */
export interface OpenedStore extends VectorStore {
  readonly manifest: StoreStamp;
  /** Of stores in an engine of their own. */
  readonly retries?: RetryCounts;
  /** Of stores in an engine of their own: resolves where it answers. @throws StoreError `store-unavailable` */
  probe?(): Promise<void>;
  /** Of stores whose rows others change while it is open: the products after one, in order of their ids; at most so many. */
  productsAfter?(after: string | null, limit: number): Promise<readonly string[]>;
  /** Of stores that can without reading every row: values of a text attribute, or of `label`, with their numbers of rows. */
  countValues?(name: string): AsyncIterable<{ readonly value: string; readonly rows: number }>;
  /** Gives the lock back, if it holds one; what was not committed is forgotten, a store without a commit whole. */
  close(): Promise<void>;
}
