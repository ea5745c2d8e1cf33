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
  | 'write'
  | 'row'
  | 'field'
  | 'query'
  | 'item';

/** `code` is `store-` and the reason, for example `store-space`. */
export class StoreError extends DeepShopError {
  readonly reason: StoreErrorReason;

  constructor(reason: StoreErrorReason, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(`store-${reason}`, summary, facts, options);
    this.reason = reason;
  }
}
