/** @file Parts of HTTP that fetching pictures needs: conditional headers, freshness, Retry-After, a body with a cap. */
import type { Readable } from 'node:stream';
import type { CachedPicture, Validators } from './picture-cache-node.ts';
import { PictureFetchError } from './picture-fetch-error.ts';

/** However long a server says that a picture is good, it is asked again after this. */
const longestFreshMs = 30 * 24 * 3600_000;

/** Formats that are decoded here first: some servers choose by this. */
export function requestHeaders(cached: CachedPicture | null): Record<string, string> {
  return {
    accept: 'image/jpeg,image/png,image/webp,image/avif;q=0.8,*/*;q=0.1',
    'accept-encoding': 'identity',
    'user-agent': 'deep-shopping',
    ...(cached?.etag ? { 'if-none-match': cached.etag } : {}),
    ...(cached?.lastModified ? { 'if-modified-since': cached.lastModified } : {}),
  };
}

/** What lets the bytes be asked about later. */
export function validatorsOf(headers: Headers, now: number): Validators {
  const control = headers.get('cache-control') ?? '';
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(control)?.[1];
  const isKept = maxAge !== undefined && !/no-(cache|store)/i.test(control);
  const age = Number(headers.get('age') ?? 0) || 0;
  const freshMs = isKept ? Math.min(Math.max(Number(maxAge) - age, 0) * 1000, longestFreshMs) : 0;
  return { etag: headers.get('etag'), lastModified: headers.get('last-modified'), freshUntil: now + freshMs };
}

/** `Retry-After` is seconds or a date; null when it says nothing. */
export function parseRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(date - now, 0);
}

/** All of the body, or an error as soon as it is too much. */
export async function readBody(body: Readable, headers: Headers, url: URL, maxBytes: number): Promise<Uint8Array> {
  const refuse = (got: string) => {
    body.on('error', () => {}).destroy();
    const facts = { where: url.href, expected: `at most ${maxBytes} bytes`, got, cure: 'Serve a smaller picture.' };
    return new PictureFetchError('too-large', 'the picture is too large', facts);
  };
  const promised = Number(headers.get('content-length') ?? 0);
  if (promised > maxBytes) throw refuse(`${promised} bytes`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw refuse('more');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
