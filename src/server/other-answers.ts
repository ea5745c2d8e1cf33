/** @file Answers that are no JSON of a schema. */
import { ApiError } from './api-error.ts';

export function notFound(summary: string): ApiError {
  return new ApiError('not-found', summary, { cure: 'docs/openapi.json lists every path.' });
}

/** Without a copy. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
