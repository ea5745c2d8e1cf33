/** @file Forms: parts that are files, into memory and never to disk, and one part of JSON. */
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FormBody } from '../api/endpoints.ts';
import { ApiError } from './api-error.ts';
import { parseJson } from './parse-request.ts';
import { progressSignal, unlessAborted } from './request-signal.ts';
import type { ServerLimits } from './server-parts.ts';

export interface ReadForm {
  readonly files: readonly Uint8Array[];
  /** Undefined where the form has no such part. */
  readonly json: unknown;
}

/** Of the part of JSON. */
const maxJsonBytes = 1_000_000;

/**
 * Rejects as soon as the signal is aborted, though parts are still on their way: whoever answers then closes the connection.
 *
 * @throws ApiError `request-invalid` for parts that are none of the form's, `body-too-large`, `deadline` for a body that makes
 * no progress; the signal's reason
 */
export async function readForm(
  request: FastifyRequest,
  form: FormBody,
  { uploadBytes, stallMs, signal }: Pick<ServerLimits, 'uploadBytes' | 'stallMs'> & { readonly signal: AbortSignal },
): Promise<ReadForm> {
  const progress = progressSignal(request.raw, stallMs);
  try {
    return await unlessAborted(readParts(request, form, uploadBytes), AbortSignal.any([signal, progress.signal]));
  } finally {
    progress.stop();
  }
}

async function readParts(
  request: FastifyRequest,
  { files: { name, max, isRequired }, json: jsonName }: FormBody,
  maxBytes: number,
): Promise<ReadForm> {
  const files: Uint8Array[] = [];
  let json: unknown;
  const limits = {
    fileSize: maxBytes,
    // The part of JSON may come as a file.
    files: jsonName === null ? max : max + 1,
    fields: 1,
    fieldSize: maxJsonBytes,
    parts: max + 1,
    headerPairs: 50,
  };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file' && part.fieldname === name) {
        if (files.length === max) throw tooManyParts(max);
        const bytes = await part.toBuffer();
        files.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } else if (jsonName !== null && part.fieldname === jsonName) {
        json = await readJson(part, jsonName);
      } else {
        if (part.type === 'file') part.file.resume();
        const expected = jsonName === null ? name : `${name} or ${jsonName}`;
        const facts = { where: part.fieldname.slice(0, 200), expected, got: 'another part' };
        throw new ApiError('request-invalid', 'the form has a part that is not known', facts);
      }
    }
  } catch (error) {
    throw asFormError(error, maxBytes, max);
  }
  if (isRequired && files.length === 0) {
    const facts = {
      where: name,
      expected: `a file named ${name}`,
      got: 'none',
      cure: 'docs/openapi.json describes every request.',
    };
    throw new ApiError('request-invalid', 'the form has no picture', facts);
  }
  return { files, json };
}

/** Browsers send JSON of a Blob as a file; a part that says it is JSON comes parsed. */
async function readJson(part: Multipart, name: string): Promise<unknown> {
  if (part.type === 'field') return typeof part.value === 'string' ? parseJson(part.value, name) : part.value;
  const bytes = await part.toBuffer();
  if (bytes.length <= maxJsonBytes) return parseJson(bytes.toString('utf8'), name);
  const facts = { where: name, expected: `at most ${maxJsonBytes} bytes`, got: 'more' };
  throw new ApiError('body-too-large', 'the part of JSON has too many bytes', facts);
}

function tooManyParts(maxFiles: number): ApiError {
  const facts = { expected: `at most ${maxFiles} files and one part of JSON`, got: 'more' };
  return new ApiError('request-invalid', 'the form has too many parts', facts);
}

function asFormError(error: unknown, maxBytes: number, maxFiles: number): unknown {
  if (error instanceof ApiError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_REQ_FILE_TOO_LARGE') {
    const facts = {
      expected: `at most ${maxBytes} bytes`,
      got: 'more',
      cure: 'Make the picture smaller: 1,000 pixels on the longer side are enough.',
    };
    return new ApiError('body-too-large', 'the file has too many bytes', facts);
  }
  if (/_LIMIT$/.test(code)) {
    return tooManyParts(maxFiles);
  }
  // Whatever else a parser of forms says is about the form.
  const facts = { expected: 'multipart/form-data', got: 'something that cannot be read' };
  return new ApiError('request-invalid', 'the form is damaged', facts);
}
