/**
 * @file Kills an indexer at random moments and looks at what it leaves, again and again: every entry that was said to be in
 * the store must be there as the feed has it, nothing that was there may be lost, and the next run must go on.
 *
 * Feeds come in generations. Each has new prices and lacks other items than the one before, so that rows are added,
 * updated and removed; in every second one all pictures are described again.
 */
import { spawn } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Random } from '../../src/random/random.ts';
import { openAnyStore } from '../../src/stores/open-store-node.ts';
import { writeDemoCatalogue } from '../../src/studio/catalogue-node.ts';

const indexer = fileURLToPath(new URL('./indexer.ts', import.meta.url));
/** Every so manieth item is not for sale in a generation. */
const missing = 11;

/** What describes pictures: their colours, in one thread, or the bundled model, in two. */
export type SoakEngine = 'colours' | 'bundled';

export interface SoakOptions {
  /** Empty, or not there yet. */
  readonly folder: string;
  readonly engine: SoakEngine;
  readonly numItems: number;
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (outcome: SoakOutcome) => void;
}

export interface SoakOutcome {
  /** Of processes that were at work. */
  kills: number;
  /** Runs that came to their end. */
  generations: number;
  /** Kills after a commit of the same run. */
  killsAfterCommit: number;
  /** Rows that were looked at, each after a kill or an end. */
  rowsChecked: number;
}

interface Generation {
  /** From 1; the price of all its items. */
  readonly number: number;
  readonly ids: readonly string[];
}

/** @throws Error at the first row that is not as it must be, or a run that fails */
export async function soakIndexing(options: SoakOptions): Promise<SoakOutcome> {
  const { folder, engine, numItems, kills, seed, onKill } = options;
  const { items } = await writeDemoCatalogue(folder, { count: numItems });
  const all = items.map(({ id }) => id);
  const feed = join(folder, 'feed.csv');
  const store = join(folder, 'store');
  const random = new Random(seed);
  const vectors = new Map<string, string>();
  const outcome: SoakOutcome = { kills: 0, generations: 0, killsAfterCommit: 0, rowsChecked: 0 };
  let before: Generation = { number: 0, ids: [] };
  // Milliseconds that a whole run takes, about: kills that all come too early make it longer.
  let wholeMs = 1000;
  while (outcome.kills < kills) {
    const number = before.number + 1;
    const now = { number, ids: all.filter((_, at) => at % missing !== number % missing) };
    const rows = now.ids.map((id) => `${id},images/${id}.jpg,${number}`);
    await writeFile(feed, `id,image,price\n${rows.join('\n')}\n`);
    let numCommitted = 0;
    for (let isWhole = false; !isWhole; ) {
      // By turns soon after a commit, and at any moment.
      const moment: Moment =
        outcome.kills % 2 === 0
          ? { numCommits: 1 + random.below(4), afterMs: random.between(0, 60) }
          : { numCommits: 0, afterMs: random.between(0, 1.2 * wholeMs) };
      const args = [feed, store, engine, number % 2 === 0 ? 'refresh' : ''];
      const run = await runIndexer(args, outcome.kills < kills ? moment : undefined);
      numCommitted = Math.max(numCommitted, run.numCommitted);
      isWhole = !run.isKilled;
      if (run.isKilled) outcome.kills += 1;
      wholeMs = run.isKilled ? 1.2 * wholeMs : run.workMs;
      if (run.isKilled && run.numCommitted > 0) outcome.killsAfterCommit += 1;
      outcome.rowsChecked += await checkStore(store, { all, before, now, numCommitted, isWhole, vectors });
      if (run.isKilled) onKill?.(outcome);
    }
    outcome.generations += 1;
    before = now;
  }
  return outcome;
}

/** When a process is killed: so long after it has told of so many commits; 0 is its first word. */
interface Moment {
  readonly numCommits: number;
  readonly afterMs: number;
}

interface Run {
  readonly isKilled: boolean;
  readonly numCommitted: number;
  /** From the first word of the process to its end. */
  readonly workMs: number;
}

/** One process, killed at a moment unless it has ended by then. */
async function runIndexer(args: readonly string[], moment: Moment | undefined): Promise<Run> {
  const child = spawn(process.execPath, ['--import', 'tsx', indexer, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  let numCommitted = 0;
  let numCommits = 0;
  let begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (line === 'begun') begun = performance.now();
    else {
      numCommits += 1;
      numCommitted = Number(line.slice('committed '.length));
    }
    if (moment?.numCommits === numCommits) timer ??= setTimeout(() => child.kill('SIGKILL'), moment.afterMs);
  }
  const end = await ended;
  clearTimeout(timer);
  if (end !== 0 && end !== 'SIGKILL') throw new Error(`the indexer failed (${end}): ${errors}`);
  return { isKilled: end === 'SIGKILL', numCommitted, workMs: performance.now() - begun };
}

interface Expected {
  readonly all: readonly string[];
  /** The last generation that came to its end. */
  readonly before: Generation;
  readonly now: Generation;
  /** Entries of the present feed that were said to be in the store. */
  readonly numCommitted: number;
  readonly isWhole: boolean;
  /** The vector of each item, from when it was seen first. */
  readonly vectors: Map<string, string>;
}

/** How many rows were looked at. */
async function checkStore(directory: string, expected: Expected): Promise<number> {
  const { all, before, now, numCommitted, isWhole, vectors } = expected;
  const isThere = await access(join(directory, 'store.json')).then(
    () => true,
    () => false,
  );
  if (!isThere && numCommitted === 0 && before.number === 0) return 0;
  const store = await openAnyStore(directory);
  let count = 0;
  for (const id of all) {
    const rows = await store.rowsOf(id);
    const prices = rows.map(({ attributes }) => attributes.price);
    const at = now.ids.indexOf(id);
    const isCommitted = at >= 0 && at < numCommitted;
    const allowed = isCommitted || isWhole ? [now.number] : [before.number, now.number];
    const must = isWhole || isCommitted ? at >= 0 : before.ids.includes(id) && at >= 0;
    const may = at >= 0 || (!isWhole && before.ids.includes(id));
    if (
      rows.length > 1 ||
      (must && rows.length === 0) ||
      (!may && rows.length > 0) ||
      !prices.every((price) => allowed.some((each) => each === price))
    )
      throw new Error(
        `generation ${now.number}, ${numCommitted} committed: ${id} has prices ${JSON.stringify(prices)}`,
      );
    for (const { vector } of rows) {
      const text = vector.join();
      if ((vectors.get(id) ?? text) !== text) throw new Error(`generation ${now.number}: ${id} has another vector`);
      vectors.set(id, text);
    }
    count += rows.length;
  }
  const { rows } = await store.stats();
  if (rows !== count) throw new Error(`generation ${now.number}: ${rows} rows, ${count} of them of items`);
  return count;
}
