/**
 * @file Pictures a second from files to rows, beside the bare model on photos that are tensors already.
 *
 * The bare model runs in two ways: one photo after another on all cores, as a query runs; and a photo a core, each with
 * a model of its own, which is the most that this machine can do. Rounds alternate; threads are started before the clock.
 * Processor time is that of all threads: where every core is at work, its ratio is that of the rates, whatever else runs.
 * First the memory, the peak of processes of their own with one to four workers, and what colours and texture take.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CatalogueEntry, catalogueSchema, noFacts } from '../src/catalogue/catalogue.ts';
import { openThread } from '../src/concurrency/open-thread-node.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import { factAttributes, factsSchema } from '../src/retrieval/garment-facts.ts';
import { indexCatalogue } from '../src/retrieval/index-catalogue-node.ts';
import { MemoryStore } from '../src/stores/memory-store.ts';
import { type CatalogueItem, demoCatalogue } from '../src/studio/catalogue.ts';
import { drawFlatLay } from '../src/studio/flat-lay.ts';
import { renderJpeg } from '../src/studio/render-node.ts';
import { openBareModel } from './bare-model.ts';

const model = fileURLToPath(new URL('../models/lite0-street13', import.meta.url));
const numDrawn = 48;
const rounds = 3;
/** Pictures of a round; of indexing, those that are over when its threads have begun are not counted. */
const photosPerRound = 192;
const workers = Math.min(availableParallelism(), 8);
const uncounted = 8 * workers;
/** With which memory is looked at. */
const workerCounts = [1, 2, 4] as const;

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-bench-'));
  try {
    const items = demoCatalogue(1, numDrawn);
    const files: string[] = [];
    for (const { id, scene } of items) {
      files.push(join(folder, `${id}.jpg`));
      await writeFile(files.at(-1) ?? '', await renderJpeg(drawFlatLay(scene)));
    }
    const peaks: number[] = [];
    for (const count of workerCounts) peaks.push(await peakOf(folder, count));
    const each = (peaks[peaks.length - 1] - peaks[0]) / (workerCounts[workerCounts.length - 1] - workerCounts[0]);
    console.log(
      `  peak memory with ${workerCounts.join(', ')} workers: ${peaks.map(inMegabytes).join(', ')} MB; ${inMegabytes(each)} MB a worker`,
    );
    const looks = await looksCost(items, files);
    console.log(`  colours and texture of a garment: ${looks.cpuMs.toFixed(2)} ms of processor time`);
    const alone = await openBareModel({ model, files, threads: 0 });
    const abreast = await openAbreast(files);
    const all: { alone: Pace; abreast: Pace; indexing: Pace }[] = [];
    // The first round warms up.
    for (let round = -1; round < rounds; round++) {
      const measured = {
        alone: await aloneRate(alone),
        abreast: await abreast.rate(),
        indexing: await indexingRate(items, files),
      };
      if (round >= 0) all.push(measured);
    }
    await abreast.close();
    const one = median(all.map((each) => each.alone));
    const full = median(all.map((each) => each.abreast));
    const indexing = median(all.map((each) => each.indexing));
    console.log(
      `  ${numDrawn} drawn pictures of 360 x 480, medians of ${rounds} rounds of ${photosPerRound}; ${workers} workers`,
    );
    console.log(`  bare model, one photo at a time on all cores: ${describe(one)}`);
    console.log(`  bare model, ${workers} side by side: ${describe(full)}`);
    console.log(`  indexing, from files to rows with colours and texture: ${describe(indexing)}`);
    console.log(`  rate, ratio to one at a time: ${(indexing.perSecond / one.perSecond).toFixed(2)} (bar 0.9)`);
    console.log(
      `  rate, ratio to side by side: ${(indexing.perSecond / full.perSecond).toFixed(2)}; processor time: ${(full.cpuMs / indexing.cpuMs).toFixed(2)}`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Bytes. */
async function peakOf(folder: string, count: number): Promise<number> {
  const indexer = fileURLToPath(new URL('./index-folder.ts', import.meta.url));
  const args = ['--import', 'tsx', indexer, folder, model, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/** On the drawn boxes, one photo after another. */
async function looksCost(items: readonly CatalogueItem[], files: readonly string[]): Promise<Pace> {
  const boxes = items.map(({ scene }) => drawFlatLay(scene).garments[0].box);
  const photos = await Promise.all(files.map((file) => readPhoto(file)));
  let pace = startPace();
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    if (round === 0) pace = startPace();
    for (const [at, photo] of photos.entries()) factAttributes(photo, boxes[at]);
  }
  return pace(rounds * photos.length);
}

const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** Pictures, and the milliseconds of all cores that each took. */
interface Pace {
  readonly perSecond: number;
  readonly cpuMs: number;
}

async function aloneRate(one: (index: number) => Promise<void>): Promise<Pace> {
  const pace = startPace();
  for (let index = 0; index < photosPerRound; index++) await one(index);
  return pace(photosPerRound);
}

async function openAbreast(files: readonly string[]) {
  const threads = Array.from({ length: workers }, () =>
    openThread('./bare-model', import.meta.url, { model, files, threads: 1 }),
  );
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const share = Math.ceil(photosPerRound / workers);
  return {
    async rate(): Promise<Pace> {
      const pace = startPace();
      const done = threads.map((thread) => once(thread, 'message'));
      for (const thread of threads) thread.postMessage(share);
      await Promise.all(done);
      return pace(share * workers);
    },
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

async function indexingRate(items: readonly CatalogueItem[], files: readonly string[]): Promise<Pace> {
  const engine = await openEngine(model);
  const store = new MemoryStore({ ...engine.space('garment'), schema: { ...catalogueSchema, ...factsSchema } });
  let pace = startPace();
  let count = 0;
  const onEntry = () => {
    count += 1;
    if (count === uncounted) pace = startPace();
  };
  const { failed } = await indexCatalogue(entriesOf(items, files), {
    engine,
    store,
    descriptor: 'garment',
    workers,
    onEntry,
  });
  const measured = pace(photosPerRound);
  await engine.release();
  if (failed.length > 0) throw new Error(failed[0]?.reason);
  return measured;
}

/** Each picture under many ids: only variants of one product share the work. */
async function* entriesOf(items: readonly CatalogueItem[], files: readonly string[]): AsyncGenerator<CatalogueEntry> {
  for (let row = 1; row <= uncounted + photosPerRound; row++) {
    const at = row % items.length;
    const { title, label: category } = items[at];
    const place = { kind: 'file', file: files[at] } as const;
    const key = { product: String(row), variant: '', image: 'drawn.jpg' };
    yield { ...noFacts, ...key, kind: 'picture', source: `row ${row}`, row, title, category, place };
  }
}

function startPace(): (count: number) => Pace {
  const started = performance.now();
  const cpu = process.cpuUsage();
  return (count) => {
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: (1000 * count) / (performance.now() - started), cpuMs: (user + system) / 1000 / count };
  };
}

function describe({ perSecond, cpuMs }: Pace): string {
  return `${perSecond.toFixed(1)}/s, ${cpuMs.toFixed(1)} ms of processor time a picture`;
}

function median(paces: readonly Pace[]): Pace {
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
  return {
    perSecond: middle(paces.map(({ perSecond }) => perSecond)),
    cpuMs: middle(paces.map(({ cpuMs }) => cpuMs)),
  };
}
