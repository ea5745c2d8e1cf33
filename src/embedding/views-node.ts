/** @file Views made ahead in a worker thread, in the order in which they are asked for. */
import { mapAhead } from '../concurrency/map-ahead.ts';
import { openThread } from '../concurrency/open-thread-node.ts';
import { ThreadCalls } from '../concurrency/thread-calls-node.ts';
import { DeepShopError } from '../errors/errors.ts';
import type { ViewRequest } from './garment-views.ts';
import type { View, ViewSource } from './make-view-node.ts';

/** Views made ahead of the reader; a prepared photo takes about a megabyte. */
const ahead = 8;

/** Every view that is asked for, in order; the same bytes as made in this thread. */
export async function* makeViews(source: ViewSource, requests: readonly ViewRequest[]): AsyncGenerator<View> {
  const worker = openThread('./view-worker-node', import.meta.url, source);
  const calls = new ThreadCalls<ViewRequest, View>(worker, (cause) =>
    cause instanceof Error ? cause : new DeepShopError('view-worker-ended', `the view worker ended with code ${cause}`),
  );
  try {
    yield* mapAhead(requests, ahead, (request) => calls.ask(request));
  } finally {
    await calls.close();
  }
}
