/** @file Views made ahead in a worker thread, in the order in which they are asked for. */
import { DeepShopError } from '../errors/errors.ts';
import { openThread } from '../files/open-thread-node.ts';
import type { View, ViewRequest, ViewSource, ViewWorkerReply } from './make-view-node.ts';

/** Views made ahead of the reader; a prepared photo takes about a megabyte. */
const ahead = 8;

/** Every view that is asked for, in order; the same bytes as made in this thread. */
export async function* makeViews(source: ViewSource, requests: readonly ViewRequest[]): AsyncGenerator<View> {
  const worker = openThread('./view-worker-node', import.meta.url, source);
  const replies: ViewWorkerReply[] = [];
  let wake = () => {};
  let ended: Error | null = null;
  const end = (error: Error) => {
    ended ??= error;
    wake();
  };
  worker.on('message', (reply: ViewWorkerReply) => {
    replies.push(reply);
    wake();
  });
  worker.on('error', (error) => end(error as Error));
  worker.on('exit', (code) => end(new DeepShopError('view-worker-ended', `the view worker ended with code ${code}`)));
  let asked = 0;
  const ask = () => {
    if (asked < requests.length) worker.postMessage(requests[asked++]);
  };
  try {
    for (let first = 0; first < ahead; first++) ask();
    for (let done = 0; done < requests.length; done++) {
      while (replies.length === 0 && ended === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const reply = replies.shift();
      if (reply === undefined) throw ended!;
      if ('error' in reply) throw new DeepShopError(reply.error.code, reply.error.message);
      ask();
      yield reply.view;
    }
  } finally {
    await worker.terminate();
  }
}
