/** @file Errors of the API's own, and what any thrown thing becomes as an answer. */
import { type ErrorBody, type ErrorCode, errorCodes, isErrorCode } from '../api/error-codes.ts';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

/** An error whose code the API has. */
export class ApiError extends DeepShopError {
  declare readonly code: ErrorCode;
  /** Seconds after which to try again, for the header Retry-After. */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, summary: string, facts: ErrorFacts = {}, retryAfterS?: number) {
    super(code, summary, facts);
    this.retryAfterS = retryAfterS;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** Errors without a public code say nothing of themselves: their messages may name files, and their stacks our code. */
export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  const known = error instanceof DeepShopError && isErrorCode(error.code) ? error : internalError();
  const code = known.code as ErrorCode;
  const { where, expected, got, cure } = known.facts;
  return {
    status: errorCodes[code][0],
    body: {
      error: {
        code,
        message: known.message,
        ...(where === undefined ? {} : { where }),
        ...(expected === undefined ? {} : { expected }),
        ...(got === undefined ? {} : { got }),
        ...(cure === undefined ? {} : { cure }),
        requestId,
      },
    },
  };
}

function internalError(): ApiError {
  const cure = 'Try again. If it stays, tell the keeper of the server the request id: its log says more.';
  return new ApiError('internal', 'the server has a fault', { cure });
}

/**
 * What the engine of a store refused or left unanswered, told without where it is and what it said, which are the keeper's: the
 * log has them. Null for all other errors.
 */
export function asStoreTrouble(error: unknown): ApiError | null {
  if (!(error instanceof DeepShopError)) return null;
  if (error.code === 'store-unavailable') return storeIsAway();
  return error.code === 'store-search' ? searchIsRefused() : null;
}

function searchIsRefused(): ApiError {
  const cure =
    'Ask with fewer values in the filter. If it stays, tell the keeper of the server the request id: its log says more.';
  return new ApiError('store-search', 'the store refused the search', { cure });
}

/** As it is told to whoever asks. */
export function storeIsAway(): ApiError {
  const facts = { expected: 'an answer of the store', got: 'none', cure: 'Try again in a moment.' };
  return new ApiError('store-unavailable', 'the store does not answer', facts, 5);
}

export function fetchingIsOff(): ApiError {
  return new ApiError('url-queries-off', 'this server does not fetch pictures from addresses', {
    expected: 'the picture itself',
    got: 'an address',
    cure: 'Send the picture, or start the server with --allow-url-queries.',
  });
}
