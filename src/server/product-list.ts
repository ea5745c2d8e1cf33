/** @file The products of a store in order of their ids, for paging. Made once a commit. */
import type { VectorStore } from '../stores/vector-store.ts';

export class ProductList {
  readonly #names = new WeakMap<VectorStore, Promise<readonly string[]>>();

  /** The products that follow one, which may be gone. */
  async page(
    store: VectorStore,
    after: string | null,
    limit: number,
  ): Promise<{ readonly names: readonly string[]; readonly total: number; readonly isLast: boolean }> {
    const all = await this.#all(store);
    const start = after === null ? 0 : firstAfter(all, after);
    return { names: all.slice(start, start + limit), total: all.length, isLast: start + limit >= all.length };
  }

  #all(store: VectorStore): Promise<readonly string[]> {
    const known = this.#names.get(store);
    if (known !== undefined) return known;
    const names = readNames(store);
    this.#names.set(store, names);
    return names;
  }
}

async function readNames(store: VectorStore): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const { product } of store.rows()) names.add(product);
  // By code units, as comparisons of strings have it.
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

/** Index of the first name that is greater. */
function firstAfter(names: readonly string[], after: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle] > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
