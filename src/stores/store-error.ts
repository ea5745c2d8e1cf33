/** @file Why a store could not be opened, read or written: one code a reason, each with its cure. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

/** A total list: what a caller can tell apart. */
export type StoreErrorReason =
  | 'missing'
  | 'occupied'
  | 'version'
  | 'kind'
  | 'space'
  | 'corrupt'
  | 'read'
  | 'write'
  | 'search'
  | 'busy'
  | 'row'
  | 'field'
  | 'query'
  | 'item'
  | 'unavailable';

/** What helps where the error itself names nothing better. */
const cures: { readonly [R in StoreErrorReason]?: ErrorFacts } = {
  row: { cure: 'Correct the row; the rest of the batch was not written either.' },
  field: { cure: 'store.json lists the fields under "attributes".' },
  query: { cure: 'Ask with a vector of the space that store.json names.' },
  read: {
    cure: 'Try again. If it stays, check the disk and the permissions of the files; else restore a snapshot or index the catalogue again into a new --store.',
  },
  write: { cure: 'Open the store for writing.' },
};

/** `code` is `store-` and the reason, for example `store-space`. */
export class StoreError extends DeepShopError {
  readonly reason: StoreErrorReason;

  constructor(reason: StoreErrorReason, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(`store-${reason}`, summary, { ...cures[reason], ...facts }, options);
    this.reason = reason;
  }
}
