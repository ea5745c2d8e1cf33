/** @file For tests and benchmarks: a server with the bundled model, and a page that has the device finder. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { OpenedEngine } from '../src/embedding/model-engine.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { createApp } from '../src/server/app.ts';
import { openModelFiles } from '../src/server/model-files-node.ts';
import { openTinyServer } from './tiny-server.ts';

const MODEL = fileURLToPath(new URL('../models/lite0-street13', import.meta.url));

export interface DeviceServer {
  readonly url: string;
  /** The built page. */
  readonly webFolder: string;
  /** In Node: what the device must agree with. */
  readonly engine: OpenedEngine;
  close(): Promise<void>;
}

export async function openDeviceServer(): Promise<DeviceServer> {
  const engine = await openEngine(MODEL);
  const server = await openTinyServer({ engine });
  const webFolder = join(server.folder, 'web');
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('web/device-page', import.meta.url)),
    worker: { format: 'es' },
    build: { outDir: webFolder, target: 'es2023', assetsInlineLimit: 0 },
  });
  const model = await openModelFiles(MODEL, { cache: join(server.folder, 'cache'), exportOnnx: null });
  const app = await createApp({ ...server.parts, model, webFolder });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: url.replace('127.0.0.1', 'localhost'),
    webFolder,
    engine,
    async close() {
      await app.close();
      await server.close();
      await engine.release();
    },
  };
}
