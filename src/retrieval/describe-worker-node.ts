/** @file The worker thread that turns pictures into garments while others do. Started by `picture-describer-node.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { describeError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import { describeSoldGarment, type SoldGarment } from './sold-garment.ts';

export interface DescribeWorkerData {
  /** Model directory. */
  readonly model: string;
  readonly descriptor: DescriptorName;
}

export interface DescribeJob {
  readonly number: number;
  /** A picture file's. */
  readonly bytes: Uint8Array;
  /** Its name, for errors. */
  readonly file: string;
  readonly category: string | null;
}

export type DescribeReply =
  | { readonly number: number; readonly garment: SoldGarment }
  | { readonly number: number; readonly error: { readonly code: string; readonly message: string } };

const port = parentPort;
if (port === null) throw new Error('describe-worker-node.ts runs as a worker thread');
const { model, descriptor } = workerData as DescribeWorkerData;
// A thread has a core: it shares neither a picture nor a run of the network with others.
sharp.concurrency(1);
sharp.cache(false);
const opening = openEngine(model, { threads: 1 });

port.on('message', async ({ number, bytes, file, category }: DescribeJob) => {
  try {
    const photo = await readPhoto(bytes, { where: file });
    const garment = await describeSoldGarment(photo, { engine: await opening, descriptor, category });
    port.postMessage({ number, garment } satisfies DescribeReply);
  } catch (error) {
    port.postMessage({ number, error: describeError(error) } satisfies DescribeReply);
  }
});
