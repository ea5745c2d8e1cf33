/** @file LanceDB and the Arrow that it speaks, loaded when a store needs them: no other command pays for that. */
import { createRequire } from 'node:module';
import { StoreError } from './store-error.ts';

export interface LanceLibrary {
  readonly lancedb: typeof import('@lancedb/lancedb');
  readonly arrow: typeof import('apache-arrow');
}

let loading: Promise<LanceLibrary> | undefined;

/** @throws StoreError `store-kind` where there is no build of LanceDB for this machine */
export function loadLance(): Promise<LanceLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LanceLibrary> {
  // Its notes about files that are not there yet are no news to anyone.
  process.env.LANCE_LOG ??= 'error';
  try {
    const lancedb = await import('@lancedb/lancedb');
    // The ESM copy of Arrow is another class, which LanceDB does not know as its own.
    const arrow: typeof import('apache-arrow') = createRequire(import.meta.url)('apache-arrow');
    return { lancedb, arrow };
  } catch (cause) {
    throw new StoreError(
      'kind',
      'LanceDB cannot be loaded on this machine',
      {
        expected: 'Linux, macOS on Apple silicon or Windows, with optional dependencies installed',
        got: `${process.platform} on ${process.arch}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`,
        cure: 'Run npm ci without --omit=optional, or make exact stores instead: deepshop index --store-kind exact.',
      },
      { cause },
    );
  }
}
