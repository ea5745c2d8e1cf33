/**
 * @file The most memory that training by one of the paper's recipes takes with one photo a step, at full size, from random
 * weights, validation of two drawn photos included: `npx tsx benchmarks/full-step.ts [--recipe paper-r50] [--steps 2]`, after
 * `npm run build`; some 10 GB have to be free.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { processMemory } from './process-memory.ts';
import { program } from './server-process.ts';

const { values } = parseArgs({
  options: { recipe: { type: 'string', default: 'paper-r50' }, steps: { type: 'string', default: '2' } },
});
const numPhotos = 40;
/** The peak is the kernel's own, so that none is missed but what comes right before the end. */
const lookEveryMs = 100;

const folder = await mkdtemp(join(tmpdir(), 'deepshop-bench-'));
const [root, data, recipe] = ['deepfashion', 'data', 'recipe.json'].map((name) => join(folder, name));
try {
  await deepshop('studio', 'deepfashion', '--out', root, '--count', String(numPhotos));
  await deepshop('prepare', 'deepfashion', '--root', root, '--out', data, '--val', '2');
  const given = JSON.parse(await readFile(new URL(`../recipes/${values.recipe}.json`, import.meta.url), 'utf8'));
  const changes = { batchSize: 1, steps: Number(values.steps) };
  await writeFile(recipe, JSON.stringify({ ...given, ...changes }));
  const started = performance.now();
  const peak = await peakOf(['train', '--recipe', recipe, '--data', data, '--out', join(folder, 'run')]);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${values.recipe}, ${values.steps} steps of one photo: ${(peak / 1e9).toFixed(1)} GB at most, ${seconds.toFixed(0)} s`,
  );
} finally {
  await rm(folder, { recursive: true });
}

async function deepshop(...argv: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [program, ...argv]);
}

/** Bytes. */
async function peakOf(argv: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  let peak = 0;
  const timer = setInterval(() => {
    const { peak: now } = processMemory(child.pid);
    if (now > peak) peak = now;
  }, lookEveryMs);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (code !== 0) throw new Error(said);
  return peak;
}
