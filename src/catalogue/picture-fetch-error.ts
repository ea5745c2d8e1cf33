/** @file Why a picture could not be fetched: one code a reason. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

/** A total list: `refused` by our rules, `status` by the server's answer, `unreachable` for all that lies in between. */
export type PictureFetchReason = 'refused' | 'status' | 'unreachable' | 'timeout' | 'too-large' | 'redirects';

/** What helps where the error itself names nothing better. */
const cures: { readonly [R in PictureFetchReason]?: ErrorFacts } = {
  status: { cure: 'Open the address in a browser; correct it in the feed.' },
  unreachable: { cure: 'Run again later; what is in the store stays.' },
  timeout: { cure: 'Run again later; what is in the store stays.' },
};

/** `code` is `fetch-` and the reason. */
export class PictureFetchError extends DeepShopError {
  readonly reason: PictureFetchReason;
  /** When the server wants to be asked again, in its words. */
  readonly retryAfter: string | null;

  constructor(
    reason: PictureFetchReason,
    summary: string,
    facts: ErrorFacts = {},
    { cause, retryAfter = null }: { readonly cause?: unknown; readonly retryAfter?: string | null } = {},
  ) {
    super(`fetch-${reason}`, summary, { ...cures[reason], ...facts }, { cause });
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}
