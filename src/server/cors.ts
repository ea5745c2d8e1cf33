/** @file Pages of other origins: those on the list, and those that a key names, may read answers. */
import type { KeyRing } from './access-key.ts';

const exposed = 'X-Request-Id, Retry-After, ETag';

/** Headers for an answer to a page of another origin; none where it may not read it. Cookies are never used. */
export async function corsHeaders(
  origin: string | undefined,
  { listed, keys }: { readonly listed: readonly string[]; readonly keys: KeyRing },
): Promise<{ readonly [name: string]: string }> {
  if (origin === undefined) return {};
  const isKnown = listed.includes(origin) || (await keys.origins()).has(origin);
  if (!isKnown) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposed,
    // The data is for this page; the header of same-origin data would keep it from browsers.
    'cross-origin-resource-policy': 'cross-origin',
  };
}

export const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type, X-Api-Key',
  'access-control-max-age': '600',
};
