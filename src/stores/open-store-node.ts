/** @file A store of any kind by its place: a directory, or the address of a service. */
import type { ErrorFacts } from '../errors/errors.ts';
import type { WantedStore } from './store-directory-node.ts';
import { StoreError } from './store-error.ts';
import { removeOldGenerations } from './store-generations-node.ts';
import { hasManifest, type ManifestName, readManifest, type StoreKind } from './store-manifest-node.ts';
import type { OpenedStore } from './vector-store.ts';

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

/** Opens the last commit for queries. */
export async function openAnyStore(place: string): Promise<OpenedStore> {
  requireDirectory(place);
  const { kind } = await readManifest(place);
  return kinds[kind].open(place);
}

/**
 * Opens a store for writing, and holds it until it is closed. Where there is none, the first commit makes it.
 *
 * @param kind of a new store; one that is there must be of this kind, if it is given
 * @param name `migration.json` for the store in the same directory that does not answer yet
 */
export async function openAnyStoreForWriting(
  place: string,
  want: WantedStore,
  { kind, name = 'store.json' }: { readonly kind?: StoreKind | undefined; readonly name?: ManifestName } = {},
): Promise<OpenedStore> {
  requireDirectory(place);
  const found = (await hasManifest(place, name)) ? (await readManifest(place, name)).kind : undefined;
  if (found !== undefined && kind !== undefined && found !== kind) {
    const cure = 'Leave --store-kind out, or name another --store.';
    throw new StoreError('kind', 'the store is of another kind', { where: place, expected: kind, got: found, cure });
  }
  const store = await kinds[found ?? kind ?? defaultKind].openForWriting(place, want, name);
  if (name === 'store.json') await removeOldGenerations(place);
  return store;
}

function requireDirectory(place: string): void {
  const scheme = /^[a-z][a-z0-9+.-]+:\/\//i.exec(place)?.[0];
  if (scheme === undefined) return;
  const facts: ErrorFacts = { expected: 'a directory', got: `${scheme}...`, cure: 'Name a directory with --store.' };
  throw new StoreError('kind', 'no kind of store has such an address', facts);
}
