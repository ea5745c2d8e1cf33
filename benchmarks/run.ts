/**
 * @file `npm run bench`: how fast we are on this machine. Beside others: `benchmarks/peers/`.
 *
 *     npm run bench [-- NAME...]     names: detect, train-step, nearest, stores, indexing, feeds, sizes
 *
 * An otherwise idle machine gives figures worth keeping; the load is printed. Photos are drawn, or the first fifty of
 * each folder under `DEEPSHOP_DATA`.
 */
import { cpus, loadavg } from 'node:os';

const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<void> }>>> = {
  detect: () => import('./detect.ts'),
  'train-step': () => import('./train-step.ts'),
  nearest: () => import('./nearest.ts'),
  stores: () => import('./stores.ts'),
  indexing: () => import('./indexing.ts'),
  feeds: () => import('./feeds.ts'),
  sizes: () => import('./sizes.ts'),
};

console.log(`${cpus().length} x ${cpus()[0]?.model}, node ${process.version}, load ${loadavg()[0]?.toFixed(2)}`);
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`no bench ${name}; there are ${Object.keys(benches).join(', ')}`);
  console.log(`\n${name}`);
  await (await bench()).run();
}
