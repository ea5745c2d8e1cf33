/**
 * @file `npm run bench:load -- --store DIR [--seconds 20] [--photo FILE] [--clients 1,4,16,64] [--hours 0]`: a server in a
 * process of its own under open-loop load. First the capacity, by as many requests as are answered; then, at each number of
 * clients, 80 % of it; last three times the capacity, which must be shed with 429, and whether it recovers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { demoQuery } from '../../src/studio/catalogue.ts';
import { drawOutfit } from '../../src/studio/outfit.ts';
import { renderPhoto } from '../../src/studio/render-node.ts';
import { type LoadResult, quantile, runOpenLoop } from './open-loop.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    model: { type: 'string' },
    photo: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    clients: { type: 'string', default: '1,4,16,64' },
    workers: { type: 'string' },
  },
});
if (values.store === undefined) throw new Error('--store DIR: a store made by deepshop index');
const seconds = Number(values.seconds);
const program = fileURLToPath(new URL('../../bin/deepshop.js', import.meta.url));

const flags = ['serve', '--store', values.store, '--port', '0', '--quiet'];
if (values.model !== undefined) flags.push('--model', values.model);
if (values.workers !== undefined) flags.push('--workers', values.workers);
const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await addressOf(child);
const photo = values.photo === undefined ? await drawnPhoto() : readFileSync(values.photo);

try {
  for (let count = 0; count < 5; count++) await ask();
  const alone = await runOpenLoop(ask, { rate: 1000, seconds: seconds / 200, seed: 1, clients: 1 });
  print('one client, one request after the other', { ...alone, latencies: [] });
  const full = await runOpenLoop(ask, { rate: 1000, seconds: seconds / 20, seed: 1, clients: 8 });
  const capacity = full.latencies.length / full.seconds;
  console.log(`capacity: ${capacity.toFixed(1)} photos/s; load of the machine ${loadavg()[0]?.toFixed(1)}`);
  for (const clients of values.clients.split(',').map(Number)) {
    const rate = 0.8 * (clients === 1 ? alone.sent / alone.seconds : capacity);
    print(
      `${clients} clients at ${rate.toFixed(1)}/s`,
      await runOpenLoop(ask, { rate, seconds, seed: clients, clients }),
    );
  }
  print('3x capacity', await runOpenLoop(ask, { rate: 3 * capacity, seconds, seed: 9, clients: 256 }));
  print('after it', await runOpenLoop(ask, { rate: 0.5 * capacity, seconds: seconds / 2, seed: 10, clients: 16 }));
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

function print(name: string, { sent, latencies, statuses, seconds: elapsed, generatorShare }: LoadResult): void {
  const ms = (share: number) => quantile(latencies, share).toFixed(0);
  const times = latencies.length === 0 ? '' : `p50 ${ms(0.5)} ms, p90 ${ms(0.9)}, p99 ${ms(0.99)}; `;
  const answers = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  const rate = ((statuses.get(200) ?? 0) / elapsed).toFixed(1);
  const megabytes = (rssOf(child) / 1e6).toFixed(0);
  console.log(
    `${name}: ${sent} sent, ${answers}; ${rate}/s; ${times}server ${megabytes} MB, generator ${(100 * generatorShare).toFixed(0)} % of a core`,
  );
}

/** Bytes; 0 where there is no /proc. */
function rssOf({ pid }: ChildProcess): number {
  try {
    return 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
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
