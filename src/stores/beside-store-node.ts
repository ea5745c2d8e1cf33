/** @file Where the files of a store lie that are not the store: keys, events, pictures, the last import. */
import { resolve } from 'node:path';
import { parseStoreAddress } from './opensearch-address.ts';

/**
 * Beside a store, since one may be made anew: `shop` and `shop.keys.json`. In the working directory, by its name, for one in an engine.
 *
 * @param suffix with its dot
 */
export function besideStore(place: string, suffix: string): string {
  return `${resolve(parseStoreAddress(place)?.name ?? place)}${suffix}`;
}
