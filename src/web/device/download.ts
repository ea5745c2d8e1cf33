/** @file Files of model and runtime, fetched once and kept in the browser's cache, so that they are there offline. */
import { readFailure } from '../../client/api-failure.ts';
import { DeviceError } from './device-error.ts';

export interface DownloadOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Told of each piece. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** One name for all versions: what is no longer used is removed from it. */
const cacheName = 'deep-shopping-device';

/** Null where the browser gives none: a page without HTTPS, a private window. */
export async function openFileCache(): Promise<Cache | null> {
  return typeof caches === 'undefined' ? null : caches.open(cacheName).catch(() => null);
}

/**
 * A file that never changes under its name: out of the cache, or fetched and put there.
 *
 * @param name under which it is kept: an address that says which version it is
 * @throws DeviceError `device-download`
 */
export async function fetchOnce(
  cache: Cache | null,
  name: string,
  url: string,
  options: DownloadOptions,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly isFromCache: boolean }> {
  const kept = await cache?.match(name);
  if (kept !== undefined) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    options.onBytes?.(bytes.length);
    return { bytes, isFromCache: true };
  }
  const response = await fetchFromServer(url, options);
  const bytes = await readBody(response, options.onBytes);
  // A full disk is no reason not to go on.
  await cache?.put(name, new Response(bytes)).catch(() => {});
  return { bytes, isFromCache: false };
}

/** Lets go of all files but those named. */
export async function keepOnly(cache: Cache | null, names: readonly string[]): Promise<void> {
  if (cache === null) return;
  const kept = new Set(names.map((name) => new URL(name, location.href).href));
  const requests = await cache.keys();
  await Promise.all(requests.filter(({ url }) => !kept.has(url)).map((request) => cache.delete(request)));
}

/** @throws DeviceError where there is no answer, or one that is no success: its cause is then an `ApiFailure` */
export async function fetchFromServer(url: string, { headers = {} }: DownloadOptions): Promise<Response> {
  const cure = 'Check the connection; the photo can be sent to the server instead.';
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch (cause) {
    throw new DeviceError('download', 'the server cannot be reached', { where: url, cure }, { cause });
  }
  if (response.ok) return response;
  const cause = await readFailure(response);
  throw new DeviceError('download', `the server answered ${response.status}`, { where: url, cure }, { cause });
}

async function readBody(
  response: Response,
  onBytes: DownloadOptions['onBytes'] = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
      pieces.push(piece.value);
      length += piece.value.length;
      onBytes(piece.value.length);
    }
  } catch (cause) {
    const facts = { where: response.url, cure: 'Check the connection and try again.' };
    throw new DeviceError('download', 'the download broke off', facts, { cause });
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
