/** @file A step of the web app's build: tells the service worker which files there are, so that the app opens offline. */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Stands in the service worker's source where the list goes. */
const place = '__PRECACHE__';

export function precacheList(): Plugin {
  return {
    name: 'precache-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle['service-worker.js'];
      if (worker?.type !== 'chunk' || !worker.code.includes(place)) this.error(`no ${place} in the service worker`);
      const files = Object.values(bundle).filter(({ fileName }) => isPrecached(fileName));
      const deviceFiles = Object.keys(bundle).filter(isDeviceScript);
      if (!deviceFiles.some((name) => /garment-worker.*\.js$/.test(name))) this.error('no worker for the device');
      const hash = createHash('sha256');
      for (const file of files) hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
      // What is in them is in their names.
      for (const name of deviceFiles) hash.update(name);
      const list = {
        version: hash.digest('hex').slice(0, 12),
        files: files.map(({ fileName }) => `/${fileName}`),
        deviceFiles: deviceFiles.map((name) => `/${name}`),
      };
      worker.code = worker.code.replaceAll(place, JSON.stringify(list));
    },
  };
}

/** The page itself is kept as '/'. The model's runtime is large, and kept when it is first used. */
function isPrecached(name: string): boolean {
  return !/(^service-worker\.js|\.html|\.map|\.wasm|\.gz)$|^assets\/admin/.test(name) && !isDeviceScript(name);
}

/** The worker and the runtime's own scripts. */
function isDeviceScript(name: string): boolean {
  return /^assets\/(garment-worker|ort)[.-].*\.m?js$/.test(name);
}
