/**
 * @file What the server does beside HTTP: everything that needs the model, the store or pixels. An interface, because it runs in
 * a thread of its own (`searcher-thread-node.ts`): the plain TypeScript around a run of the network would hold up other requests.
 * Arguments and answers can be cloned.
 */

import type { AdminSummary } from '../api/admin.ts';
import type { ItemBody, PutItem } from '../api/item.ts';
import type { DetectAnswer, RememberedPhoto } from '../api/photo.ts';
import type { GarmentAnswerBody, SearchRequest, SearchSource } from '../api/search.ts';
import type { BoxTuple } from '../boxes/boxes.ts';
import type { VectorSpace } from '../embedding/descriptor.ts';
import type { EngineCheck } from '../embedding/engine-check.ts';
import type { CarriedError } from './carried-error.ts';

export interface SearchJob {
  readonly source: SearchSource;
  /** A picture file's, of the sources `photo` and `url`. */
  readonly bytes?: Uint8Array | undefined;
  readonly request: SearchRequest;
}

/** An answer before it has its id, and what it was found by. */
export interface FoundGarment extends Omit<GarmentAnswerBody, 'queryId' | 'box'> {
  readonly box: BoxTuple | null;
  /** `[dimension]` float32, in the store's space. */
  readonly vector: Float32Array;
}

export interface SearchOutcome {
  readonly photo: RememberedPhoto | null;
  readonly spaceId: string;
  readonly garments: readonly FoundGarment[];
}

/** A change of one product. */
export type WriteOperation =
  | {
      readonly kind: 'put';
      readonly id: string;
      readonly facts: PutItem;
      /** Picture files. */
      readonly pictures: readonly Uint8Array[];
    }
  | { readonly kind: 'delete'; readonly id: string };

export type WriteOutcome =
  | { readonly kind: 'written'; readonly result: 'added' | 'updated' | 'unchanged'; readonly item: ItemBody }
  | { readonly kind: 'deleted'; readonly pictures: number }
  | { readonly kind: 'failed'; readonly error: CarriedError };

export interface ItemsList {
  readonly items: readonly ItemBody[];
  readonly total: number;
  /** The last product of the page; null where no more follow. */
  readonly last: string | null;
}

export interface ServedModel {
  readonly modelId: string;
  readonly classes: readonly string[];
  readonly space: VectorSpace;
}

export type StoreSummary = Pick<AdminSummary, 'store' | 'catalogue' | 'photos'>;

export interface SearcherCounts {
  readonly rows: number;
  readonly products: number;
  readonly photos: number;
  readonly photoBytes: number;
}

export interface Searcher {
  model(): Promise<ServedModel>;
  /** What the model finds in the check picture; worked out once. */
  check(): Promise<EngineCheck>;
  detect(bytes: Uint8Array, signal: AbortSignal): Promise<DetectAnswer>;
  search(job: SearchJob, signal: AbortSignal): Promise<SearchOutcome>;
  /** @param after the last product of the page before */
  listItems(page: { readonly after: string | null; readonly limit: number }): Promise<ItemsList>;
  /** @throws StoreError `store-item` */
  getItem(id: string): Promise<ItemBody>;
  /** The file of a picture that a row of the product has, by the first 32 digits of its hash; null where there is none. */
  findPicture(product: string, hash: string): Promise<{ readonly file: string; readonly contentHash: string } | null>;
  /** One commit for all of them. Each succeeds or fails by itself. */
  write(operations: readonly WriteOperation[], signal: AbortSignal): Promise<readonly WriteOutcome[]>;
  summary(): Promise<StoreSummary>;
  /** Looks for commits of others now, instead of in a while. */
  refresh(): Promise<void>;
  /** Resolves where the store answers. @throws StoreError `store-unavailable` */
  probe(): Promise<void>;
  /** Quick ones. */
  counts(): Promise<SearcherCounts>;
  close(): Promise<void>;
}
