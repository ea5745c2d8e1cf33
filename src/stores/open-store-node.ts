/** @file A store of any kind by its place: a directory, or the address of a service. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorFacts } from '../errors/errors.ts';
import { syncDirectory } from '../files/atomic-file-node.ts';
import { parseStoreAddress, type StoreAddress } from './opensearch-address.ts';
import type { WantedStore } from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { removeOldGenerations } from './store-generations-node.ts';
import { hasManifest, type ManifestName, readManifest, type StoreKind } from './store-manifest-node.ts';
import type { OpenedStore, StoreStamp } from './vector-store.ts';

/** The kind of a new store in a directory. */
export const defaultKind: StoreKind = 'lancedb';

/** How each kind is opened; its modules are loaded when one is met. */
const kinds: {
  readonly [K in StoreKind]: {
    readonly open: (directory: string) => Promise<OpenedStore>;
    readonly openForWriting: (directory: string, want: WantedStore, name: ManifestName) => Promise<OpenedStore>;
  };
} = {
  exact: {
    open: async (directory) => (await import('./exact-store-node.ts')).openStore(directory),
    openForWriting: async (directory, want, name) =>
      (await import('./exact-store-node.ts')).openStoreForWriting(directory, want, { name }),
  },
  lancedb: {
    open: async (directory) => (await import('./lance-open-node.ts')).openLanceStore(directory),
    openForWriting: async (directory, want, name) =>
      (await import('./lance-open-node.ts')).openLanceStoreForWriting(directory, want, { name }),
  },
};

const service = () => import('./opensearch-open-node.ts');

export interface OpenOptions {
  /** How long an engine that does not answer is asked again; two minutes unless given. Of stores at an address. */
  readonly patienceMs?: number | undefined;
}

/** Opens the last commit for queries. */
export async function openAnyStore(place: string, options: OpenOptions = {}): Promise<OpenedStore> {
  const address = addressOf(place);
  if (address !== undefined) return (await service()).openOpenSearchStore(address, options);
  const { kind } = await readManifest(place);
  return kinds[kind].open(place);
}

/**
 * Opens a store for writing; one in a directory is held until it is closed. Where there is none, the first commit makes it.
 *
 * @param kind of a new store in a directory; one that is there must be of this kind, if it is given
 */
export async function openAnyStoreForWriting(
  place: string,
  want: WantedStore,
  { kind, ...options }: { readonly kind?: StoreKind | undefined } & OpenOptions = {},
): Promise<OpenedStore> {
  const address = addressOf(place);
  if (address === undefined) return openDirectory(place, want, { kind, name: 'store.json' });
  requireNoKind(kind, address);
  return (await service()).openOpenSearchStoreForWriting(address, want, options);
}

/** Opens the store that is to take the place of the one that answers; what an earlier try left is gone on with. */
export async function openStoreBeside(place: string, want: WantedStore): Promise<OpenedStore> {
  const address = addressOf(place);
  if (address !== undefined) return (await service()).openOpenSearchStoreBeside(address, want);
  const { kind } = await readManifest(place);
  return openDirectory(place, want, { kind, name: 'migration.json' });
}

/**
 * Opens a store where there is none, for somebody who fills it whole: it answers once {@link finishNewStore} says so.
 *
 * @throws StoreError `store-occupied`
 */
export async function openNewStore(
  place: string,
  want: WantedStore,
  { kind }: { readonly kind?: StoreKind | undefined } = {},
): Promise<OpenedStore> {
  const address = addressOf(place);
  const isThere = address === undefined ? await hasManifest(place) : (await stampAt(address)) !== undefined;
  if (isThere) {
    const cure = 'Name a place where none is yet.';
    throw new StoreError('occupied', 'there is a store already', { where: address?.text ?? place, cure });
  }
  if (address === undefined) return openDirectory(place, want, { kind, name: 'store.json' });
  requireNoKind(kind, address);
  return (await service()).openOpenSearchStoreBeside(address, want, { isFresh: true });
}

/** After the commit of a new store. That of a directory was enough. */
export async function finishNewStore(place: string): Promise<void> {
  const address = addressOf(place);
  if (address !== undefined) await (await service()).switchStores(address);
}

/** The one moment of a migration: whoever opens the store before it gets the old rows, whoever does after it the new ones. */
export async function switchStores(place: string): Promise<void> {
  const address = addressOf(place);
  if (address !== undefined) return (await service()).switchStores(address);
  await rename(join(place, 'migration.json'), join(place, 'store.json'));
  await syncDirectory(place);
}

/**
 * Runs the last step of a migration; whether it switched, it says itself. A directory is locked anyway, by whoever opened
 * the store beside.
 */
export async function whileNobodyWrites(place: string, job: () => Promise<boolean>): Promise<void> {
  const address = addressOf(place);
  if (address !== undefined) await (await service()).whileFrozen(address, job);
  else await job();
}

/** Whether others may write the store while the one beside is filled. */
export function isShared(place: string): boolean {
  return addressOf(place) !== undefined;
}

/** Lets writers in where a migration that is not wanted any more kept them out. */
export async function letWritersIn(place: string): Promise<void> {
  const address = addressOf(place);
  if (address !== undefined) await (await service()).thawStore(address);
}

/** What a store says of itself, without its rows. @throws StoreError `store-missing` */
export async function readStamp(place: string, options: OpenOptions = {}): Promise<StoreStamp> {
  const address = addressOf(place);
  if (address === undefined) return readManifest(place);
  const stamp = await stampAt(address, options);
  if (stamp !== undefined) return stamp;
  throw new StoreError('missing', 'there is no store here', { where: address.text });
}

async function stampAt(address: StoreAddress, options: OpenOptions = {}): Promise<StoreStamp | undefined> {
  return (await service()).readOpenSearchStamp(address, options);
}

async function openDirectory(
  place: string,
  want: WantedStore,
  { kind, name }: { readonly kind: StoreKind | undefined; readonly name: ManifestName },
): Promise<OpenedStore> {
  const found = (await hasManifest(place, name)) ? (await readManifest(place, name)).kind : undefined;
  if (found !== undefined && kind !== undefined && found !== kind) {
    const cure = 'Leave --store-kind out, or name another --store.';
    throw new StoreError('kind', 'the store is of another kind', { where: place, expected: kind, got: found, cure });
  }
  const store = await kinds[found ?? kind ?? defaultKind].openForWriting(place, want, name);
  if (name === 'store.json') await removeOldGenerations(place);
  return store;
}

/** Undefined for a directory. */
function addressOf(place: string): StoreAddress | undefined {
  const address = parseStoreAddress(place);
  const scheme = /^[a-z][a-z0-9+.-]+:\/\//i.exec(place)?.[0];
  if (address !== undefined || scheme === undefined) return address;
  const expected = 'a directory, opensearch://HOST:PORT/NAME or opensearchs://...';
  const facts: ErrorFacts = { expected, got: `${scheme}...`, cure: 'Name one of them with --store.' };
  throw new StoreError('kind', 'no kind of store has such an address', facts);
}

function requireNoKind(kind: StoreKind | undefined, { text }: StoreAddress): void {
  if (kind === undefined) return;
  const facts = { where: text, expected: 'no --store-kind: an address says it', got: kind };
  throw new StoreError('kind', 'a store at an address is of the kind that the address says', facts);
}
