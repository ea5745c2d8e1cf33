/** @file Entries whose pictures are at addresses become entries whose pictures are files, a few fetched ahead of the reader. */
import type { CatalogueEntry } from './catalogue.ts';
import { PictureFetchError } from './picture-fetch-error.ts';

/** A promise in an object: a generator would wait for a bare one. It never rejects. */
interface Started {
  readonly result: Promise<{ readonly entry: CatalogueEntry } | { readonly error: unknown }>;
}

/**
 * The same entries in the same order. A picture that cannot be fetched is a problem; what no picture is to blame for, such
 * as a full disk, is thrown.
 *
 * @param fetch from an address to a file
 * @param ahead entries that may be on their way while one is used
 */
export async function* fetchPictures(
  entries: AsyncIterable<CatalogueEntry>,
  fetch: (url: string) => Promise<string>,
  { ahead = 16 }: { readonly ahead?: number } = {},
): AsyncGenerator<CatalogueEntry> {
  const started: Started[] = [];
  for await (const entry of entries) {
    started.push({ result: fetchOne(entry, fetch).catch((error) => ({ error })) });
    if (started.length > ahead) yield await finish(started.shift()!);
  }
  for (const each of started) yield await finish(each);
}

async function finish({ result }: Started): Promise<CatalogueEntry> {
  const found = await result;
  if ('error' in found) throw found.error;
  return found.entry;
}

async function fetchOne(
  entry: CatalogueEntry,
  fetch: (url: string) => Promise<string>,
): Promise<{ readonly entry: CatalogueEntry }> {
  if (entry.kind === 'problem' || entry.place.kind === 'file') return { entry };
  try {
    return { entry: { ...entry, place: { kind: 'file', file: await fetch(entry.place.url) } } };
  } catch (error) {
    if (!(error instanceof PictureFetchError)) throw error;
    const { source, product } = entry;
    return { entry: { kind: 'problem', source, reason: error.message, product } };
  }
}
