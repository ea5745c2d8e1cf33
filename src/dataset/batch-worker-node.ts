/** @file The worker thread that makes batches ahead of the training step. Started by `batches-node.ts`. */
import { workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { answerCalls } from '../concurrency/thread-calls-node.ts';
import { type MadeBatch, makeTimedBatch } from './batch-node.ts';
import { scheduleBatches } from './batch-schedule.ts';
import type { BatchConfig, WeightedDataset } from './batches.ts';

export interface BatchWorkerData {
  readonly datasets: readonly WeightedDataset[];
  readonly config: BatchConfig;
}

const { datasets, config }: BatchWorkerData = workerData;
const schedule = scheduleBatches(datasets, config);
// The training step wants the cores: one photo is decoded by one thread.
sharp.concurrency(1);
sharp.cache(false);

/** One batch at a time: the step that is asked for first waits for no other. */
let last: Promise<unknown> = Promise.resolve();
answerCalls(
  (step: number): Promise<MadeBatch> => {
    const made = last.then(() => makeTimedBatch(schedule, config, step));
    last = made.catch(() => {});
    return made;
  },
  ({ batch }) => [batch.pixels.buffer],
);
