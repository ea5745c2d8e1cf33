/** @file The thread that has a model and the store. Started by `searcher-thread-node.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { openEngine } from '../embedding/open-engine-node.ts';
import { DeepShopError } from '../errors/errors.ts';
import { ApiError } from './api-error.ts';
import { type CarriedError, carried } from './carried-error.ts';
import type { Stage } from './metrics.ts';
import type { Searcher } from './searcher.ts';
import { openSearcher, type SearcherSettings } from './searcher-parts-node.ts';

export interface SearcherThreadData {
  /** Model directory. */
  readonly model: string;
  /** An `encoder.json`. */
  readonly encoder: string | undefined;
  /** Threads of the network. */
  readonly threads: number | undefined;
  readonly settings: SearcherSettings;
}

export type MethodName = Exclude<keyof Searcher, 'close'>;

export type ThreadCall =
  | { readonly kind: 'call'; readonly number: number; readonly method: MethodName; readonly args: readonly unknown[] }
  | { readonly kind: 'cancel'; readonly number: number }
  | { readonly kind: 'close' };

export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: CarriedError }
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly number: number;
      readonly error: CarriedError;
      readonly stack: string | undefined;
    }
  | { readonly kind: 'stage'; readonly stage: Stage; readonly elapsedMs: number };

const port = parentPort;
if (port === null) throw new Error('searcher-worker-node.ts runs as a worker thread');
const { model, encoder, threads, settings } = workerData as SearcherThreadData;
// One picture is decoded on one core: others want to be decoded beside it.
sharp.concurrency(1);
sharp.cache(false);

const reply = (message: ThreadReply) => port.postMessage(message);
const running = new Map<number, AbortController>();

try {
  const engine = await openEngine(model, { encoder, ...(threads === undefined ? {} : { threads }) });
  const searcher = await openSearcher(engine, settings, {
    onStage: (stage, elapsedMs) => reply({ kind: 'stage', stage, elapsedMs }),
  });
  port.on('message', (call: ThreadCall) => {
    if (call.kind === 'call') void answer(searcher, call);
    else if (call.kind === 'cancel') running.get(call.number)?.abort(cancelled());
    else
      void searcher
        .close()
        .then(() => engine.release())
        .finally(() => port.close());
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'failed', error: carriedOf(error) });
  port.close();
}

async function answer(searcher: Searcher, { number, method, args }: Extract<ThreadCall, { kind: 'call' }>) {
  const controller = new AbortController();
  running.set(number, controller);
  try {
    // The last argument of those methods that can be cancelled.
    const call = searcher[method] as (...all: readonly unknown[]) => Promise<unknown>;
    reply({ kind: 'answer', number, value: await call(...args, controller.signal) });
  } catch (error) {
    reply({ kind: 'error', number, error: carriedOf(error), stack: error instanceof Error ? error.stack : undefined });
  } finally {
    running.delete(number);
  }
}

function carriedOf(error: unknown): CarriedError {
  if (error instanceof DeepShopError) return carried(error);
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), facts: {} };
}

function cancelled(): ApiError {
  return new ApiError('cancelled', 'the request is over');
}
