/**
 * @file The searcher in a thread of its own, so that requests are read and answered while the network runs and pixels are counted.
 * A thread that ends, of memory perhaps, fails what it was asked and is begun again; photos that it remembered are forgotten.
 */
import type { Worker } from 'node:worker_threads';
import { openThread } from '../concurrency/open-thread-node.ts';
import { ApiError } from './api-error.ts';
import { thrown } from './carried-error.ts';
import type { Stage } from './metrics.ts';
import type { Searcher } from './searcher.ts';
import type { MethodName, SearcherThreadData, ThreadCall, ThreadReply } from './searcher-worker-node.ts';

interface Pending {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export interface ThreadOptions {
  readonly onStage: (stage: Stage, elapsedMs: number) => void;
  /** Told when the thread ended by itself. */
  readonly onEnd: (error: unknown) => void;
}

export class SearcherThread {
  readonly #data: SearcherThreadData;
  readonly #options: ThreadOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #opening: Promise<void> | undefined;
  #count = 0;
  #isClosing = false;

  constructor(data: SearcherThreadData, options: ThreadOptions) {
    this.#data = data;
    this.#options = options;
  }

  /** The calls that are under way. */
  get numPending(): number {
    return this.#pending.size;
  }

  /** Begins the thread unless it runs. @throws whatever keeps it from opening model or store */
  open(): Promise<void> {
    this.#opening ??= this.#start().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async call<M extends MethodName>(
    method: M,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<Searcher[M]>>> {
    await this.open();
    signal?.throwIfAborted();
    const number = this.#count++;
    const cancel = () => this.#send({ kind: 'cancel', number });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<Awaited<ReturnType<Searcher[M]>>>((resolve, reject) => {
        this.#pending.set(number, { resolve, reject });
        this.#send({ kind: 'call', number, method, args });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    this.#send({ kind: 'close' });
    await ended;
  }

  #send(call: ThreadCall): void {
    this.#worker?.postMessage(call);
  }

  #start(): Promise<void> {
    const worker = openThread('./searcher-worker-node', import.meta.url, this.#data);
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: ThreadReply) => {
        if (reply.kind === 'ready') resolve();
        else if (reply.kind === 'failed') reject(thrown(reply.error));
        else this.#take(reply);
      });
      const end = (cause: unknown) => {
        if (this.#worker !== worker) return;
        this.#worker = undefined;
        this.#opening = undefined;
        const error = new ApiError('unavailable', 'the thread that searches ended', { cure: 'Try again.' }, 2);
        reject(cause instanceof Error ? cause : error);
        for (const { reject: fail } of this.#pending.values()) fail(error);
        this.#pending.clear();
        if (!this.#isClosing) this.#options.onEnd(cause);
      };
      worker.on('error', end);
      worker.on('exit', end);
    });
  }

  #take(reply: Exclude<ThreadReply, { kind: 'ready' | 'failed' }>): void {
    if (reply.kind === 'stage') {
      this.#options.onStage(reply.stage, reply.elapsedMs);
      return;
    }
    const pending = this.#pending.get(reply.number);
    this.#pending.delete(reply.number);
    if (reply.kind === 'answer') {
      pending?.resolve(reply.value as never);
      return;
    }
    const error: Error = reply.error.code === 'internal' ? new Error(reply.error.message) : thrown(reply.error);
    // Ours would tell of this file only.
    if (reply.stack !== undefined) error.stack = reply.stack;
    pending?.reject(error);
  }
}
