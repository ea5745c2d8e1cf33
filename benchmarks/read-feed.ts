/** @file A process that reads one feed as `deepshop index --fetch` does, and says how it went; `feeds.ts` starts it. */
import { loadavg } from 'node:os';
import { readCatalogue } from '../src/catalogue/read-catalogue-node.ts';
import { peakMemory } from './process-memory.ts';

/** What it prints, as JSON. */
export interface FeedReading {
  readonly pictures: number;
  /** Lines of the report. */
  readonly problems: number;
  /** Of the last line of the report; null where there is none. */
  readonly reason: string | null;
  /** Of a feed that was refused; null where it was read to its end. */
  readonly refusal: string | null;
  readonly seconds: number;
  /** Of all threads of the process, while it read. */
  readonly processorSeconds: number;
  /** Bytes. */
  readonly peak: number;
  /** Bytes, before the feed was opened. */
  readonly before: number;
  readonly load: number;
}

const [feed = ''] = process.argv.slice(2);
let [pictures, problems] = [0, 0];
let reason: string | null = null;
let refusal: string | null = null;
const before = peakMemory();
const started = performance.now();
const cpu = process.cpuUsage();
try {
  for await (const entry of readCatalogue(feed, { fetch: true })) {
    if (entry.kind === 'picture') {
      pictures += 1;
    } else {
      problems += 1;
      reason = entry.reason;
    }
  }
} catch (error) {
  refusal = error instanceof Error ? error.message : String(error);
}
const { user, system } = process.cpuUsage(cpu);
const reading: FeedReading = {
  pictures,
  problems,
  reason,
  refusal,
  seconds: (performance.now() - started) / 1000,
  processorSeconds: (user + system) / 1e6,
  peak: peakMemory(),
  before,
  load: loadavg()[0],
};
console.log(JSON.stringify(reading));
