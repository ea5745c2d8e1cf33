/**
 * @file `npx tsx benchmarks/soak/hostile-uploads.ts --store DIR [--count 1000] [--seed 1]`: files that are no photos, and pictures
 * that were changed at random, sent to a server in a process of its own. Exits with 1 at an answer without a code of its own, a
 * server that went away, or memory that grows.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ApiFailure, createClient } from '../../src/client/client.ts';
import { hostileFiles, mutatedPictures } from '../../tests/hostile-pictures.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.store === undefined) throw new Error('--store DIR: a store made by deepshop index');
const count = Number(values.count);
/** Growth from the middle of the run to its end. */
const mostGrowth = 40e6;

const program = fileURLToPath(new URL('../../bin/deepshop.js', import.meta.url));
const flags = ['serve', '--store', values.store, '--port', '0', '--quiet', '--photo-minutes', '1'];
const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise<string>((resolve, reject) => {
  child.stdout.on('data', (chunk) => resolve(/https?:\/\/\S+/.exec(String(chunk))?.[0] ?? ''));
  child.on('exit', () => reject(new Error('the server did not start')));
});
const shop = createClient({ url });
const codes = new Map<string, number>();
let wrong = 0;

async function send(name: string, bytes: Uint8Array): Promise<void> {
  const code = await shop.detect(new Blob([new Uint8Array(bytes)])).then(
    () => 'fine',
    (error) => (error instanceof ApiFailure ? error.code : String(error)),
  );
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (code === 'fine' || /^image-/.test(code)) return;
  wrong += 1;
  console.log(`${name}: ${code}`);
}

const rss = () => 4096 * Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]);
try {
  for (const { name, bytes } of await hostileFiles()) await send(name, bytes);
  let sent = 0;
  let middle = 0;
  for await (const { name, bytes } of mutatedPictures(count, Number(values.seed))) {
    await send(name, bytes);
    sent += 1;
    if (sent === count >> 1) middle = rss();
    if (sent % 100 === 0) console.log(`${sent} sent, server ${(rss() / 1e6).toFixed(0)} MB`);
  }
  const growth = rss() - middle;
  console.log(Array.from(codes, ([code, times]) => `${times} ${code}`).join(', '));
  console.log(`${wrong} without a code of pictures; ${(growth / 1e6).toFixed(1)} MB more than in the middle`);
  if (wrong > 0 || growth > mostGrowth) process.exitCode = 1;
} finally {
  child.kill('SIGTERM');
}
