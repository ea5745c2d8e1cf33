/** @file Several searchers side by side, each with the model: a photo is asked about where it is remembered, the rest where there is least to do. */
import type { Searcher } from './searcher.ts';
import { threadOf } from './searcher-parts-node.ts';
import { SearcherThread, type ThreadOptions } from './searcher-thread-node.ts';
import type { SearcherThreadData } from './searcher-worker-node.ts';

export interface SearcherPool extends Searcher {
  /** Whether every thread has opened model and store. */
  readonly isOpen: boolean;
}

/** @throws whatever keeps a thread from opening model or store */
export async function openSearcherPool(
  data: SearcherThreadData,
  { numThreads, ...options }: ThreadOptions & { readonly numThreads: number },
): Promise<SearcherPool> {
  const threads = Array.from({ length: numThreads }, (_, thread) => {
    return new SearcherThread({ ...data, settings: { ...data.settings, thread } }, options);
  });
  await Promise.all(threads.map((thread) => thread.open()));
  const leastBusy = () => threads.reduce((least, each) => (each.numPending < least.numPending ? each : least));
  const [first] = threads;
  return {
    isOpen: true,
    model: () => first.call('model', []),
    check: () => first.call('check', []),
    detect: (bytes, signal) => leastBusy().call('detect', [bytes], signal),
    search(job, signal) {
      const { photoId } = job.request;
      const thread = photoId === undefined ? leastBusy() : (threads[threadOf(photoId)] ?? first);
      return thread.call('search', [job], signal);
    },
    listItems: (page) => leastBusy().call('listItems', [page]),
    getItem: (id) => leastBusy().call('getItem', [id]),
    findPicture: (product, hash) => leastBusy().call('findPicture', [product, hash]),
    async write(operations, signal) {
      // One thread writes: the store has one lock, and each thread one turn after the other.
      const outcomes = await first.call('write', [operations], signal);
      await Promise.all(threads.map((thread) => thread.call('refresh', [])));
      return outcomes;
    },
    refresh: async () => {
      await Promise.all(threads.map((thread) => thread.call('refresh', [])));
    },
    summary: () => first.call('summary', []),
    probe: () => leastBusy().call('probe', []),
    async counts() {
      const all = await Promise.all(threads.map((thread) => thread.call('counts', [])));
      const [{ rows, products }] = all;
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      return {
        rows,
        products,
        photos: sum(all.map(({ photos }) => photos)),
        photoBytes: sum(all.map(({ photoBytes }) => photoBytes)),
      };
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
