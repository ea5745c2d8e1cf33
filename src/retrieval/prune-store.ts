/** @file Takes out of a store what its feed no longer has, unless the feed looks broken. */
import { FirstSeen } from '../catalogue/first-seen.ts';
import { DeepShopError } from '../errors/errors.ts';
import { keyText, type RowKey } from '../stores/row.ts';
import type { VectorStore } from '../stores/vector-store.ts';

/** Share of the products that may go at once. A feed that was cut short takes more. */
const largestShare = 0.2;
/** Rows of one call; a store may have to look each up. */
const batchSize = 1000;

export interface Pruning {
  /** However many there are, and whatever could not be read. */
  readonly force: boolean;
  /** Entries that the feed has; another number means that it changed while it was read. */
  readonly numEntries: number;
  /** Whether this run is about the product at all: rows of other shards are not looked at. */
  readonly isOurs: (product: string) => boolean;
}

/** What a run read of its feed. */
export class FeedContents {
  readonly #rows = new FirstSeen();
  readonly #held = new FirstSeen();
  numEntries = 0;
  /** Entries that may be of any product. */
  numUnknown = 0;

  addRow(key: RowKey): void {
    this.#rows.add(keyText(key), 1);
  }

  /** Every row of the product is to stay, because a picture of it could not be used; null for a product that is not known. */
  hold(product: string | null): void {
    if (product === null) this.numUnknown += 1;
    else this.#held.add(product, 1);
  }

  hasRow(key: RowKey): boolean {
    return this.#rows.has(keyText(key));
  }

  keeps(key: RowKey): boolean {
    return this.#held.has(key.product) || this.hasRow(key);
  }
}

/**
 * Deletes the rows that a feed does not keep.
 *
 * @returns how many there were
 * @throws DeepShopError `prune-refused`, before anything is deleted, where that would take more than a fifth of the products
 *   or the feed could not be read as a whole; not with `force`
 */
export async function pruneStore(store: VectorStore, feed: FeedContents, pruning: Pruning): Promise<number> {
  const products = new FirstSeen();
  const staying = new FirstSeen();
  // 200 bytes each: a fifth of ten million rows are 400 MB.
  const gone: RowKey[] = [];
  for await (const { product, variant, image, region } of store.rows()) {
    if (!pruning.isOurs(product)) continue;
    const key = { product, variant, image, region };
    products.add(product, 1);
    if (feed.keeps(key)) staying.add(product, 1);
    else gone.push(key);
  }
  if (gone.length === 0) return 0;
  if (!pruning.force)
    requireWhole(feed, pruning, { numGone: products.size - staying.size, numProducts: products.size });
  let numDeleted = 0;
  for (let at = 0; at < gone.length; at += batchSize) numDeleted += await store.delete(gone.slice(at, at + batchSize));
  return numDeleted;
}

function requireWhole(
  { numEntries, numUnknown }: FeedContents,
  pruning: Pruning,
  { numGone, numProducts }: { readonly numGone: number; readonly numProducts: number },
): void {
  if (numEntries !== pruning.numEntries) {
    throw refusal('the feed changed while it was read', {
      expected: `${pruning.numEntries} entries, as when it was counted`,
      got: String(numEntries),
      cure: 'Run it again once the feed is written.',
    });
  }
  if (numUnknown > 0) {
    throw refusal('entries of the feed do not say which product they are of', {
      expected: 'each to have a readable id',
      got: `${numUnknown} that have none`,
      cure: 'Mend them (they are among those that failed), or remove what is left over with --force.',
    });
  }
  if (numGone <= largestShare * numProducts) return;
  throw refusal('the feed lacks too many of the products in the store', {
    expected: `at most ${Math.floor(largestShare * numProducts)} of ${numProducts} products to go (${100 * largestShare} %)`,
    got: String(numGone),
    cure: 'Is the feed whole? If so, remove them with --force.',
  });
}

function refusal(summary: string, facts: { expected: string; got: string; cure: string }): DeepShopError {
  return new DeepShopError('prune-refused', `nothing was removed: ${summary}`, facts);
}
