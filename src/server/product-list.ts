/** @file The products of a store in order of their ids, for paging. Made once a commit; asked of the store itself where others write it while it is open. */
import type { OpenedStore } from '../stores/vector-store.ts';

/** How long a count of products that others change is good enough. */
const countedForMs = 10_000;

export class ProductList {
  readonly #names = new WeakMap<OpenedStore, Promise<readonly string[]>>();
  readonly #totals = new WeakMap<OpenedStore, { readonly at: number; readonly total: number }>();

  /** The products that follow one, which may be gone. */
  async page(
    store: OpenedStore,
    after: string | null,
    limit: number,
  ): Promise<{ readonly names: readonly string[]; readonly total: number; readonly isLast: boolean }> {
    // One more says whether this is the last page.
    const asked = await store.productsAfter?.(after, limit + 1);
    if (asked !== undefined)
      return { names: asked.slice(0, limit), total: await this.#totalOf(store), isLast: asked.length <= limit };
    const all = await this.#all(store);
    const start = after === null ? 0 : firstAfter(all, after);
    return { names: all.slice(start, start + limit), total: all.length, isLast: start + limit >= all.length };
  }

  async #totalOf(store: OpenedStore): Promise<number> {
    const known = this.#totals.get(store);
    if (known !== undefined && performance.now() - known.at < countedForMs) return known.total;
    const { products: total } = await store.stats();
    this.#totals.set(store, { at: performance.now(), total });
    return total;
  }

  #all(store: OpenedStore): Promise<readonly string[]> {
    const known = this.#names.get(store);
    if (known !== undefined) return known;
    const names = readNames(store);
    this.#names.set(store, names);
    return names;
  }
}

async function readNames(store: OpenedStore): Promise<readonly string[]> {
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
