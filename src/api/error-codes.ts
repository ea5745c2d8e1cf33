/**
 * @file What an answer that is no success says: `{ "error": { code, message, ... } }`, and which status each code has.
 * Codes are stable: programs may tell cases apart by them. Messages may change.
 */
import { z } from 'zod';

/** Total: every code that an answer may have, with its status and what it means. */
export const errorCodes = {
  'request-invalid': [400, 'a field is missing, unknown or of another form'],
  filter: [400, 'a filter expression that says nothing; `where` names the character'],
  'store-field': [400, 'a facet or filter of a field that items do not have'],
  'store-query': [400, 'nothing to be similar to, or a vector that has no direction'],
  'box-outside': [400, 'nothing of the box is in the photo'],
  'key-missing': [401, 'this needs a key'],
  'key-unknown': [401, 'no such key, or it was revoked'],
  'key-scope': [403, 'the key does not allow this'],
  'key-origin': [403, 'the key is for pages of other origins'],
  'url-queries-off': [403, 'this server does not fetch pictures from addresses'],
  'fetch-refused': [403, 'the address is not fetched'],
  'not-found': [404, 'there is nothing at this path'],
  'store-item': [404, 'the store has no such item'],
  'query-unknown': [404, 'no such query, or it was forgotten'],
  'method-not-allowed': [405, 'the path has other methods'],
  'store-space': [409, 'the vector is of another space than the store'],
  'store-attribute': [409, 'an attribute that the store was not made with'],
  'photo-expired': [410, 'the photo was forgotten: send it again'],
  'body-too-large': [413, 'the upload has too many bytes'],
  'image-too-large': [413, 'the picture has too many pixels'],
  'fetch-too-large': [413, 'the picture at the address has too many bytes'],
  'media-type': [415, 'a body of another kind than JSON or a form'],
  'image-not-an-image': [415, 'the file is not a picture'],
  'image-svg': [415, 'SVG is not accepted'],
  'image-pdf': [415, 'PDF is not accepted'],
  'image-heic': [415, 'HEIC cannot be decoded here'],
  'image-unsupported': [415, 'neither JPEG, PNG, WebP nor AVIF'],
  'host-refused': [421, 'the Host header names another server'],
  'proxy-refused': [421, 'the request comes by a proxy, of which the server was not told'],
  'image-empty': [422, 'a picture of 0 bytes'],
  'image-truncated': [422, 'the file ends before the picture does'],
  'image-damaged': [422, 'the picture cannot be decoded'],
  'store-row': [422, 'a vector of another length, or one without direction'],
  'item-invalid': [422, 'the item cannot be indexed'],
  'fetch-status': [422, 'the server at the address gives no picture'],
  'fetch-redirects': [422, 'the address leads on and on'],
  'rate-limited': [429, 'too many requests of this key or address; see Retry-After'],
  'queue-full': [429, 'the server is busy; see Retry-After'],
  cancelled: [499, 'the client went away'],
  internal: [500, 'a fault of the server; its log has the request id'],
  'store-search': [502, 'the engine that keeps the store refused the search: a filter of too many values perhaps'],
  'fetch-unreachable': [502, 'the server at the address cannot be reached'],
  'store-busy': [503, 'another process writes the store; see Retry-After'],
  'store-unavailable': [503, 'the engine that keeps the store does not answer; see Retry-After'],
  deadline: [503, 'the request took too long; see Retry-After'],
  unavailable: [503, 'the server starts or stops; see Retry-After'],
  'fetch-timeout': [504, 'the server at the address is too slow'],
} as const satisfies { readonly [code: string]: readonly [status: number, meaning: string] };

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

export const errorBody = z
  .object({
    error: z.object({
      code: z.string().describe('Stable. Newer servers may have codes that this version does not know.'),
      message: z.string().describe('For people, in English: what is wrong, what was expected, what helps.'),
      where: z.string().optional().describe('Field, part or character.'),
      expected: z.string().optional(),
      got: z.string().optional(),
      cure: z.string().optional().describe('What the reader can do about it.'),
      requestId: z.string().describe('The same as in the header X-Request-Id and in the log.'),
    }),
  })
  .meta({ id: 'Error', description: 'Every answer with a status of 400 or more.' });

export type ErrorBody = z.infer<typeof errorBody>;
