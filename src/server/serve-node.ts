/** @file Puts the server together from a store and a model on disk, opens the port, and closes it in good order. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../api/endpoints.ts';
import { DeepShopError } from '../errors/errors.ts';
import { besideStore } from '../stores/beside-store-node.ts';
import { createApp, type TlsFiles } from './app.ts';
import { eventFolderOf, openEventLog } from './event-log-node.ts';
import { createPhotoFetch } from './fetch-photo-node.ts';
import { KeyFile, keyFileOf } from './key-file-node.ts';
import { readLastImport } from './last-import-node.ts';
import { allowedHostNames, isLoopback, requireSafeListening } from './listen-address.ts';
import { Metrics } from './metrics.ts';
import { openModelFiles } from './model-files-node.ts';
import { pictureFolderOf } from './picture-stock-node.ts';
import { QueryMemory } from './query-memory.ts';
import { RateLimiter } from './rate-limit.ts';
import { openSearcherPool } from './searcher-pool-node.ts';
import { createPictureRenderer } from './serve-picture-node.ts';
import type { ServerParts } from './server-parts.ts';
import { sharedLimits, WorkQueue } from './work-queue.ts';

export interface ServeOptions {
  readonly store: string;
  readonly model: string;
  /** The `encoder.json` that the store was indexed with. */
  readonly encoder?: string | undefined;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly tls: TlsFiles | null;
  readonly isInsecure: boolean;
  /** How the outside calls a server behind a proxy; it is then no private matter of this machine. */
  readonly publicUrl: URL | null;
  readonly trustProxy: boolean;
  /** Searching needs no key, wherever it is asked from. */
  readonly openSearch: boolean;
  readonly allowUrlQueries: boolean;
  /** By `parseAllowedHost`. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Threads that have the model; undefined leaves it to the machine. */
  readonly workers: number | undefined;
  readonly maxWaiting: number;
  readonly photoMinutes: number;
  readonly eventDays: number;
  readonly version: string;
  readonly exportOnnx: ((directory: string, file: string) => Promise<unknown>) | null;
  readonly log: ServerParts['log'];
}

/** A server for this machine alone that nobody configured. */
export const localServer = {
  host: '127.0.0.1',
  tls: null,
  isInsecure: false,
  publicUrl: null,
  trustProxy: false,
  openSearch: false,
  allowUrlQueries: false,
  allowedHosts: [],
  corsOrigins: [],
  workers: undefined,
  maxWaiting: 64,
  photoMinutes: 15,
  eventDays: 90,
  log: null,
} as const satisfies Partial<ServeOptions>;

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, finishes those it has, and closes everything. */
  close(): Promise<void>;
}

/** Of one picture. A phone's photo has 3 to 8 MB. */
const uploadBytes = 12e6;
/** Of one picture: what the largest phone sensors give. */
const maxPixels = 120e6;
/** Fifty garments of a device, their vectors in base64, take 0.4 MB. A whole megabyte takes 5 to 200 ms to parse. */
const queryBytes = 1e6;
/** Memory of photos: files with what was found in them, and pixels of those that were used last; of each thread. */
const photoBytes = 256e6;
const decodedBytes = 128e6;
/** Of an address without a key: a look shows thirty pictures, each of which browsers then keep. */
const openPerMinute = { requests: 300, pictures: 3000 };
/** A vector of the bundled model, of 128 numbers, takes 0.5 kB; one of 1,216 numbers 5 kB. */
const maxQueries = 10_000;
const queryHours = 24;
/** How long requests that were accepted may take when the server is told to stop. */
export const closeWithinMs = 30_000;

/** The web app, if it was built; the same way up from `src/server` and from `dist/server`. */
const webFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));

/**
 * Threads with the model for a machine of so many cores. Two photos that are worked on side by side, on a core each, take longer than
 * one on both would alone, but a photo then seldom waits behind others: more are answered, and the slowest far sooner.
 */
export const threadsFor = (cores: number): number => Math.min(cores, Math.max(2, Math.min(4, cores >> 1)));

