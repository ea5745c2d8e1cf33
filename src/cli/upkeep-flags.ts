/** @file Flags of `deepshop index` that say how a store is kept up to date: what is removed, made again, waited for, shared out. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { parseShard, type Shard } from '../catalogue/shard.ts';
import { UsageError } from '../errors/errors.ts';

export interface UpkeepFlags {
  readonly prune?: boolean;
  readonly force?: boolean;
  readonly refresh?: boolean;
  readonly shard?: Shard;
  /** Seconds. */
  readonly wait?: number;
  readonly workers?: number;
  /** A file for what failed. */
  readonly report?: string;
}

/** Each thread has a model of its own: some 250 MB. */
const mostWorkers = 8;
/** For fewer pictures threads would be ready when the work is done. */
const worthWorkers = 32;

export function addUpkeepFlags(command: Command): Command {
  return command
    .option('--prune', 'remove what the source no longer has; refused for more than 20 % of the products')
    .option('--force', 'with --prune: however much it is')
    .option('--refresh', 'describe pictures again that did not change')
    .option('--shard <i/n>', 'index only the i-th of n shares of the products, such as 3/16', collectShard)
    .option('--wait <seconds>', 'wait so long for another process that writes the store', parseWait)
    .option('--workers <n>', 'threads that look at pictures; 0 for none beside the main one', parseWorkers)
    .option('--report <file>', 'write what failed to this file, a JSON object a line');
}

/** @throws UsageError for flags that do nothing together */
export function checkUpkeepFlags({ prune, force }: UpkeepFlags): void {
  if (!force || prune) return;
  throw new UsageError('nothing is removed', { where: '--force', expected: '--prune beside it', got: 'no --prune' });
}

/** Threads for so many pictures, where the flag does not say: one a core. */
export function workersFor(numPictures: number): number {
  return numPictures < worthWorkers ? 0 : Math.min(availableParallelism(), mostWorkers);
}

function collectShard(text: string): Shard {
  const shard = parseShard(text);
  if (shard === undefined) throw new InvalidArgumentError('expected i/n with i from 1 to n, such as 3/16.');
  return shard;
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 1e6) return seconds;
  throw new InvalidArgumentError('expected a number of seconds.');
}

function parseWorkers(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 0.');
}
