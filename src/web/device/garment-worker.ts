/** @file The worker that has the model: loads it, checks it, and answers for photos and boxes one after the other. */

import { type BoxTuple, mapEdges } from '../../boxes/boxes.ts';
import type { PhotoAnalysis } from '../../embedding/descriptor.ts';
import type { OpenedEngine } from '../../embedding/model-engine.ts';
import type { Photo } from '../../image/photo.ts';
import { hasWebGpu } from '../../onnx/session-web.ts';
import { analyseShown } from '../../retrieval/choose-garment.ts';
import { factsSchema, type GarmentFacts, lookAtGarment } from '../../retrieval/garment-facts.ts';
import { classesFirst } from '../../retrieval/likely-classes.ts';
import { describeModel } from './describe-model.ts';
import { DeviceError } from './device-error.ts';
import { readPicture } from './device-photo.ts';
import { fetchOnce, keepOnly, openFileCache } from './download.ts';
import { loadModel } from './load-model.ts';
import type {
  BoxDescription,
  DeviceModel,
  FoundGarments,
  LoadProgress,
  LoadSettings,
  Reply,
  Request,
} from './messages.ts';
import { openBackend } from './open-backend.ts';
import { totalBytesOf } from './runtime-bytes.ts';
import { runtimeFiles } from './runtime-files.ts';
import { sentError } from './sent-error.ts';

/** Photos of which feature maps, 5 MB each, and pixels, as much again, are kept. */
const keptPhotos = 4;

/** As many as the API takes; docs/openapi.json. Half as likely as the first, 20 is a doubt about everything. */
const mostClasses = 20;

interface KeptPhoto {
  readonly photo: Photo;
  readonly analysis: PhotoAnalysis;
  /** Pixels of the photo that the network saw = pixels of the picture * scale. */
  readonly scale: number;
}

interface Loaded {
  readonly engine: OpenedEngine;
  readonly model: DeviceModel;
}

let loaded: Loaded | undefined;
let last: Promise<void> = Promise.resolve();
const photos = new Map<number, KeptPhoto>();
const cancelled = new Set<number>();

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'cancel') cancelled.add(data.number);
  else last = last.then(() => answer(data));
});

async function answer(request: Exclude<Request, { kind: 'cancel' }>): Promise<void> {
  if (request.kind === 'load') {
    try {
      loaded = await load(request.settings);
      reply({ kind: 'loaded', model: loaded.model });
    } catch (error) {
      reply({ kind: 'load-failed', error: sentError(error) });
    }
    return;
  }
  const { number } = request;
  if (cancelled.delete(number)) return;
  try {
    if (request.kind === 'find') await find(request);
    else reply({ kind: 'described', number, boxes: await describe(request) });
  } catch (error) {
    reply({ kind: 'failed', number, error: sentError(error) });
  }
}

async function load({ server, key, prefer, missed, threads }: LoadSettings): Promise<Loaded> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const source = { server, headers, cache: await openFileCache() };
  const [answer, hasGpu] = await Promise.all([describeModel(source), prefer === 'webgpu' && hasWebGpu()]);
  if (answer.space.descriptor === 'external') {
    throw new DeviceError('unsupported', 'the server searches with an encoder of its own, which devices do not run', {
      expected: 'a descriptor of the model',
      got: answer.space.descriptor,
      cure: 'Send photos to the server instead.',
    });
  }
  const build = hasGpu ? 'webgpu' : 'wasm';
  // What was fetched for WebGPU serves for wasm too.
  const backend = missed === null ? build : 'wasm';
  const runtime = runtimeFiles[build];
  const totalBytes = totalBytesOf(answer, build);
  let loadedBytes = 0;
  const tell = (stage: LoadProgress['stage']) =>
    reply({
      kind: 'progress',
      progress: { stage, backend, loadedBytes: Math.min(loadedBytes, totalBytes), totalBytes },
    });
  const onBytes = (count: number) => {
    loadedBytes += count;
    tell('download');
  };
  const [files, binary] = await Promise.all([
    loadModel(answer, source, onBytes),
    fetchOnce(source.cache, runtime.binaryUrl, runtime.binaryUrl, { onBytes }),
  ]);
  await keepOnly(source.cache, [...files.names, runtime.binaryUrl]);
  tell('open');
  const { engine, ...opened } = await openBackend(files.model, files.check, {
    build,
    backend,
    files: { moduleUrl: new URL(runtime.moduleUrl, location.href).href, binary: binary.bytes.buffer },
    threads,
    descriptor: answer.space.descriptor,
    onCheck: () => tell('check'),
  });
  const hasNone = prefer === 'webgpu' && !hasGpu;
  const model: DeviceModel = {
    modelId: answer.modelId,
    classes: engine.classes,
    space: engine.space(answer.space.descriptor),
    ...opened,
    fallback: hasNone ? 'this browser has no WebGPU, or not what waiting for it takes' : missed,
    isFromCache: files.isFromCache && binary.isFromCache,
  };
  return { engine, model };
}

async function find({ number, picture, minScore }: Extract<Request, { kind: 'find' }>): Promise<void> {
  const { engine, model } = opened();
  const { photo, width, height } = await readPicture(picture);
  const scale = photo.width / width;
  const { descriptor } = model.space;
  const { analysis, garments } = await analyseShown(engine, photo, { descriptor, minScore });
  const whole = { vector: await analysis.whole(), facts: factsIn(photo, [0, 0, photo.width, photo.height]) };
  // Cancelled while the network ran.
  if (cancelled.delete(number)) return;
  photos.set(number, { photo, analysis, scale });
  for (const old of photos.keys()) if (photos.size > keptPhotos) photos.delete(old);
  const found: FoundGarments = {
    photo: number,
    width,
    height,
    whole,
    garments: garments.map((garment) => ({
      ...garment,
      classes: classesFirst(garment, descriptor).slice(0, mostClasses),
      facts: factsIn(photo, garment.box),
      box: mapEdges(garment.box, (edge) => edge / scale),
    })),
  };
  reply({ kind: 'found', number, found });
}

async function describe({ photo, boxes }: Extract<Request, { kind: 'describe' }>): Promise<readonly BoxDescription[]> {
  const kept = photos.get(photo);
  if (kept === undefined) {
    throw new DeviceError('photo-forgotten', 'the photo is no longer known', {
      expected: `one of the last ${keptPhotos}`,
      got: String(photo),
      cure: 'Find its garments again.',
    });
  }
  const scaled = boxes.map((box) => mapEdges(box, (edge) => edge * kept.scale));
  const vectors = await kept.analysis.embed(scaled);
  return scaled.map((box, at) => ({ vector: vectors[at], facts: factsIn(kept.photo, box) }));
}

/** The store may not say how its items look; then the server gives no such reasons. */
function factsIn(photo: Photo, box: BoxTuple): GarmentFacts {
  return lookAtGarment(photo, box, factsSchema);
}

function opened(): Loaded {
  if (loaded !== undefined) return loaded;
  throw new DeviceError('failed', 'the model is not loaded', { cure: 'Load it first.' });
}

function reply(message: Reply): void {
  postMessage(message);
}
