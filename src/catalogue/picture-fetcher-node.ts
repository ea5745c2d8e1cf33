/**
 * @file Fetches pictures from addresses that feeds name: guarded against calls into the own network, with caps on size and
 * time, politely, and once. What the bytes are is judged by whoever decodes them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, request } from 'undici';
import { createGuardedAgent, type ResolveName } from './guarded-agent-node.ts';
import { HostQueue } from './host-queue.ts';
import { parseRetryAfter, readBody, requestHeaders, validatorsOf } from './http-answer-node.ts';
import { type CachedPicture, PictureCache } from './picture-cache-node.ts';
import { PictureFetchError } from './picture-fetch-error.ts';
import { type AllowedHosts, checkWebAddress, hostAndPort } from './web-address.ts';

const maxRedirects = 5;
/** After the first try. */
const maxRetries = 3;
const firstBackoffMs = 500;
/** Pictures in a row for which a host was not reached, until they are tried but once each, and then not at all. */
const doubtfulAfter = 5;
const deadAfter = 50;
/** A server that asks for more patience than this is left alone until the next run. */
const longestPauseMs = 120_000;
/** Results that are remembered: variants of a product share pictures, and stand together in feeds. */
const maxRemembered = 10_000;

const defaultLimits = { maxBytes: 30e6, timeoutMs: 60_000, connectTimeoutMs: 10_000, maxPerHost: 4 };

export interface FetcherOptions {
  /** Folder for the pictures; made where there is none. */
  readonly cache: string;
  /** Hosts that may be private, by `parseAllowedHost`. */
  readonly allowed?: AllowedHosts | undefined;
  /** Bytes of a picture; milliseconds of a request with its redirects, and of connecting; requests at a time to a host. */
  readonly limits?: Partial<typeof defaultLimits> | undefined;
  readonly resolve?: ResolveName | undefined;
  readonly delay?: ((ms: number) => Promise<void>) | undefined;
  readonly now?: (() => number) | undefined;
}

type Answer =
  | { readonly kind: 'picture'; readonly bytes: Uint8Array; readonly headers: Headers }
  | { readonly kind: 'unchanged'; readonly headers: Headers }
  | { readonly kind: 'moved'; readonly to: string };

export class PictureFetcher {
  readonly #cache: PictureCache;
  readonly #allowed: AllowedHosts;
  readonly #limits: typeof defaultLimits;
  readonly #agent: Agent;
  readonly #queue: HostQueue;
  readonly #delay: (ms: number) => Promise<void>;
  readonly #now: () => number;
  readonly #failuresInARow = new Map<string, number>();
  readonly #recent = new Map<string, Promise<string>>();

  constructor({ cache, allowed = new Set(), limits, resolve, delay, now = Date.now }: FetcherOptions) {
    this.#cache = new PictureCache(cache);
    this.#allowed = allowed;
    this.#limits = { ...defaultLimits, ...limits };
    this.#agent = createGuardedAgent({ allowed, connectTimeoutMs: this.#limits.connectTimeoutMs, resolve });
    this.#queue = new HostQueue(this.#limits.maxPerHost);
    this.#delay = delay ?? ((ms) => sleep(ms));
    this.#now = now;
  }

