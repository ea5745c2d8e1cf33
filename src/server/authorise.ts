/**
 * @file Who may ask what. On loopback reading needs no key, since whoever reaches it sits at this machine; everywhere else, and
 * for whatever changes or tells of the shop's own affairs, a key is needed.
 */
import type { Scope } from '../api/endpoints.ts';
import { type AccessKey, allows, type KeyRing } from './access-key.ts';
import { ApiError } from './api-error.ts';
import { networkOf } from './network-of.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface AccessRules {
  readonly keys: KeyRing;
  readonly limiter: RateLimiter;
  /** Scopes that need no key: `search` on loopback. */
  readonly open: ReadonlySet<Scope>;
  /** Requests a minute of one address without a key; null for no limit, as on loopback. */
  readonly openPerMinute: OpenRates | null;
}

/** Pictures count by themselves: one page of results shows thirty, and searching must not wait for them. */
export interface OpenRates {
  readonly requests: number;
  readonly pictures: number;
}

export interface Asker {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  readonly origin: string | undefined;
  /** The server's own, `https://shop.example`: its pages need no entry. */
  readonly ownOrigin: string;
  readonly address: string;
  readonly wants: keyof OpenRates;
}

/** Of a key for pages, one visitor takes a fifth at most, or this many a minute where a fifth is less. */
const visitorPerMinute = 60;

/**
 * Lets a request pass, or not.
 *
 * @param scope null for what anyone may ask; such requests are counted all the same
 * @returns the key, or null for one without
 * @throws ApiError `key-missing`, `key-unknown`, `key-scope`, `key-origin` or `rate-limited`
 */
export async function authorise(rules: AccessRules, asker: Asker, scope: Scope | null): Promise<AccessKey | null> {
  const token = tokenOf(asker);
  const network = networkOf(asker.address);
  if (token === null) {
    if (rules.openPerMinute !== null)
      takeOne(rules.limiter, `${asker.wants} of ${network}`, rules.openPerMinute[asker.wants]);
    if (scope === null || rules.open.has(scope)) return null;
    const cure = 'Send "Authorization: Bearer KEY"; deepshop keys create makes one.';
    throw new ApiError('key-missing', 'this needs a key', {
      expected: `a key with the scope ${scope}`,
      got: 'none',
      cure,
    });
  }
  const key = await rules.keys.find(token);
  if (key === null) {
    // Guessing is slow even where nothing else is limited.
    takeOne(rules.limiter, `guess ${network}`, 60);
    throw new ApiError('key-unknown', 'no such key', {
      cure: 'It may have been revoked: deepshop keys list names those that are there.',
    });
  }
  if (key.origins.length > 0) {
    // Anyone can read such a key: who is slowed or refused here takes nothing from the other visitors.
    const share = Math.min(key.perMinute, Math.max(visitorPerMinute, Math.ceil(key.perMinute / 5)));
    takeOne(rules.limiter, `key ${key.id} of ${network}`, share);
    requireOrigin(key, asker);
  }
  takeOne(rules.limiter, `key ${key.id}`, key.perMinute);
  if (scope !== null && !allows(key, scope)) {
    const facts = {
      expected: `a key with the scope ${scope}`,
      got: key.scopes.join(', '),
      cure: 'Make another key: deepshop keys create.',
    };
    throw new ApiError('key-scope', 'the key does not allow this', facts);
  }
  return key;
}

function tokenOf({ authorization, apiKey }: Asker): string | null {
  if (apiKey !== undefined) return apiKey;
  if (authorization === undefined) return null;
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw new ApiError('key-unknown', 'the header Authorization holds no key', {
    expected: 'Bearer KEY',
    got: 'another form',
  });
}

/** Browsers name the page of a request; a program that pretends to be one is slowed by the limits of the key. */
function requireOrigin({ origins }: AccessKey, { origin, ownOrigin }: Asker): void {
  if (origin !== undefined && (origins.includes(origin) || origin === ownOrigin)) return;
  throw new ApiError('key-origin', 'the key is for pages of other origins', {
    expected: origins.join(', '),
    got: origin ?? 'a request without Origin',
    cure:
      origin === undefined
        ? 'Send the header Origin, as the browsers of such a page do, or use a key that was made without --origin.'
        : 'Make a key for this page: deepshop keys create --origin ORIGIN.',
  });
}

function takeOne(limiter: RateLimiter, name: string, perMinute: number): void {
  const seconds = limiter.take(name, perMinute);
  if (seconds === 0) return;
  const facts = { expected: `at most ${perMinute} a minute`, got: 'more', cure: `Try again in ${seconds} s.` };
  throw new ApiError('rate-limited', 'too many requests', facts, seconds);
}
