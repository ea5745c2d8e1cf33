/**
 * @file Requests that are sent when they are due, whether or not earlier ones were answered, as shoppers do. Latency counts from
 * the moment at which a request was due: a server that stalls cannot hide it by slowing the generator down.
 */
import { setTimeout } from 'node:timers/promises';
import { Random } from '../../src/random/random.ts';

export interface Arrivals {
  /** Requests a second, on average; gaps are exponential. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Requests in flight at most, as many as there are clients; one that is due waits, and its wait counts. */
  readonly clients: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Milliseconds from when each was due, of those that were answered with 200, ascending. */
  readonly latencies: readonly number[];
  /** Answers by status; 0 for none. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly seconds: number;
  /** Of one core, of this process: beyond about 0.5 the generator is part of what is measured. */
  readonly generatorShare: number;
}

/** When requests are due, in milliseconds from the start. */
export function dueTimes({ rate, seconds, seed }: Pick<Arrivals, 'rate' | 'seconds' | 'seed'>): number[] {
  const random = new Random(seed);
  const due: number[] = [];
  for (let at = 0; at < 1000 * seconds; at += (-Math.log(1 - random.uniform()) * 1000) / rate) due.push(at);
  return due;
}

/** @param ask sends one request; the status of its answer */
export async function runOpenLoop(ask: () => Promise<number>, arrivals: Arrivals): Promise<LoadResult> {
  const started = performance.now();
  const due = dueTimes(arrivals).map((at) => started + at);
  let next = 0;
  return measure(arrivals.clients, async (answered) => {
    while (next < due.length) {
      const at = due[next++];
      const early = at - performance.now();
      if (early > 0) await setTimeout(early);
      answered(await ask().catch(() => 0), performance.now() - at);
    }
  });
}

/** One client's request after the other, each sent when the one before is answered: `clients` of them, for so many seconds. */
export async function runClosedLoop(
  ask: () => Promise<number>,
  { seconds, clients }: Pick<Arrivals, 'seconds' | 'clients'>,
): Promise<LoadResult> {
  const end = performance.now() + 1000 * seconds;
  return measure(clients, async (answered) => {
    while (performance.now() < end) {
      const sent = performance.now();
      answered(await ask().catch(() => 0), performance.now() - sent);
    }
  });
}

async function measure(
  clients: number,
  client: (answered: (status: number, latency: number) => void) => Promise<void>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const answered = (status: number, latency: number) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 200) latencies.push(latency);
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, () => client(answered)));
  const elapsed = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return {
    sent: [...statuses.values()].reduce((sum, count) => sum + count, 0),
    latencies: latencies.sort((a, b) => a - b),
    statuses,
    seconds: elapsed / 1000,
    generatorShare: (user + system) / 1000 / elapsed,
  };
}

/** @param share from 0 to 1, of values in ascending order */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
}