/** @throws UsageError for an address that is not safe; StoreError, ModelError; DeepShopError `port-taken` */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { store, model, encoder, host, port, tls, isInsecure, publicUrl, workers, maxWaiting } = options;
  requireSafeListening({ host, hasTls: tls !== null, isInsecure });
  await requireFreePort(host, port);
  const isPrivate = isLoopback(host) && publicUrl === null;
  const metrics = new Metrics();
  const numThreads = workers ?? threadsFor(availableParallelism());
  let isStopping = false;
  const allowedHosts = new Set(options.allowedHosts);
  const searcher = await openSearcherPool(
    {
      model,
      encoder,
      threads: numThreads === 1 ? undefined : Math.max(1, Math.floor(availableParallelism() / numThreads)),
      settings: {
        store,
        photos: { keepMs: options.photoMinutes * 60_000, maxBytes: photoBytes, maxDecodedBytes: decodedBytes },
        stock: { folder: pictureFolderOf(store), fetches: options.allowUrlQueries, allowedHosts },
        maxPixels,
        thread: 0,
      },
    },
    {
      numThreads,
      onStage: (stage, elapsedMs) => metrics.stage(stage, elapsedMs),
      onEnd: () => options.log?.write(`${JSON.stringify({ level: 50, time: Date.now(), msg: 'a thread ended' })}\n`),
    },
  );
  const open: readonly Scope[] = isPrivate || options.openSearch ? ['search'] : [];
  const queries = new QueryMemory({ keepMs: queryHours * 3_600_000, maxQueries, newId: newQueryId });
  const events = openEventLog(eventFolderOf(store), { keepDays: options.eventDays });
  const queue = (width: number, most: number) =>
    new WorkQueue(isPrivate ? { width, maxWaiting: most } : sharedLimits(width, most));
  const queues = {
    // One is decoded while the network runs on others.
    search: queue(numThreads + 1, maxWaiting),
    write: queue(1, 8),
    picture: queue(4, 256),
    forget: queue(1, 7),
  };
  const parts: ServerParts = {
    version: options.version,
    searcher,
    access: {
      keys: new KeyFile(keyFileOf(store)),
      limiter: new RateLimiter(),
      open: new Set(open),
      openPerMinute: isPrivate ? null : openPerMinute,
    },
    queues,
    limits: {
      uploadBytes,
      jsonBytes: 8e6,
      photoMinutes: options.photoMinutes,
      queryBytes,
      stallMs: 5000,
      searchDeadlineMs: 15_000,
      writeDeadlineMs: 300_000,
    },
    fetchPhoto: options.allowUrlQueries
      ? createPhotoFetch({ allowedHosts, maxBytes: uploadBytes, timeoutMs: 10_000 })
      : null,
    renderPicture: createPictureRenderer({ maxBytes: 64e6 }),
    queries,
    events,
    model: await openModelFiles(model, { cache: besideStore(store, '.cache'), exportOnnx: options.exportOnnx }),
    metrics,
    isPrivate,
    lastImport: () => readLastImport(store),
    corsOrigins: options.corsOrigins,
    hostNames: allowedHostNames(host, publicUrl),
    trustProxy: options.trustProxy,
    webFolder: existsSync(join(webFolder, 'index.html')) ? webFolder : null,
    isReady: () => !isStopping,
    log: options.log,
  };
  metrics.observe({ queues, queries, searcher });
  const app = await createApp(parts, { tls });
  const forgetting = setInterval(() => {
    queries.forgetOld();
    void events.forgetOld().catch(() => {});
  }, 600_000);
  forgetting.unref();
  const close = async () => {
    isStopping = true;
    clearInterval(forgetting);
    const inOrder = async () => {
      await app.close();
      await Promise.all(Object.values(queues).map((queue) => queue.idle()));
      await events.close();
    };
    await Promise.race([inOrder(), sleep(closeWithinMs, undefined, { ref: false })]);
    await searcher.close();
  };
  try {
    await app.listen({ host, port });
  } catch (error) {
    await close();
    throw asListenError(error, host, port);
  }
  return { url: urlOf(app.server.address() as AddressInfo, host, tls !== null), close };
}

function urlOf({ port }: AddressInfo, host: string, hasTls: boolean): string {
  const name = isLoopback(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${hasTls ? 'https' : 'http'}://${name}:${port}`;
}

/** Before the model is read, which takes a while. */
async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(asListenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

function asListenError(error: unknown, host: string, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  const facts = { where: `--port ${port}`, got: `another program at ${host}:${port}`, cure: 'Choose another --port.' };
  return new DeepShopError('port-taken', 'the port is taken', facts, { cause: error });
}

function newQueryId(): string {
  return `q_${randomBytes(16).toString('base64url')}`;
}
