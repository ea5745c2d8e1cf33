/** @file The worker thread that photographs garments again while the detector reads others. Started by `views-node.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { describeError } from '../errors/errors.ts';
import { makeView, type ViewRequest, type ViewSource, type ViewWorkerReply } from './make-view-node.ts';

const port = parentPort;
if (port === null) throw new Error('view-worker-node.ts runs as a worker thread');
const source = workerData as ViewSource;
// The detector wants the other core.
sharp.concurrency(1);
sharp.cache(false);

let last: Promise<void> = Promise.resolve();
port.on('message', (request: ViewRequest) => {
  last = last.then(() => answer(request));
});

async function answer(request: ViewRequest): Promise<void> {
  try {
    const view = await makeView(source, request);
    const reply: ViewWorkerReply = { view };
    port?.postMessage(reply, [view.prepared.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    port?.postMessage({ error: describeError(error) } satisfies ViewWorkerReply);
  }
}
