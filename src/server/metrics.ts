/** @file Numbers for Prometheus: requests, queues, stages of the work, the store. Of people they say nothing. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EndpointName } from '../api/endpoints.ts';
import type { ShopEvent } from '../api/event.ts';
import type { QueryMemory } from './query-memory.ts';
import type { Searcher } from './searcher.ts';
import type { WorkQueue } from './work-queue.ts';

const seconds = [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];

/** Parts of the work that are timed on their own. */
export type Stage = 'decode' | 'garments' | 'box' | 'nearest' | 'page';

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'endpoint' | 'status'>;
  readonly #stages: Histogram<'stage'>;
  readonly #events: Counter<'type'>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'deepshop_request_seconds',
      help: 'Time to answer a request, waiting included.',
      labelNames: ['endpoint', 'status'],
      buckets: seconds,
      registers,
    });
    this.#stages = new Histogram({
      name: 'deepshop_stage_seconds',
      help: 'Time of a stage of the work: decode, garments (network and vectors), box, nearest, page.',
      labelNames: ['stage'],
      buckets: seconds,
      registers,
    });
    this.#events = new Counter({
      name: 'deepshop_events_total',
      help: 'Events of shoppers.',
      labelNames: ['type'],
      registers,
    });
  }

  /** Gauges that are read when they are asked for. */
  observe({
    queues,
    queries,
    searcher,
  }: {
    readonly queues: { readonly [name: string]: WorkQueue };
    readonly queries: QueryMemory;
    readonly searcher: Searcher;
  }): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'deepshop_queue_requests',
      help: 'Requests that wait for their turn, and those that are worked on.',
      labelNames: ['queue', 'state'],
      registers,
      collect() {
        for (const [queue, { numRunning, numWaiting }] of Object.entries(queues)) {
          this.set({ queue, state: 'running' }, numRunning);
          this.set({ queue, state: 'waiting' }, numWaiting);
        }
      },
    });
    new Gauge({
      name: 'deepshop_answers',
      help: 'Garments that were answered since the start, by outcome.',
      labelNames: ['outcome'],
      registers,
      collect() {
        for (const [outcome, count] of Object.entries(queries.counts)) this.set({ outcome }, count);
      },
    });
    // Of a store that does not answer, numbers are unknown; the others are still to be had.
    const counts = onceAWhile(() => searcher.counts().catch(() => undefined));
    new Gauge({
      name: 'deepshop_store_up',
      help: '1 while the store answers.',
      registers,
      async collect() {
        this.set((await counts()) === undefined ? 0 : 1);
      },
    });
    const counted = {
      deepshop_photos: ['photos', 'Photos in memory.'],
      deepshop_photo_bytes: ['photoBytes', 'Memory that photos take.'],
      deepshop_store_products: ['products', 'Products in the store.'],
      deepshop_store_rows: ['rows', 'Rows in the store.'],
    } as const;
    for (const [name, [count, help]] of Object.entries(counted)) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set((await counts())?.[count] ?? Number.NaN);
        },
      });
    }
  }

  request(endpoint: EndpointName | 'page' | 'unknown', status: number, elapsedMs: number): void {
    this.#requests.observe({ endpoint, status: String(status) }, elapsedMs / 1000);
  }

  stage(stage: Stage, elapsedMs: number): void {
    this.#stages.observe({ stage }, elapsedMs / 1000);
  }

  event(type: ShopEvent['type']): void {
    this.#events.inc({ type });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** What is asked for by several at about the same time is worked out once. */
function onceAWhile<T>(work: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at > 200) last = { at: performance.now(), result: work() };
    return last.result;
  };
}
