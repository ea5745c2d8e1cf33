/** @file Opening a store in OpenSearch, making one, and putting one that was filled beside it in its place. */
import type { StoreAddress } from './opensearch-address.ts';
import { type ConnectOptions, connect, type OpenSearchConnection } from './opensearch-connection-node.ts';
import { type FoundIndex, StoreIndices } from './opensearch-indices-node.ts';
import type { ReaderOptions } from './opensearch-search-node.ts';
import { movedError, OpenSearchStore } from './opensearch-store-node.ts';
import { stampOf, type WantedStore } from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { requireSchema, requireSpace, widened } from './store-manifest-node.ts';
import type { StoreStamp } from './vector-store.ts';

export interface OpenSearchOptions extends ConnectOptions, ReaderOptions {}

/** Opens what was committed, by anyone, for queries. */
export async function openOpenSearchStore(
  address: StoreAddress,
  options: OpenSearchOptions = {},
): Promise<OpenSearchStore> {
  return keepingOpen(address, options, async (connection, indices) => {
    const reopen = () => requireAnswering(indices, address);
    return new OpenSearchStore(connection, { ...(await reopen()), reopen }, options);
  });
}

/**
 * Opens a store for writing, beside any other writers. Where there is none, the first change makes it.
 *
 * @throws StoreError `store-busy` while a migration takes its last step
 */
export async function openOpenSearchStoreForWriting(
  address: StoreAddress,
  want: WantedStore,
  options: OpenSearchOptions = {},
): Promise<OpenSearchStore> {
  return keepingOpen(address, options, async (connection, indices) => {
    const found = await indices.answering();
    if (found !== undefined) {
      const stamp = agreed(found, want, address);
      if (found.isFrozen) throw movedError(address.text, 'the store is being moved to another model');
      await indices.removeRetired(found);
      const place = { index: found.index, stamp, prepare: widening(indices, found, stamp) };
      return new OpenSearchStore(connection, place, options);
    }
    const stamp = stampOf(want);
    const prepare = async () => {
      if (await indices.create(1, stamp, { answers: true })) return indices.nameOf(1);
      // Another writer was first, or a copy is under way.
      const made = await indices.answering();
      if (made === undefined) throw unfinishedError(address);
      return widening(indices, made, agreed(made, want, address))();
    };
    return new OpenSearchStore(connection, { index: undefined, stamp, prepare }, options);
  });
}

/**
 * Opens the store that takes the place of the one that answers, or of none, once {@link switchStores} says so. What an
 * earlier try left is gone on with, where it is of the same space, unless it is to be fresh.
 */
export async function openOpenSearchStoreBeside(
  address: StoreAddress,
  want: WantedStore,
  { isFresh = false }: { readonly isFresh?: boolean } = {},
): Promise<OpenSearchStore> {
  return keepingOpen(address, {}, async (connection, indices) => {
    const generation = ((await indices.answering())?.generation ?? 0) + 1;
    const left = await indices.ofGeneration(generation);
    if (left !== undefined && !isFresh && left.stamp.spaceId === want.space.spaceId) {
      const stamp = agreed(left, want, address);
      return new OpenSearchStore(connection, { index: left.index, stamp, prepare: widening(indices, left, stamp) });
    }
    if (left !== undefined) await indices.remove(left);
    const stamp = stampOf(want);
    const prepare = async () => {
      await indices.create(generation, stamp, { answers: false });
      return indices.nameOf(generation);
    };
    return new OpenSearchStore(connection, { index: undefined, stamp, prepare });
  });
}

/** Stops all writers of the store that answers, and lets them go on unless the job has switched to another one. */
export async function whileFrozen(address: StoreAddress, job: () => Promise<boolean>): Promise<void> {
  await withIndices(address, async (indices) => {
    const found = await requireAnswering(indices, address);
    await indices.freeze(found);
    let hasSwitched = false;
    try {
      hasSwitched = await job();
    } finally {
      if (!hasSwitched) await indices.thaw(found);
    }
  });
}

/** Lets writers in again where a migration was killed in its last step, and is not wanted any more. */
export async function thawStore(address: StoreAddress): Promise<void> {
  await withIndices(address, async (indices) => {
    const found = await requireAnswering(indices, address);
    if (found.isFrozen) await indices.thaw(found);
  });
}

/** The store that was filled beside answers from now on. */
export async function switchStores(address: StoreAddress): Promise<void> {
  await withIndices(address, async (indices) => {
    const before = await indices.answering();
    const next = await indices.ofGeneration((before?.generation ?? 0) + 1);
    if (next === undefined)
      throw new StoreError('missing', 'nothing was filled beside the store', { where: address.text });
    await indices.switchTo(next, before);
  });
}

/** What a store says of itself; undefined where there is none. */
export async function readOpenSearchStamp(
  address: StoreAddress,
  options: ConnectOptions = {},
): Promise<StoreStamp | undefined> {
  return withIndices(address, async (indices) => (await indices.answering())?.stamp, options);
}

function agreed(found: FoundIndex, { space, schema }: WantedStore, { text }: StoreAddress): StoreStamp {
  requireSpace(found.stamp, space, text);
  requireSchema(found.stamp, schema, text);
  return widened(found.stamp, schema);
}

function widening(indices: StoreIndices, found: FoundIndex, stamp: StoreStamp): () => Promise<string> {
  return async () => {
    if (stamp !== found.stamp) await indices.widen(found.generation, stamp);
    return found.index;
  };
}

async function requireAnswering(indices: StoreIndices, { text }: StoreAddress): Promise<FoundIndex> {
  const found = await indices.answering();
  if (found !== undefined) return found;
  const facts = { where: text, expected: 'a store', cure: 'Make one: deepshop index SOURCE --store ADDRESS.' };
  throw new StoreError('missing', 'there is no store here', facts);
}

/** The connection is the store's; without one it is closed. */
async function keepingOpen(
  address: StoreAddress,
  options: ConnectOptions,
  job: (connection: OpenSearchConnection, indices: StoreIndices) => Promise<OpenSearchStore>,
): Promise<OpenSearchStore> {
  const connection = await connect(address, options);
  try {
    return await job(connection, new StoreIndices(connection));
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function withIndices<T>(
  address: StoreAddress,
  job: (indices: StoreIndices) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const connection = await connect(address, options);
  try {
    return await job(new StoreIndices(connection));
  } finally {
    await connection.close();
  }
}

function unfinishedError({ text }: StoreAddress): StoreError {
  const cure = 'Wait for it, or run deepshop store restore again: it begins anew and ends.';
  return new StoreError('occupied', 'a copy is being made here, or was not finished', { where: text, cure });
}
