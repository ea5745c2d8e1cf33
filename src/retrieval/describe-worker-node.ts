/** @file The worker thread that turns pictures into garments while others do. Started by `picture-describer-node.ts`. */
import { workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { answerCalls } from '../concurrency/thread-calls-node.ts';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { readPhoto } from '../image/decode-node.ts';
import { describeSoldGarment } from './sold-garment.ts';

export interface DescribeWorkerData {
  /** Model directory. */
  readonly model: string;
  /** An `encoder.json`. */
  readonly encoder: string | undefined;
  readonly descriptor: DescriptorName;
}

export interface PictureJob {
  /** A picture file's. */
  readonly bytes: Uint8Array;
  /** Its name, for errors. */
  readonly file: string;
  readonly category: string | null;
}

const { model, encoder, descriptor }: DescribeWorkerData = workerData;
// A thread has a core: it shares neither a picture nor a run of the network with others.
sharp.concurrency(1);
sharp.cache(false);
const opening = openEngine(model, { encoder, threads: 1 });

answerCalls(async ({ bytes, file, category }: PictureJob) => {
  const photo = await readPhoto(bytes, { where: file });
  return describeSoldGarment(photo, { engine: await opening, descriptor, category });
});
