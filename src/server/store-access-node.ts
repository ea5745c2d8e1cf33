/**
 * @file A store that others write too: `deepshop index` may commit while we answer. Reads see the last commit, which is looked for
 * now and then; writes take the store's lock, one after the other, and give it back at once.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { isShared, openAnyStore, openAnyStoreForWriting, readStamp } from '../stores/open-store-node.ts';
import { pathOfRows } from '../stores/store-generations-node.ts';
import { readManifest, requireEngine } from '../stores/store-manifest-node.ts';
import type { OpenedStore } from '../stores/vector-store.ts';
import { ApiError } from './api-error.ts';
import type { StoreAccess } from './create-searcher.ts';

/** How long a commit of another process may stay unseen. */
const freshMs = 1000;
/** How long those who still read a store may take, after another took its place. */
const closeAfterMs = 60_000;

/** How long an engine that does not answer is waited for. */
export interface StorePatience {
  readonly readMs: number;
  readonly writeMs: number;
}

/** Those who search wait less than the deadline of a search; a change may wait until a node that died is replaced. */
const usualPatience: StorePatience = { readMs: 8000, writeMs: 30_000 };

/** What a change of the store shows itself by. */
interface Commit {
  readonly stamp: string;
  readonly at: number | null;
  readonly kind: string;
}

interface Opened extends Commit {
  readonly store: OpenedStore;
}

/** @throws StoreError where there is no store, or it is of another space than the model */
export async function openStoreAccess(
  place: string,
  engine: GarmentEngine,
  patience: StorePatience = usualPatience,
): Promise<StoreAccess> {
  let opened = await open(place, engine, patience);
  let checkedAt = performance.now();
  let checking: Promise<void> | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  async function refresh(): Promise<void> {
    checkedAt = performance.now();
    if ((await lastCommit(place)).stamp === opened.stamp) return;
    const before = opened.store;
    opened = await open(place, engine, patience);
    setTimeout(() => void before.close(), closeAfterMs).unref();
  }

  return {
    get kind() {
      return opened.kind;
    },
    async current() {
      if (performance.now() - checkedAt > freshMs) {
        checking ??= refresh().finally(() => {
          checking = undefined;
        });
        // While a store cannot be opened, in the middle of a migration perhaps, the one that is open answers.
        await checking.catch(() => {});
      }
      return opened.store;
    },
    write(change) {
      const mine = writing.then(async () => {
        const result = await changeStore(place, engine, patience, change);
        await refresh();
        return result;
      });
      writing = mine.catch(() => {});
      return mine;
    },
    refresh,
    committedAt: async () => opened.at,
    async close() {
      await writing;
      await opened.store.close();
    },
  };
}

async function open(place: string, engine: GarmentEngine, { readMs: patienceMs }: StorePatience): Promise<Opened> {
  // The commit first: one that comes in between is opened, and found again at the next look.
  const commit = await lastCommit(place);
  const store = await openAnyStore(place, { patienceMs });
  requireEngine(store.manifest, engine, place);
  return { ...commit, store };
}

/** A store in an engine shows the newest rows always: it has no commits to look for. */
async function lastCommit(place: string): Promise<Commit> {
  if (isShared(place)) return { stamp: '', at: null, kind: 'opensearch' };
  const manifest = await readManifest(place);
  const files = [join(place, 'store.json'), pathOfRows(place, manifest)];
  const facts = await Promise.all(files.map((file) => stat(file, { bigint: true })));
  const stamp = facts.map(({ mtimeNs, ino }) => `${mtimeNs} ${ino}`).join(' ');
  const at = Math.max(...facts.map(({ mtimeMs }) => Number(mtimeMs)));
  return { stamp, at, kind: manifest.kind };
}

async function changeStore<T>(
  place: string,
  engine: GarmentEngine,
  { writeMs: patienceMs }: StorePatience,
  change: (store: OpenedStore) => Promise<T>,
): Promise<T> {
  const { descriptor, attributes: schema } = await readStamp(place, { patienceMs });
  const want = { space: engine.space(descriptor), modelId: engine.modelId, schema };
  try {
    const store = await openAnyStoreForWriting(place, want, { patienceMs });
    try {
      const result = await change(store);
      await store.commit();
      return result;
    } finally {
      await store.close();
    }
  } catch (error) {
    throw isBusy(error) ? busyError() : error;
  }
}

/** A folder that another process writes, or an engine's store in the last step of a migration. */
function isBusy(error: unknown): boolean {
  return error instanceof DeepShopError && (error.code === 'file-locked' || error.code === 'store-busy');
}

function busyError(): ApiError {
  const facts = { expected: 'no other writer', got: 'one', cure: 'Try again when deepshop index is done.' };
  return new ApiError('store-busy', 'another process writes the store', facts, 10);
}
