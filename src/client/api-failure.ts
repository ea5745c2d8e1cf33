/** @file An answer of the API that is no success, as the client and the app tell it. */
import type { Error as ErrorBody } from './api-types.ts';

export class ApiFailure extends Error {
  readonly status: number;
  /** Stable; see docs/openapi.json. `unreachable` where there was no answer of the API. */
  readonly code: string;
  readonly details: ErrorBody['error'] | undefined;
  /** Seconds, where the server says when to come again. */
  readonly retryAfterS: number | undefined;

  constructor(
    message: string,
    facts: { status: number; code: string; details?: ErrorBody['error'] | undefined; retryAfterS?: number | undefined },
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ApiFailure';
    this.status = facts.status;
    this.code = facts.code;
    this.details = facts.details;
    this.retryAfterS = facts.retryAfterS;
  }
}

/** What a response says that is no success. A proxy in between may answer in words of its own. */
export async function readFailure(response: Response): Promise<ApiFailure> {
  const { status } = response;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterS = Number.isFinite(seconds) ? seconds : undefined;
  const body: unknown = isJson(response) ? await response.json().catch(() => null) : null;
  if (!isErrorBody(body))
    return new ApiFailure(`the server answered ${status}`, { status, code: 'unreachable', retryAfterS });
  const { error } = body;
  return new ApiFailure(error.message, { status, code: error.code, details: error, retryAfterS });
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

export function isJson(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('application/json');
}
