/** @file The worker thread that photographs garments again while the detector reads others. Started by `views-node.ts`. */
import { workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { answerCalls } from '../concurrency/thread-calls-node.ts';
import type { ViewRequest } from './garment-views.ts';
import { makeView, type View, type ViewSource } from './make-view-node.ts';

const source: ViewSource = workerData;
// The detector wants the other core.
sharp.concurrency(1);
sharp.cache(false);

/** One view at a time: the reader wants them in order. */
let last: Promise<unknown> = Promise.resolve();
answerCalls(
  (request: ViewRequest): Promise<View> => {
    const made = last.then(() => makeView(source, request));
    last = made.catch(() => {});
    return made;
  },
  ({ prepared }) => [prepared.pixels.buffer],
);
