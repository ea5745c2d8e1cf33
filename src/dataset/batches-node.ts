/** @file Batches made ahead in worker threads, so that the training step need not wait for data. */
import { availableParallelism } from 'node:os';
import { openThread } from '../concurrency/open-thread-node.ts';
import { ThreadCalls } from '../concurrency/thread-calls-node.ts';
import { DeepShopError } from '../errors/errors.ts';
import { type MadeBatch, makeTimedBatch } from './batch-node.ts';
import { scheduleBatches } from './batch-schedule.ts';
import type { BatchWorkerData } from './batch-worker-node.ts';
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

/** One thread keeps up with a step on a few cores; beside many, or a GPU, a step would wait for it. */
const workersHere = Math.min(Math.max(1, Math.floor(availableParallelism() / 4)), 8);
const standardLookAhead: LookAhead = { workers: workersHere, batches: workersHere + 2 };

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
      ? { make: (step: number) => makeTimedBatch(schedule, config, step), close: async () => {} }
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

function startWorkers(workerData: BatchWorkerData, count: number) {
  // An error of its own (of memory, perhaps), or the code that it ended with.
  const ended = (cause: unknown) =>
    cause instanceof Error
      ? cause
      : new DeepShopError('batch-worker-ended', `the batch worker ended with code ${cause}`);
  const workers = Array.from({ length: count }, () => {
    const worker = openThread('./batch-worker-node', import.meta.url, workerData);
    return new ThreadCalls<number, MadeBatch>(worker, ended);
  });
  let turn = 0;
  return {
    make: (step: number) => workers[turn++ % count].ask(step),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