  /**
   * The file that holds the picture of an address, fetched or asked about unless it is known to be fresh.
   *
   * @throws PictureFetchError
   */
  fetch(url: string): Promise<string> {
    const known = this.#recent.get(url);
    if (known !== undefined) return known;
    const result = this.#fetchOnce(url);
    this.#recent.set(url, result);
    if (this.#recent.size > maxRemembered) this.#recent.delete(this.#recent.keys().next().value!);
    return result;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #fetchOnce(url: string): Promise<string> {
    // Rules may have changed since it was cached.
    checkWebAddress(url, this.#allowed);
    const cached = await this.#cache.find(url);
    if (cached !== null && cached.freshUntil > this.#now()) return cached.file;
    let answer: Exclude<Answer, { kind: 'moved' }>;
    try {
      answer = await this.#follow(url, cached);
    } catch (error) {
      // What the shop cannot serve today was good yesterday.
      const isPassing = error instanceof PictureFetchError && ['unreachable', 'timeout'].includes(error.reason);
      if (cached !== null && isPassing) return cached.file;
      throw error;
    }
    const validators = validatorsOf(answer.headers, this.#now());
    if (answer.kind === 'picture') return this.#cache.keep(url, answer.bytes, validators);
    await this.#cache.refresh(url, cached!, validators);
    return cached!.file;
  }

  /** Goes where redirects lead, each checked as the first. */
  async #follow(url: string, cached: CachedPicture | null): Promise<Exclude<Answer, { kind: 'moved' }>> {
    let at = url;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await this.#ask(checkWebAddress(at, this.#allowed), cached);
      if (answer.kind !== 'moved') return answer;
      at = answer.to;
    }
    const facts = { where: url, expected: `at most ${maxRedirects} redirects`, got: 'more' };
    throw new PictureFetchError('redirects', 'the address leads on and on', facts);
  }

  /** One address, as often as its server deserves. */
  async #ask(url: URL, cached: CachedPicture | null): Promise<Answer> {
    const host = hostAndPort(url);
    const failures = this.#failuresInARow.get(host) ?? 0;
    if (failures >= deadAfter) {
      const facts = { where: url.href, got: `${failures} failures in a row`, cure: 'Run again when it is there.' };
      throw new PictureFetchError('unreachable', 'the host is not asked any more', facts);
    }
    const numRetries = failures >= doubtfulAfter ? 0 : maxRetries;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#queue.run(host, async () => {
        const found = await this.#request(url, cached).catch((error: unknown) => this.#asFetchError(error, url));
        if (!(found instanceof PictureFetchError) || found.reason !== 'unreachable') return found;
        const pauseMs = parseRetryAfter(found.retryAfter, this.#now());
        if (attempt >= numRetries || (pauseMs ?? 0) > longestPauseMs) return found;
        // Everyone waits who would ask this host.
        if (pauseMs !== null) this.#queue.pause(host, this.#delay(pauseMs));
        return null;
      });
      if (answer === null) {
        await this.#delay(firstBackoffMs * 2 ** attempt * (0.5 + Math.random()));
        continue;
      }
      const isLost = answer instanceof PictureFetchError && ['unreachable', 'timeout'].includes(answer.reason);
      if (isLost) this.#failuresInARow.set(host, (this.#failuresInARow.get(host) ?? 0) + 1);
      else this.#failuresInARow.delete(host);
      if (answer instanceof PictureFetchError) throw answer;
      return answer;
    }
  }

  async #request(url: URL, cached: CachedPicture | null): Promise<Answer> {
    const { maxBytes, timeoutMs } = this.#limits;
    const signal = AbortSignal.timeout(timeoutMs);
    const {
      statusCode,
      headers: raw,
      body,
    } = await request(url, {
      dispatcher: this.#agent,
      headers: requestHeaders(cached),
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(raw)) {
      for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
    }
    if (statusCode === 200) return { kind: 'picture', bytes: await readBody(body, headers, url, maxBytes), headers };
    // What else it says is not read.
    body.on('error', () => {}).destroy();
    const location = headers.get('location');
    if (statusCode === 304 && cached !== null) return { kind: 'unchanged', headers };
    if ([301, 302, 303, 307, 308].includes(statusCode) && location !== null && URL.canParse(location, url.href))
      return { kind: 'moved', to: new URL(location, url).href };
    throw statusError(statusCode, url, headers);
  }

  #asFetchError(error: unknown, url: URL): PictureFetchError {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      if (cause instanceof PictureFetchError) return cause;
    }
    const where = url.href;
    if (error instanceof Error && error.name.endsWith('TimeoutError')) {
      // A connection has a limit of its own, which is the shorter.
      const expected = `an answer within at most ${this.#limits.timeoutMs / 1000} s`;
      return new PictureFetchError('timeout', 'the server is too slow', { where, expected }, { cause: error });
    }
    const got = error instanceof Error ? error.message : String(error);
    return new PictureFetchError('unreachable', 'the server cannot be reached', { where, got }, { cause: error });
  }
}

/** Busy and broken servers may answer the next time; what is not there or not allowed stays so. */
function statusError(status: number, url: URL, headers: Headers): PictureFetchError {
  const isPassing = status === 429 || status === 408 || status >= 500;
  const facts = { where: url.href, expected: 'a picture (status 200)', got: `status ${status}` };
  const retryAfter = headers.get('retry-after');
  return new PictureFetchError(isPassing ? 'unreachable' : 'status', 'the server gives no picture', facts, {
    retryAfter,
  });
}
