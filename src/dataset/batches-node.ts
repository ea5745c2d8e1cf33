/** @file Batches made ahead in worker threads, so that the training step need not wait for data. */
import { availableParallelism } from 'node:os';
import { DeepShopError } from '../errors/errors.ts';
import { openThread } from '../files/open-thread-node.ts';
import { makeBatch } from './batch-node.ts';
import { scheduleBatches } from './batch-schedule.ts';
import type { BatchWorkerData, BatchWorkerReply } from './batch-worker-node.ts';
import type { Batch, BatchConfig, WeightedDataset } from './batches.ts';

export interface BatchSource {
  readonly classes: readonly string[];
  readonly samplesPerEpoch: number;
  readonly stepsPerEpoch: number;
  /**
   * The batch of a step (from 0), and how long the caller waited for it. Steps are expected in ascending order, from
   * any first one; any other order works too, only slower. The same step gives the same bytes, always.
   */
  batchAt(step: number): Promise<{ readonly batch: Batch; readonly waitMs: number; readonly makingMs: number }>;
  close(): Promise<void>;
}

export interface LookAhead {
  /** Threads that make batches; 0 makes each when it is asked for, in this thread. */
  readonly workers: number;
  /** Batches made ahead of the step. */
  readonly batches: number;
}

const standardLookAhead: LookAhead = { workers: 1, batches: 3 };

/** Opens the batches of a training run. Close it, or the program does not end. */
export function openBatches(
  datasets: readonly WeightedDataset[],
  config: BatchConfig,
  lookAhead: LookAhead = standardLookAhead,
): BatchSource {
  const schedule = scheduleBatches(datasets, config);
  const { classes, samplesPerEpoch, stepsPerEpoch } = schedule;
  const pool =
    lookAhead.workers === 0
      ? { make: (step: number) => timed(() => makeBatch(schedule, config, step)), close: async () => {} }
      : startWorkers({ datasets, config }, Math.min(lookAhead.workers, availableParallelism()));
  const ahead = lookAhead.workers === 0 ? 0 : lookAhead.batches;
  const making = new Map<number, Promise<MadeBatch>>();
  const begin = (step: number) => {
    const made = making.get(step) ?? pool.make(step);
    // A fault ahead of the step is reported when the step comes to it.
    made.catch(() => {});
    making.set(step, made);
    return made;
  };
  return {
    classes,
    samplesPerEpoch,
    stepsPerEpoch,
    async batchAt(step) {
      const asked = performance.now();
      const made = begin(step);
      for (const other of making.keys()) if (other < step || other > step + ahead) making.delete(other);
      for (let next = step + 1; next <= step + ahead; next++) begin(next);
      const { batch, makingMs } = await made;
      making.delete(step);
      return { batch, makingMs, waitMs: performance.now() - asked };
    },
    close: pool.close,
  };
}

interface MadeBatch {
  readonly batch: Batch;
  readonly makingMs: number;
}

async function timed(make: () => Promise<Batch>): Promise<MadeBatch> {
  const started = performance.now();
  const batch = await make();
  return { batch, makingMs: performance.now() - started };
}

function startWorkers(workerData: BatchWorkerData, count: number) {
  const workers = Array.from({ length: count }, () => startWorker(workerData));
  let turn = 0;
  return {
    make: (step: number) => workers[turn++ % count].make(step),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

function startWorker(workerData: BatchWorkerData) {
  const worker = openThread('./batch-worker-node', import.meta.url, workerData);
  const waiting = new Map<number, { resolve: (made: MadeBatch) => void; reject: (error: unknown) => void }[]>();
  let ended: Error | null = null;
  const end = (error: Error) => {
    ended ??= error;
    for (const calls of waiting.values()) for (const { reject } of calls) reject(ended);
    waiting.clear();
  };
  worker.on('message', (reply: BatchWorkerReply) => {
    const call = waiting.get(reply.step)?.shift();
    if ('batch' in reply) call?.resolve(reply);
    else call?.reject(new DeepShopError(reply.error.code, reply.error.message));
  });
  worker.on('error', (error) => end(error as Error));
  worker.on('exit', (code) => end(new DeepShopError('batch-worker-ended', `the batch worker ended with code ${code}`)));
  return {
    make: (step: number) =>
      new Promise<MadeBatch>((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        waiting.set(step, [...(waiting.get(step) ?? []), { resolve, reject }]);
        worker.postMessage(step);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
