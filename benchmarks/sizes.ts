/**
 * @file How large things are, none of which depends on the machine's speed: the package and what it is installed with, what a
 * browser downloads from a server, and the memory of that server, idle and after searches, with one thread and with two.
 * Also weights of large detectors, and nodes of OpenSearch, where `npm run engine:start` has started some.
 * What was built is measured: `npm run build` first. `--store DIR` takes that store instead of a drawn shop of 300 items.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { readCluster, runningNodes } from '../scripts/engine/cluster-state.ts';
import { engineHome } from '../scripts/engine/engine-home.ts';
import { createClient } from '../src/client/client.ts';
import { cocoClasses } from '../src/detector/coco-classes.ts';
import { parseDetectorConfig } from '../src/detector/config.ts';
import { detectorNetwork } from '../src/detector/network.ts';
import { Random, seedFrom } from '../src/random/random.ts';
import { writeDemoCatalogue } from '../src/studio/catalogue-node.ts';
import { drawOutfit, randomOutfit } from '../src/studio/outfit.ts';
import { renderJpeg } from '../src/studio/render-node.ts';
import { sizeOf } from '../src/tensor/tensor.ts';
import { downloads } from './downloads.ts';
import { processMemory } from './process-memory.ts';
import { program, startServer } from './server-process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const numItems = 300;
const numSearches = 50;
/** Clients that search side by side. */
const abreast = 4;
const workerCounts = [1, 2] as const;
/** Trunks of others' detectors, with FPN and heads. */
const largeTrunks = ['r50', 'r101', 'x101-32x8d', 'x101-64x4d'] as const;
/** Packages that are named one by one. */
const namedPackages = 3;

export async function run(): Promise<void> {
  if (!existsSync(join(root, 'dist', 'web', 'index.html'))) throw new Error('nothing is built: npm run build');
  const { values } = parseArgs({ options: { store: { type: 'string' } }, strict: false });
  await printPackage();
  printWeights();
  printEngine();
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-bench-'));
  try {
    const store = typeof values.store === 'string' ? values.store : await drawnStore(folder);
    await printDownloads(store);
    const photos = await drawPhotos();
    for (const workers of workerCounts) await printMemory(store, workers, photos);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function printPackage(): Promise<void> {
  const packed = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 64e6,
  });
  const [{ size, unpackedSize, files }] = z
    .array(z.object({ size: z.number(), unpackedSize: z.number(), files: z.array(z.unknown()) }))
    .parse(JSON.parse(packed.stdout));
  console.log(
    `  the package: ${files.length} files, ${inMegabytes(unpackedSize)} MB; as npm packs it ${inMegabytes(size)} MB`,
  );
  const packages = await installedPackages();
  const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = packages.slice(0, namedPackages).map(({ name, bytes }) => `${name} ${inMegabytes(bytes)} MB`);
  console.log(`  packages that it needs to run: ${packages.length}, ${inMegabytes(total)} MB (${named.join(', ')})`);
  console.log(`  together ${inMegabytes(total + unpackedSize)} MB`);
}

/** As 32-bit floats, for COCO's classes. */
function printWeights(): void {
  for (const trunk of largeTrunks) {
    const { specs } = detectorNetwork(parseDetectorConfig({ trunk, classes: cocoClasses }, trunk));
    const numbers = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    console.log(
      `  weights of ${trunk} with FPN: ${(numbers / 1e6).toFixed(1)} million numbers, ${inMegabytes(4 * numbers)} MB`,
    );
  }
}

function printEngine(): void {
  const cluster = readCluster(engineHome());
  for (const { name, pid } of cluster === undefined ? [] : runningNodes(cluster)) {
    const { now, peak } = processMemory(pid);
    console.log(`  memory of OpenSearch, ${name}: ${inMegabytes(now)} MB, at most ${inMegabytes(peak)} MB`);
  }
}

/** Those that `npm ci --omit=dev` leaves, largest first. */
async function installedPackages(): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const lock = z
    .object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) })
    .parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  const packages: { name: string; bytes: number }[] = [];
  for (const [path, { dev: isDev = false }] of Object.entries(lock.packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    // Optional ones are there where they are of this system.
    if (path !== '' && !isDev && existsSync(join(root, path)))
      packages.push({ name, bytes: await bytesBelow(join(root, path)) });
  }
  return packages.sort((a, b) => b.bytes - a.bytes);
}

/** Bytes of all files; packages within are of their own. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const each of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, each.name);
    if (each.isDirectory() && each.name !== 'node_modules') bytes += await bytesBelow(path);
    else if (each.isFile()) bytes += (await stat(path)).size;
  }
  return bytes;
}

async function printDownloads(store: string): Promise<void> {
  const server = await startServer(store);
  try {
    for (const { name, files, bytes, inGzip, sent } of await downloads(server.url, join(root, 'dist', 'web'))) {
      console.log(
        `  ${name} (${files}): ${inKilobytes(bytes)} kB, in gzip ${inKilobytes(inGzip)} kB; this server sends ${inKilobytes(sent)} kB`,
      );
    }
  } finally {
    await server.stop();
  }
}

async function printMemory(store: string, workers: number, photos: readonly Buffer[]): Promise<void> {
  const server = await startServer(store, ['--workers', String(workers)]);
  try {
    const idle = processMemory(server.pid);
    const shop = createClient({ url: server.url });
    let next = 0;
    const client = async () => {
      while (next < photos.length) await shop.searchPhoto(new Blob([new Uint8Array(photos[next++])]), { top: 3 });
    };
    await Promise.all(Array.from({ length: abreast }, client));
    const { now, peak } = processMemory(server.pid);
    console.log(
      `  memory of a server with --workers ${workers}: ${inMegabytes(idle.now)} MB idle; ${inMegabytes(now)} MB after ${photos.length} searches, ${abreast} side by side, at most ${inMegabytes(peak)} MB`,
    );
  } finally {
    await server.stop();
  }
}

/** A photo a search: one that was seen before would take less. */
async function drawPhotos(): Promise<readonly Buffer[]> {
  const photos: Buffer[] = [];
  for (let seed = 0; seed < numSearches; seed++) {
    const outfit = randomOutfit(new Random(seedFrom(seed, 'bench')), { theme: 'demo', longSide: 640 });
    photos.push(await renderJpeg(drawOutfit(outfit)));
  }
  return photos;
}

async function drawnStore(folder: string): Promise<string> {
  const { csv } = await writeDemoCatalogue(join(folder, 'shop'), { seed: 1, count: numItems });
  const store = join(folder, 'store');
  await promisify(execFile)(process.execPath, [program, 'index', csv, '--store', store]);
  console.log(`  a drawn shop of ${numItems} items:`);
  return store;
}

const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const inKilobytes = (bytes: number): string => (bytes / 1e3).toFixed(0);
