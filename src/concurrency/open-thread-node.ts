/** @file Starts a module of ours as a worker thread, from source as well as from dist. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * From dist the module is JavaScript. From source it is TypeScript, and the thread must learn to read that first.
 *
 * @param name of the module beside the caller, without its ending: `./batch-worker-node`
 * @param from the caller's `import.meta.url`
 */
export function openThread(name: string, from: string, workerData: unknown): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${name}.js`, from), { workerData });
  // By its file: resolving `tsx/esm/api` from here would give its CommonJS half, which does not register.
  const tsxRoot = pathToFileURL(createRequire(from).resolve('tsx/package.json'));
  const tsx = new URL('./dist/esm/api/index.mjs', tsxRoot);
  const file = new URL(`${name}.ts`, from);
  const boot = `import('${tsx}').then(({ register }) => { register(); return import('${file}'); })`;
  return new Worker(boot, { eval: true, workerData });
}
