/**
 * @file A photo from an address that a shopper named: held to the same rules as pictures of feeds, and kept nowhere. Every hop is
 * checked, and the connection goes to the very address that was checked.
 */
import { request } from 'undici';
import { createGuardedAgent, type ResolveName } from '../catalogue/guarded-agent-node.ts';
import { readBody, requestHeaders } from '../catalogue/http-answer-node.ts';
import { PictureFetchError } from '../catalogue/picture-fetch-error.ts';
import { type AllowedHosts, checkWebAddress } from '../catalogue/web-address.ts';

const maxRedirects = 3;

export interface PhotoFetchOptions {
  readonly allowedHosts: AllowedHosts;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly resolve?: ResolveName | undefined;
}

/** @throws PictureFetchError */
export type FetchPhoto = (url: string, signal: AbortSignal) => Promise<Uint8Array>;

export function createPhotoFetch({ allowedHosts, maxBytes, timeoutMs, resolve }: PhotoFetchOptions): FetchPhoto {
  const agent = createGuardedAgent({ allowed: allowedHosts, connectTimeoutMs: timeoutMs, resolve });
  return async (url, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let at = url;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const address = check(at, allowedHosts);
      try {
        const {
          statusCode,
          headers: raw,
          body,
        } = await request(address, {
          dispatcher: agent,
          headers: requestHeaders(null),
          signal: limit,
        });
        const headers = new Headers();
        for (const [name, value] of Object.entries(raw)) headers.set(name, String(value ?? ''));
        if (statusCode === 200) return await readBody(body, headers, address, maxBytes);
        body.on('error', () => {}).destroy();
        const location = headers.get('location');
        if (![301, 302, 303, 307, 308].includes(statusCode) || location === null || !URL.canParse(location, at)) {
          const facts = {
            where: address.href,
            expected: 'a picture (status 200)',
            got: `status ${statusCode}`,
            cure: 'Open the address in a browser.',
          };
          throw new PictureFetchError('status', 'the server gives no picture', facts);
        }
        at = new URL(location, address).href;
      } catch (error) {
        signal.throwIfAborted();
        throw asFetchError(error, address, timeoutMs);
      }
    }
    const facts = { where: url, expected: `at most ${maxRedirects} redirects`, got: 'more' };
    throw new PictureFetchError('redirects', 'the address leads on and on', facts);
  };
}

function check(text: string, allowedHosts: AllowedHosts): URL {
  try {
    return checkWebAddress(text, allowedHosts);
  } catch {
    throw refused(text.slice(0, 200));
  }
}

/** One answer for all that is refused: what a name resolves to in here is not told. */
function refused(where: string): PictureFetchError {
  return new PictureFetchError('refused', 'the address is not fetched', {
    where,
    expected: 'a public http or https address, port 80 or 443',
    cure: 'Send the photo itself.',
  });
}

/** What the other side says is not passed on: it may tell of a network that the shopper cannot see. */
function asFetchError(error: unknown, { href }: URL, timeoutMs: number): PictureFetchError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof PictureFetchError)) continue;
    return cause.reason === 'refused' ? refused(href) : cause;
  }
  const isTimeout = error instanceof Error && error.name.endsWith('TimeoutError');
  const facts = { where: href, cure: 'Send the photo itself.' };
  if (isTimeout) {
    const expected = `an answer within ${timeoutMs / 1000} s`;
    return new PictureFetchError('timeout', 'the server is too slow', { ...facts, expected }, { cause: error });
  }
  return new PictureFetchError('unreachable', 'the server cannot be reached', facts, { cause: error });
}
