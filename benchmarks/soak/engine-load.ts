/**
 * @file Writers and readers of a store in OpenSearch that know what must be in it: an acknowledged change is there in its
 * newest version, or gone if it was a deletion, whatever died meanwhile.
 */
import { setTimeout } from 'node:timers/promises';
import { Random } from '../../src/random/random.ts';
import { openAnyStore, openAnyStoreForWriting } from '../../src/stores/open-store-node.ts';
import type { Row } from '../../src/stores/row.ts';
import { StoreError } from '../../src/stores/store-error.ts';
import type { OpenedStore, RetryCounts } from '../../src/stores/vector-store.ts';

const dimension = 64;
/** Above ten thousand the graph answers, below it every row is compared. */
export const numProducts = 12_000;
const changesAtOnce = 40;
/** Between two commits, and between two queries: nodes that start are to have some of the machine. */
const [writerPauseMs, readerPauseMs] = [150, 20];

const want = {
  space: { descriptor: 'garment', spaceId: 'soak/1', dimension, metric: 'cosine' },
  modelId: 'soak',
  schema: { version: 'number' },
} as const;

/** Of a product: the version that was acknowledged last, null for a deletion. */
type Version = number | null;

/** When an answer was asked for and when it came, in ms. */
export interface Answered {
  readonly from: number;
  readonly to: number;
}

export class EngineLoad {
  readonly #place: string;
  readonly #stop = new AbortController();
  readonly #retries: RetryCounts[] = [];
  /** Of each writer. */
  readonly #acknowledged: Map<number, Version>[] = [];
  readonly answers: Answered[] = [];
  readonly commits: Answered[] = [];
  numChanges = 0;
  /** Commits that gave up, and were made again. */
  numGivenUp = 0;

  constructor(place: string) {
    this.#place = place;
  }

  async fill(): Promise<void> {
    const store = await openAnyStoreForWriting(this.#place, want);
    const acknowledged = new Map<number, Version>();
    for (let product = 0; product < numProducts; product++) {
      await store.upsert([rowOf(product, 0)]);
      acknowledged.set(product, 0);
    }
    await store.commit();
    await store.close();
    this.#acknowledged.push(acknowledged);
  }

  /** Until {@link stop}: writers of their own products, two of the same ones, and a reader. */
  async run(seed: number): Promise<void> {
    const third = Math.floor(numProducts / 3);
    const ranges = [
      [0, third],
      [third, 2 * third],
      [2 * third, numProducts],
      [2 * third, numProducts],
    ] as const;
    await Promise.all([...ranges.map((range, at) => this.#write(range, new Random(seed + at))), this.#read()]);
  }

  stop(): void {
    this.#stop.abort();
  }

  get retries(): RetryCounts {
    const sum = (kind: keyof RetryCounts) => this.#retries.reduce((total, counts) => total + counts[kind], 0);
    return { busy: sum('busy'), unavailable: sum('unavailable'), partial: sum('partial'), conflicts: sum('conflicts') };
  }

  /** Looks at every product. Only while nobody writes. @throws where one is lost, old or back */
  async check(): Promise<number> {
    const store = await openAnyStore(this.#place);
    const found = new Map<number, number>();
    for await (const { product, attributes } of store.rows()) {
      if (found.has(Number(product))) throw new Error(`product ${product} is there twice`);
      found.set(Number(product), Number(attributes.version));
    }
    await store.close();
    for (let product = 0; product < numProducts; product++) {
      // Of two writers of the same product, either was the last; before both, the one that filled the store.
      const [filled, ...written] = this.#acknowledged.map((each) => each.get(product));
      const last = written.filter((version) => version !== undefined);
      const allowed = last.length > 0 ? last : [filled];
      const version = found.get(product) ?? null;
      if (!allowed.includes(version))
        throw new Error(`product ${product}: version ${version}, acknowledged was ${allowed.join(' or ')}`);
    }
    return numProducts;
  }

  async #write([from, to]: readonly [number, number], random: Random): Promise<void> {
    const store = await openAnyStoreForWriting(this.#place, want);
    if (store.retries !== undefined) this.#retries.push(store.retries);
    const acknowledged = new Map<number, Version>();
    this.#acknowledged.push(acknowledged);
    while (!this.#stop.signal.aborted) {
      const changes = new Map<number, Version>();
      for (let count = 0; count < changesAtOnce; count++)
        changes.set(from + random.below(to - from), random.below(4) === 0 ? null : ++this.numChanges);
      const rows = Array.from(changes, ([product, version]) => rowOf(product, version ?? 0));
      await store.upsert(rows.filter((_, at) => [...changes.values()][at] !== null));
      await this.#patiently(() => store.delete(rows.filter((_, at) => [...changes.values()][at] === null)));
      const started = Date.now();
      await this.#patiently(() => store.commit());
      this.commits.push({ from: started, to: Date.now() });
      for (const [product, version] of changes) acknowledged.set(product, version);
      await setTimeout(writerPauseMs);
    }
    await store.close();
  }

  async #read(): Promise<void> {
    const store = await openAnyStore(this.#place);
    if (store.retries !== undefined) this.#retries.push(store.retries);
    for (let query = 0; !this.#stop.signal.aborted; query++) {
      const from = Date.now();
      await this.#patiently(() => this.#ask(store, query));
      this.answers.push({ from, to: Date.now() });
      await setTimeout(readerPauseMs);
    }
    await store.close();
  }

  async #ask(store: OpenedStore, query: number): Promise<void> {
    const hits = await store.query({ vector: rowOf(query % numProducts, 0).vector, k: 10 });
    if (hits.length !== 10) throw new Error(`an answer of ${hits.length} rows`);
  }

  /** A cluster that was killed whole may be away for longer than a store waits; what it did not acknowledge is sent again. */
  async #patiently<T>(job: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await job();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        console.log(`  ${error.message.slice(0, 160)}`);
        this.numGivenUp += 1;
      }
    }
  }
}

function rowOf(product: number, version: number): Row {
  const random = new Random(product);
  const vector = Float32Array.from({ length: dimension }, () => random.normal());
  const facts = { variant: '', image: '', region: 0, box: [0, 0, 1, 1], label: 'tee', score: 1 } as const;
  return { ...facts, product: String(product), contentHash: '', attributes: { version }, vector };
}
