/** @file The folder that a store lives in while somebody writes it: its lock, what is made for it, what fails. */
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VectorSpace } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { acquireLock, type HeldLock } from '../files/lock-file-node.ts';
import type { AttributeSchema } from './row.ts';
import { StoreError } from './store-error.ts';
import { claimDirectory, storeSchemaVersion } from './store-manifest-node.ts';

/** What a writer brings along: a store that is there must agree, a new one is made so. */
export interface WantedStore {
  readonly space: VectorSpace;
  readonly modelId: string;
  readonly schema: AttributeSchema;
}

export interface HeldDirectory {
  readonly lock: HeldLock;
  /** Folders that were made for this store, from the inmost: they go again if nothing is committed. */
  readonly made: readonly string[];
}

/** Makes the folder where there is none, and locks it. */
export async function takeDirectory(directory: string): Promise<HeldDirectory> {
  try {
    const made = await claimDirectory(directory);
    return { lock: await acquireLock(join(directory, 'lock')), made };
  } catch (error) {
    throw asStoreError(error, directory);
  }
}

/** Gives the lock back and removes the folders that were made, as long as they are empty. */
export async function leaveDirectory({ lock, made }: HeldDirectory): Promise<void> {
  await lock.release();
  try {
    for (const folder of made) await rmdir(folder);
  } catch {
    // Another writer came, or a person put something there: it stays.
  }
}

/** What the system says (no space, no permission) with what it means for the store; our own errors as they are. */
export function asStoreError(cause: unknown, where: string): unknown {
  if (cause instanceof DeepShopError || !(cause instanceof Error) || !('syscall' in cause)) return cause;
  const cure =
    'What was committed before is intact. Free space on the disk or check its permissions, then run the command again.';
  return new StoreError('write', 'the store could not be written', { where, got: cause.message, cure }, { cause });
}

/** How a new store's manifest begins. */
export function stampOf({ space, modelId, schema }: WantedStore) {
  const { descriptor, spaceId, dimension, metric } = space;
  const attributes = { ...schema };
  const format = 'deepshop-store' as const;
  return {
    format,
    schemaVersion: storeSchemaVersion,
    descriptor,
    spaceId,
    dimension,
    metric,
    modelId,
    attributes,
  } as const;
}
