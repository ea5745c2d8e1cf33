import { beforeEach, expect, test } from 'vitest';
import { shopOf, turned } from '../../tests/shop-rows.ts';
import type { MemoryStore } from '../stores/memory-store.ts';
import { FeedContents, pruneStore } from './prune-store.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
let store: MemoryStore;

beforeEach(async () => {
  store = await shopOf(ids.map((id, at) => turned(id, at)));
});

/** A feed with these products, each with its one picture. */
function feedOf(products: readonly string[]): FeedContents {
  const feed = new FeedContents();
  for (const product of products) feed.addRow(turned(product, 0));
  feed.numEntries = products.length;
  return feed;
}

const prune = (feed: FeedContents, pruning = {}) =>
  pruneStore(store, feed, { force: false, numEntries: feed.numEntries, isOurs: () => true, ...pruning });

async function idsLeft(): Promise<string[]> {
  const left: string[] = [];
  for await (const { product } of store.rows()) left.push(product);
  return left.sort();
}

test('a fifth of the products may go, one more may not, unless it is forced', async () => {
  const error = await prune(feedOf(ids.slice(3))).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'prune-refused' });
  expect(error.message).toMatch(/nothing was removed.*at most 2 of 10 products.*got 3\..*--force/);
  expect(await idsLeft()).toEqual(ids);
  expect(await prune(feedOf(ids.slice(2)))).toBe(2);
  expect(await idsLeft()).toEqual(ids.slice(2));
  expect(await prune(feedOf(['j']), { force: true })).toBe(7);
  expect(await idsLeft()).toEqual(['j']);
});

test('a picture that the feed dropped goes, and its product stays', async () => {
  await store.upsert(ids.map((id) => turned(id, 50, { image: 'back.jpg' })));
  expect(await prune(feedOf(ids))).toBe(10);
  expect((await store.stats()).rows).toBe(10);
});

test('rows of a product that failed stay, all of them', async () => {
  await store.upsert([turned('a', 50, { image: 'back.jpg' })]);
  const feed = feedOf(ids.slice(2));
  feed.hold('a');
  expect(await prune(feed)).toBe(1);
  expect(await store.rowsOf('a')).toHaveLength(2);
  expect(await store.rowsOf('b')).toHaveLength(0);
});

test('where an entry may be of any product, or the feed changed meanwhile, nothing goes', async () => {
  const unknown = feedOf(ids.slice(1));
  unknown.hold(null);
  await expect(prune(unknown)).rejects.toThrow(/do not say which product/);
  const changed = feedOf(ids.slice(1));
  await expect(prune(changed, { numEntries: 10 })).rejects.toThrow(/changed while it was read; expected 10 entries/);
  expect(await idsLeft()).toEqual(ids);
  expect(await prune(unknown, { force: true })).toBe(1);
});

test('nothing is refused where nothing would go', async () => {
  const feed = feedOf(ids);
  feed.hold(null);
  expect(await prune(feed, { numEntries: 3 })).toBe(0);
});

test('a shard counts and removes its own products only', async () => {
  const isOurs = (product: string) => product < 'f';
  await expect(prune(feedOf(['c', 'd', 'e']), { isOurs })).rejects.toThrow(/at most 1 of 5 products.*got 2/);
  expect(await prune(feedOf(['b', 'c', 'd', 'e']), { isOurs })).toBe(1);
  expect(await idsLeft()).toEqual(ids.slice(1));
});
