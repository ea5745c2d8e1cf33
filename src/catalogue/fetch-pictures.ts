/** @file Entries whose pictures are at addresses become entries whose pictures are files, a few fetched ahead of the reader. */
import { mapAhead } from '../concurrency/map-ahead.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { PictureFetchError } from './picture-fetch-error.ts';

/**
 * The same entries in the same order. A picture that cannot be fetched is a problem; what no picture is to blame for, such
 * as a full disk, is thrown.
 *
 * @param fetch from an address to a file
 * @param ahead entries that may be on their way while one is used
 */
export function fetchPictures(
  entries: AsyncIterable<CatalogueEntry>,
  fetch: (url: string) => Promise<string>,
  { ahead = 16 }: { readonly ahead?: number } = {},
): AsyncGenerator<CatalogueEntry> {
  return mapAhead(entries, ahead, (entry) => fetchOne(entry, fetch));
}

async function fetchOne(entry: CatalogueEntry, fetch: (url: string) => Promise<string>): Promise<CatalogueEntry> {
  if (entry.kind === 'problem' || entry.place.kind === 'file') return entry;
  try {
    return { ...entry, place: { kind: 'file', file: await fetch(entry.place.url) } };
  } catch (error) {
    if (!(error instanceof PictureFetchError)) throw error;
    const { source, product } = entry;
    return { kind: 'problem', source, reason: error.message, product };
  }
}
