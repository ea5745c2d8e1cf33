import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { searchRequest } from '../api/search.ts';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { openStoreForWriting } from '../stores/exact-store-node.ts';
import type { Stage } from './metrics.ts';
import type { SearchJob } from './searcher.ts';
import { SearcherThread } from './searcher-thread-node.ts';

let folder: string;
let thread: SearcherThread;
let stages: Stage[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-thread-'));
  const model = join(folder, 'model');
  const store = join(folder, 'store');
  await writeModel(model, { ...tinyParts(), name: 'tiny', minScore: 0.3 });
  const engine = await openEngine(model);
  const opened = await openStoreForWriting(store, {
    space: engine.space('garment'),
    modelId: engine.modelId,
    schema: { ...catalogueSchema, ...factsSchema },
  });
  await opened.commit();
  await opened.close();
  await engine.release();
  const settings = {
    store,
    photos: { keepMs: 60_000, maxBytes: 10e6, maxDecodedBytes: 10e6 },
    stock: { folder: join(folder, 'pictures'), fetches: false, allowedHosts: new Set<string>() },
    maxPixels: 20e6,
    thread: 0,
  };
  thread = new SearcherThread(
    { model, encoder: undefined, threads: 1, settings },
    {
      onStage: (stage) => stages.push(stage),
      onEnd: (error) => {
        throw error;
      },
    },
  );
  await thread.open();
});
afterAll(async () => {
  await thread.close();
  await rm(folder, { recursive: true });
});

/** Takes a while to decode. */
async function largeJob(): Promise<SearchJob> {
  const { pixels, width, height } = tinyPhoto(1);
  const large = sharp(pixels, { raw: { width, height, channels: 3 } }).resize(4000, 4000);
  return { source: 'photo', bytes: new Uint8Array(await large.jpeg().toBuffer()), request: searchRequest.parse({}) };
}

it('stops work that is under way when its request is over, and goes on with the next', async () => {
  const job = await largeJob();
  stages = [];
  const controller = new AbortController();
  const asked = thread.call('search', [job], controller.signal);
  // A promise of the opened thread comes between.
  while (thread.numPending === 0) await Promise.resolve();
  controller.abort(new Error('the client went away'));
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  // The photo was being decoded; the network did not look at it.
  expect(stages).toEqual(['decode']);
  expect(thread.numPending).toBe(0);
  const { photo } = await thread.call('search', [job], new AbortController().signal);
  expect(photo).toMatchObject({ width: 4000, height: 4000 });
  expect(stages.slice(0, 3)).toEqual(['decode', 'decode', 'garments']);
});

it('begins nothing for a request that was over before', async () => {
  stages = [];
  await expect(thread.call('search', [await largeJob()], AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  expect([stages, thread.numPending]).toEqual([[], 0]);
});
