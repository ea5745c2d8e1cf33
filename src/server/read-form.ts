/** @file Forms: parts that are files, into memory and never to disk, and one part of JSON. */
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FormBody } from '../api/endpoints.ts';
import { ApiError } from './api-error.ts';
import { parseJson } from './parse-request.ts';

export interface ReadForm {
  readonly files: readonly Uint8Array[];
  /** Undefined where the form has no such part. */
  readonly json: unknown;
}

/** @throws ApiError `request-invalid` for parts that are none of the form's, `body-too-large` */
export async function readForm(
  request: FastifyRequest,
  { files: { name, max, isRequired }, json: jsonName }: FormBody,
  maxBytes: number,
): Promise<ReadForm> {
  const files: Uint8Array[] = [];
  let json: unknown;
  const limits = { fileSize: maxBytes, files: max, fields: 1, fieldSize: 1_000_000, parts: max + 1, headerPairs: 50 };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file' && part.fieldname === name) {
        const bytes = await part.toBuffer();
        files.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } else if (jsonName !== null && part.fieldname === jsonName) {
        // Browsers send JSON of a Blob as a file.
        const text = part.type === 'file' ? (await part.toBuffer()).toString('utf8') : String(part.value);
        json = parseJson(text, jsonName);
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
    const facts = { expected: `at most ${maxFiles} files and one part of JSON`, got: 'more' };
    return new ApiError('request-invalid', 'the form has too many parts', facts);
  }
  // Whatever else a parser of forms says is about the form.
  const facts = { expected: 'multipart/form-data', got: 'something that cannot be read' };
  return new ApiError('request-invalid', 'the form is damaged', facts);
}
