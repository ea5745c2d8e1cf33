/**
 * @file Pictures to garments, in this thread or in several that each have the model: a run of the network keeps its thread
 * busy and uses one core best, so pictures side by side are faster than one picture on all cores.
 */
import { openThread } from '../concurrency/open-thread-node.ts';
import { ThreadCalls } from '../concurrency/thread-calls-node.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { DescribeWorkerData, PictureJob } from './describe-worker-node.ts';
import { describeSoldGarment, type SoldGarment } from './sold-garment.ts';

export interface PictureDescriber {
  /** Jobs that may be under way at once without any waiting for another for long. */
  readonly width: number;
  /** @throws ImageError and others, each of which is this picture's alone */
  describe(job: PictureJob): Promise<SoldGarment>;
  close(): Promise<void>;
}

/**
 * @param workers threads at most, each with a model of its own, begun when they are needed; 0 for this thread. An engine
 *   that comes from no model directory works in this thread.
 */
export function createDescriber(
  engine: GarmentEngine,
  { descriptor, workers }: { readonly descriptor: DescriptorName; readonly workers: number },
): PictureDescriber {
  if (workers === 0 || engine.directory === undefined) {
    return {
      // One that is worked on, and photos that are decoded meanwhile; each may take 360 MB.
      width: 2,
      describe: async ({ bytes, file, category }) =>
        describeSoldGarment(await readPhoto(bytes, { where: file }), { engine, descriptor, category }),
      close: async () => {},
    };
  }
  return new DescriberPool({ model: engine.directory, encoder: engine.encoder, descriptor }, workers);
}

type Thread = ThreadCalls<PictureJob, SoldGarment>;

class DescriberPool implements PictureDescriber {
  readonly width: number;
  readonly #data: DescribeWorkerData;
  readonly #numThreads: number;
  #threads: Thread[] = [];

  constructor(data: DescribeWorkerData, numThreads: number) {
    this.#data = data;
    this.#numThreads = numThreads;
    // One photo is decoded while the network runs on another, and one more waits.
    this.width = 2 * numThreads + 1;
  }

  describe(job: PictureJob): Promise<SoldGarment> {
    return this.#leastBusy().ask(job);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #leastBusy(): Thread {
    const idle = this.#threads.find(({ numWaiting }) => numWaiting === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < this.#numThreads) return this.#start();
    return this.#threads.reduce((least, thread) => (thread.numWaiting < least.numWaiting ? thread : least));
  }

  #start(): Thread {
    const worker = openThread('./describe-worker-node', import.meta.url, this.#data);
    const thread: Thread = new ThreadCalls(worker, (cause) => {
      // The pictures of a thread that died, of memory perhaps, fail; the next one gets a new thread.
      this.#threads = this.#threads.filter((each) => each !== thread);
      const facts = { cure: 'Is there enough memory? Try fewer --workers.' };
      return new DeepShopError('worker-ended', 'the thread that read this picture ended', facts, { cause });
    });
    this.#threads.push(thread);
    return thread;
  }
}
