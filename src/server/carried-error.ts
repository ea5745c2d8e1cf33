/** @file Errors that crossed a thread, or stand in a list of outcomes. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import { ApiError } from './api-error.ts';

/** An error as data. */
export interface CarriedError {
  readonly code: string;
  readonly message: string;
  readonly facts: ErrorFacts;
  readonly retryAfterS?: number | undefined;
}

export function carried(error: DeepShopError): CarriedError {
  const { code, message, facts } = error;
  return { code, message, facts, ...(error instanceof ApiError ? { retryAfterS: error.retryAfterS } : {}) };
}

/** The error again: `thrown(carried(error))` has the code, message and facts of `error`. */
export function thrown({ code, message, facts, retryAfterS }: CarriedError): DeepShopError {
  return new RevivedError(code, message, facts, retryAfterS);
}

class RevivedError extends DeepShopError {
  readonly retryAfterS: number | undefined;

  constructor(code: string, message: string, facts: ErrorFacts, retryAfterS: number | undefined) {
    super(code, '', facts);
    this.message = message;
    this.retryAfterS = retryAfterS;
  }
}

/** When to try again, where the error says so. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof ApiError || error instanceof RevivedError ? error.retryAfterS : undefined;
}
