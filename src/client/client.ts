/**
 * @file A client of the API for browsers, workers and Node: typed by docs/openapi.json, without dependencies.
 *
 * ```ts
 * const shop = createClient({ url: 'https://shop.example', key: 'dsk_...' });
 * const { photo, garments } = await shop.searchPhoto(file, { top: 12 });
 * await shop.call('sendEvents', { body: { type: 'click', queryId: garments[0].queryId, item: garments[0].items[0].id } });
 * ```
 */
import { ApiFailure, isJson, readFailure } from './api-failure.ts';
import { type DetectAnswer, type Operations, routes, type SearchAnswer, type SearchRequest } from './api-types.ts';

export { ApiFailure } from './api-failure.ts';
export type * from './api-types.ts';

export type OperationName = keyof Operations;

/** What an operation is asked with: nothing of it where it takes nothing. */
export type Arguments<N extends OperationName> = Given<N, 'params'> &
  Given<N, 'query'> &
  Given<N, 'body'> & {
    /** Picture files, for operations with a form. */
    readonly files?: readonly Blob[];
    readonly signal?: AbortSignal;
  };

type Given<N extends OperationName, P extends 'params' | 'query' | 'body'> = Operations[N][P] extends null
  ? { readonly [K in P]?: undefined }
  : P extends 'params'
    ? { readonly [K in P]: Operations[N][P] }
    : { readonly [K in P]?: Operations[N][P] };

export interface ClientOptions {
  /** Of the server: `https://shop.example`; '' for the page's own. */
  readonly url: string;
  readonly key?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** How often a request is sent again that was refused for now: the server or its store is busy or away; 2 unless it is said. */
  readonly retries?: number | undefined;
}

export interface Client {
  /** Any operation by its name. @throws ApiFailure */
  call<N extends OperationName>(name: N, args: Arguments<N>): Promise<Operations[N]['answer']>;
  detect(photo: Blob, signal?: AbortSignal): Promise<DetectAnswer>;
  searchPhoto(photo: Blob, query?: SearchRequest, signal?: AbortSignal): Promise<SearchAnswer>;
  search(query: SearchRequest, signal?: AbortSignal): Promise<SearchAnswer>;
  /** A picture's address as a browser can load it; null where there is none. */
  pictureUrl(image: string | null, width?: 160 | 320 | 640 | 1280): string | null;
}

/** Servers that ask for more patience than this are not waited for. */
const longestWaitS = 10;

/** Asked again at once where the server does not say when. */
const busyCodes: readonly string[] = ['queue-full', 'unavailable'];

/** Asked again only where it does: nobody knows when a store is back, and what comes too soon counts against the rate. */
const pausedCodes: readonly string[] = ['rate-limited', 'store-busy', 'store-unavailable'];

export function createClient({ url, key, fetch: send = globalThis.fetch, retries = 2 }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '');

  async function call<N extends OperationName>(name: N, args: Arguments<N>): Promise<Operations[N]['answer']> {
    const { path, init } = requestOf(name, args);
    const headers = { ...init.headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
    for (let attempt = 0; ; attempt++) {
      const response = await reach(() => send(`${base}${path}`, { ...init, headers }));
      // The server holds its answers to the same document that the types are made from.
      if (response.ok) return (isJson(response) ? await response.json() : response) as Operations[N]['answer'];
      const failure = await readFailure(response);
      const wait = waitAfter(failure);
      if (wait === null || attempt >= retries || wait > longestWaitS) throw failure;
      await pause(1000 * wait, args.signal);
    }
  }

  return {
    call,
    detect: (photo, signal) => call('detect', { files: [photo], ...(signal && { signal }) }),
    searchPhoto: (photo, query = {}, signal) =>
      call('search', { files: [photo], body: query, ...(signal && { signal }) }),
    search: (query, signal) => call('search', { body: query, ...(signal && { signal }) }),
    pictureUrl(image, width) {
      if (image === null || !image.startsWith('/')) return image;
      return `${base}${image}${width === undefined ? '' : `?width=${width}`}`;
    },
  };
}

function requestOf<N extends OperationName>(name: N, args: Arguments<N>) {
  const { method, path: pattern, form } = routes[name];
  const { body, files, signal } = args;
  const params: { readonly [name: string]: unknown } = args.params ?? {};
  const filled = pattern.replace(/\{(\w+)\}/g, (_, each: string) => encodeURIComponent(String(params[each])));
  const query = new URLSearchParams();
  for (const [each, value] of Object.entries(args.query ?? {})) if (value !== undefined) query.set(each, String(value));
  const path = query.size === 0 ? filled : `${filled}?${query}`;
  const common = { method, ...(signal && { signal }) };
  if (files !== undefined && form !== null) {
    const data = new FormData();
    if (form.json !== null && body !== undefined) data.append(form.json, JSON.stringify(body));
    for (const file of files) data.append(form.file, file, 'picture');
    return { path, init: { ...common, headers: {}, body: data } };
  }
  if (body === undefined) return { path, init: { ...common, headers: {} } };
  return { path, init: { ...common, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } };
}

async function reach(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new ApiFailure('the server cannot be reached', { status: 0, code: 'unreachable' }, { cause });
  }
}

/** Seconds until it may be asked again; null where asking again is no use, or nobody knows when. */
function waitAfter({ code, retryAfterS }: ApiFailure): number | null {
  if (busyCodes.includes(code)) return retryAfterS ?? 0;
  return pausedCodes.includes(code) ? (retryAfterS ?? null) : null;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
