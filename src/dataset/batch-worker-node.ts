/** @file The worker thread that makes batches ahead of the training step. Started by `batches-node.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { DeepShopError, describeError, type ErrorFacts } from '../errors/errors.ts';
import { makeBatch } from './batch-node.ts';
import { scheduleBatches } from './batch-schedule.ts';
import type { Batch, BatchConfig, WeightedDataset } from './batches.ts';

export interface BatchWorkerData {
  readonly datasets: readonly WeightedDataset[];
  readonly config: BatchConfig;
}

/** What a worker answers to a step's number. */
export type BatchWorkerReply =
  | { readonly step: number; readonly batch: Batch; readonly makingMs: number }
  | { readonly step: number; readonly error: { code: string; message: string; facts: ErrorFacts } };

const port = parentPort;
if (port === null) throw new Error('batch-worker-node.ts runs as a worker thread');
const { datasets, config } = workerData as BatchWorkerData;
const schedule = scheduleBatches(datasets, config);
// The training step wants the cores: one photo is decoded by one thread.
sharp.concurrency(1);
sharp.cache(false);

let last: Promise<void> = Promise.resolve();
port.on('message', (step: number) => {
  last = last.then(() => answer(step));
});

async function answer(step: number): Promise<void> {
  const started = performance.now();
  try {
    const batch = await makeBatch(schedule, config, step);
    const reply: BatchWorkerReply = { step, batch, makingMs: performance.now() - started };
    port?.postMessage(reply, [batch.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    const facts = error instanceof DeepShopError ? error.facts : {};
    port?.postMessage({ step, error: { ...describeError(error), facts } } satisfies BatchWorkerReply);
  }
}
