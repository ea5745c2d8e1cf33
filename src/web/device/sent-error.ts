/** @file Errors on their way out of the worker: with their code and facts, and with what the server said where it refused. */
import { ApiFailure } from '../../client/api-failure.ts';
import { DeepShopError, describeError, type ErrorFacts } from '../../errors/errors.ts';

export interface SentError {
  readonly code: string;
  readonly message: string;
  readonly facts: ErrorFacts;
  /** Null where no answer of the server was the cause. */
  readonly refusal: (Pick<ApiFailure, 'status' | 'code' | 'retryAfterS'> & { readonly message: string }) | null;
}

export function sentError(error: unknown): SentError {
  const cause = error instanceof DeepShopError ? error.cause : undefined;
  return {
    ...describeError(error),
    facts: error instanceof DeepShopError ? error.facts : {},
    refusal: cause instanceof ApiFailure ? refusalOf(cause) : null,
  };
}

/** The error as the worker had it. */
export function receivedError({ code, message, facts, refusal }: SentError): DeepShopError {
  const options = refusal === null ? {} : { cause: new ApiFailure(refusal.message, refusal) };
  const error = new DeepShopError(code, '', facts, options);
  // The worker's message is whole already.
  error.message = message;
  return error;
}

function refusalOf({ status, code, message, retryAfterS }: ApiFailure): SentError['refusal'] {
  return { status, code, message, retryAfterS };
}
