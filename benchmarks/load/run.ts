/**
 * @file `npm run bench:load -- --store DIR [--seconds 20] [--long 600] [--photo FILE] [--clients 1,4,16,64]`: a server in a process
 * of its own. First one client, and the capacity, by as many requests as are answered; then arrivals in open loop at 80 % of it, at
 * each number of clients, and for ten minutes, memory watched; last three times the capacity, which must be shed with 429, and
 * whether it recovers. Photos are forgotten after a minute, so that a run sees memory that is given back. Ends with 1 where a bar is missed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { threadsFor } from '../../src/server/serve-node.ts';
import { demoQuery } from '../../src/studio/catalogue.ts';
import { drawOutfit } from '../../src/studio/outfit.ts';
import { renderPhoto } from '../../src/studio/render-node.ts';
import { processMemory } from '../process-memory.ts';
import { idealLatencies } from './ideal-queue.ts';
import { residentBytes, watchMemory } from './memory-of.ts';
import { type LoadResult, quantile, runClosedLoop, runOpenLoop } from './open-loop.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    model: { type: 'string' },
    photo: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    long: { type: 'string', default: '600' },
    clients: { type: 'string', default: '1,4,16,64' },
    workers: { type: 'string' },
  },
});
if (values.store === undefined) throw new Error('--store DIR: a store made by deepshop index');
const [seconds, longSeconds] = [Number(values.seconds), Number(values.long)];
const program = fileURLToPath(new URL('../../bin/deepshop.js', import.meta.url));

const flags = ['serve', '--store', values.store, '--port', '0', '--quiet', '--photo-minutes', '1'];
if (values.model !== undefined) flags.push('--model', values.model);
if (values.workers !== undefined) flags.push('--workers', values.workers);
const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await addressOf(child);
const photo = values.photo === undefined ? await drawnPhoto() : readFileSync(values.photo);

try {
  printMemory('after the start');
  for (let count = 0; count < 5; count++) await ask();
  const alone = await runClosedLoop(ask, { seconds, clients: 1 });
  print('one client, one request after the other', alone);
  bar('p50 at one client under 60 ms', quantile(alone.latencies, 0.5) < 60);
  const full = await runClosedLoop(ask, { seconds: 3 * seconds, clients: 8 });
  const capacity = full.latencies.length / full.seconds;
  console.log(`capacity: ${capacity.toFixed(1)} photos/s; load of the machine ${loadavg()[0]?.toFixed(1)}`);
  for (const clients of values.clients.split(',').map(Number)) {
    const rate = 0.8 * (clients === 1 ? alone.latencies.length / alone.seconds : capacity);
    const result = await runOpenLoop(ask, { rate, seconds, seed: clients, clients });
    print(`${clients} clients at ${rate.toFixed(1)}/s`, result);
  }
  const memory = watchMemory(child.pid);
  const arrivals = { rate: 0.8 * capacity, seconds: longSeconds, seed: 8, clients: 64 };
  const long = await runOpenLoop(ask, arrivals);
  const slope = memory.stop(Math.max(120, longSeconds / 3));
  print(`80 % of capacity for ${longSeconds} s`, long);
  console.log(`memory: ${slope.toFixed(2)} MB a minute`);
  printIdeal(arrivals, capacity);
  bar('p99 at most 4 x p50', quantile(long.latencies, 0.99) <= 4 * quantile(long.latencies, 0.5));
  bar('no error', long.statuses.size === 1 && long.statuses.has(200));
  bar('memory grows by less than 1 MB a minute', slope < 1);
  const over = await runOpenLoop(ask, { rate: 3 * capacity, seconds, seed: 9, clients: 256 });
  print('3x capacity', over);
  bar(
    'sheds with 429 alone',
    over.statuses.has(429) && [...over.statuses.keys()].every((status) => [200, 429].includes(status)),
  );
  const after = await runOpenLoop(ask, { rate: 0.5 * capacity, seconds: seconds / 2, seed: 10, clients: 16 });
  print('after it', after);
  bar('recovers', after.statuses.size === 1 && after.statuses.has(200));
  printMemory('at the end');
} finally {
  child.kill('SIGTERM');
}

async function ask(): Promise<number> {
  const body = new FormData();
  body.append('photo', new Blob([new Uint8Array(photo)]), 'photo.jpg');
  body.append('query', JSON.stringify({ top: 3 }));
  const answer = await fetch(`${url}/v1/search`, { method: 'POST', body });
  await answer.arrayBuffer();
  return answer.status;
}

/** How much of the wait is these arrivals' own: with others drawn, an ideal queue has some tenths more or less of the ratio. */
function printIdeal(arrivals: Parameters<typeof idealLatencies>[0], perSecond: number): void {
  const servers = values.workers === undefined ? threadsFor(availableParallelism()) : Number(values.workers);
  const latencies = idealLatencies(arrivals, { servers, perSecond });
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  console.log(
    `an ideal queue with ${servers} servers of the same capacity: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${(p99 / p50).toFixed(2)} x p50`,
  );
}

/** Of the server alone. */
function printMemory(when: string): void {
  const { now, peak } = processMemory(child.pid);
  console.log(`server ${when}: ${(now / 1e6).toFixed(0)} MB, at most ${(peak / 1e6).toFixed(0)} MB so far`);
}

function bar(name: string, holds: boolean): void {
  console.log(`  ${holds ? 'met' : 'MISSED'}: ${name}`);
  if (!holds) process.exitCode = 1;
}

function print(name: string, { sent, latencies, statuses, seconds: elapsed, generatorShare }: LoadResult): void {
  const ms = (share: number) => quantile(latencies, share).toFixed(0);
  const times = latencies.length === 0 ? '' : `p50 ${ms(0.5)} ms, p90 ${ms(0.9)}, p99 ${ms(0.99)}; `;
  const answers = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  const rate = ((statuses.get(200) ?? 0) / elapsed).toFixed(1);
  const megabytes = (residentBytes(child.pid) / 1e6).toFixed(0);
  console.log(
    `${name}: ${sent} sent, ${answers}; ${rate}/s; ${times}server ${megabytes} MB, generator ${(100 * generatorShare).toFixed(0)} % of a core`,
  );
}

function addressOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout?.on('data', (chunk) => {
      text += String(chunk);
      const found = /https?:\/\/\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    stdout?.on('close', () => reject(new Error('the server did not start')));
  });
}

async function drawnPhoto(): Promise<Buffer> {
  const { pixels, width, height } = await renderPhoto(drawOutfit(demoQuery(1).scene));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}
