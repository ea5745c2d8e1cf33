/**
 * @file Finds and describes garments in the browser: photos stay on the device.
 *
 * ```ts
 * const finder = await DeviceFinder.load({ onProgress: ({ loadedBytes, totalBytes }) => show(loadedBytes / totalBytes) });
 * const found = await finder.find(file);
 * const { spaceId } = finder.model.space;
 * const garments = found.garments.map(({ vector, label, classes, facts }) => ({ vector: encodeVector(vector), label, classes, facts }));
 * const answer = await shop.search({ spaceId, garments });
 * ```
 */
import type { BoxTuple } from '../../boxes/boxes.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { DeviceError, graphicsError } from './device-error.ts';
import type {
  BoxDescription,
  DeviceModel,
  FoundGarments,
  LoadProgress,
  LoadSettings,
  Reply,
  Request,
  SentPicture,
} from './messages.ts';
import { receivedError } from './sent-error.ts';

export interface LoadOptions extends Partial<Omit<LoadSettings, 'missed'>> {
  /** How long WebGPU may take to start and to be checked, before wasm is used; 30 s unless it is said. */
  readonly graphicsWaitMs?: number | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Ends loading; what was fetched whole stays in the cache. */
  readonly signal?: AbortSignal | undefined;
  /** The worker ended by itself, after it had loaded: nothing more is found with it. */
  readonly onEnd?: ((error: DeviceError) => void) | undefined;
}

/** Why a browser cannot run the model at all. */
export type Obstacle = 'insecure' | 'old-browser';

const obstacleWords: { readonly [O in Obstacle]: string } = {
  insecure: 'the page has no HTTPS',
  'old-browser': 'the browser is too old',
};

/** A photo: a file, a bitmap, or pixels of a canvas. */
export type PictureSource = Blob | ImageBitmap | ImageData;

interface Waiting {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export class DeviceFinder {
  readonly model: DeviceModel;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #ended: DeviceError | null = null;

  private constructor(worker: Worker, model: DeviceModel, onEnd: LoadOptions['onEnd']) {
    this.model = model;
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#take(data);
    worker.onerror = () => {
      const error = workerFailed();
      worker.terminate();
      this.#end(error);
      onEnd?.(error);
    };
  }

  /** What keeps this browser from it; null where nothing does. */
  static obstacle(): Obstacle | null {
    if (!globalThis.isSecureContext) return 'insecure';
    const needed = [typeof Worker, typeof WebAssembly, typeof OffscreenCanvas, typeof createImageBitmap];
    return needed.includes('undefined') ? 'old-browser' : null;
  }

  /** Released, or its worker has ended: whatever is asked of it fails. */
  get isEnded(): boolean {
    return this.#ended !== null;
  }

  /**
   * Starts the worker and loads the model: 26 MB the first time, from the browser's cache later.
   *
   * @throws DeviceError; the signal's reason; what `parseModel` and the runtime throw, by its code
   */
  static async load({
    onProgress,
    signal,
    onEnd,
    graphicsWaitMs = 30_000,
    ...settings
  }: LoadOptions = {}): Promise<DeviceFinder> {
    signal?.throwIfAborted();
    const obstacle = DeviceFinder.obstacle();
    if (obstacle !== null) {
      const cure = 'Open the page by HTTPS or on localhost, or send photos to the server.';
      throw new DeviceError('unsupported', 'this browser cannot run the model', { got: obstacleWords[obstacle], cure });
    }
    const given = { server: '', key: undefined, prefer: 'wasm', threads: 0, ...settings } as const;
    const asked = { ...given, server: given.server.replace(/\/+$/, '') };
    const open = async (missed: string | null) => {
      const worker = new Worker(new URL('./garment-worker.ts', import.meta.url), { type: 'module' });
      try {
        const model = await loadInto(worker, { ...asked, missed }, { onProgress, signal, graphicsWaitMs });
        return new DeviceFinder(worker, model, onEnd);
      } catch (error) {
        worker.terminate();
        throw error;
      }
    };
    return open(null).catch((error: unknown) => {
      if (!(error instanceof DeepShopError) || error.code !== 'device-graphics') throw error;
      return open(error.facts.got ?? error.message);
    });
  }

  /**
   * Garments of a photo with their vectors. A bitmap is handed over: it is closed for the page.
   *
   * @param options `minScore` instead of the lowest scores that the model states; a signal whose end drops the answer
   */
  async find(
    picture: PictureSource,
    { minScore, signal }: { readonly minScore?: number; readonly signal?: AbortSignal } = {},
  ): Promise<FoundGarments> {
    const sent = asSent(picture);
    const number = this.#count++;
    const transfer = sent.kind === 'bitmap' ? [sent.bitmap] : [];
    return this.#ask({ kind: 'find', number, picture: sent, minScore }, signal, transfer);
  }

  /**
   * Vectors and looks of boxes that someone drew or moved, from what the network has seen already.
   *
   * @param photo of {@link FoundGarments}
   * @throws DeviceError `device-photo-forgotten` for one that is not among the last four
   */
  async describe(photo: number, boxes: readonly BoxTuple[], signal?: AbortSignal): Promise<readonly BoxDescription[]> {
    return this.#ask({ kind: 'describe', number: this.#count++, photo, boxes }, signal);
  }

  /** Ends the worker and frees its memory. */
  release(): void {
    this.#worker.terminate();
    this.#end(new DeviceError('released', 'the model was released', { cure: 'Load it again.' }));
  }

  #ask<T>(
    request: Extract<Request, { kind: 'find' | 'describe' }>,
    signal: AbortSignal | undefined,
    transfer: Transferable[] = [],
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#ended !== null) throw this.#ended;
      const { number } = request;
      this.#waiting.set(number, { resolve, reject });
      const cancel = () => {
        if (!this.#waiting.delete(number)) return;
        post(this.#worker, { kind: 'cancel', number });
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      post(this.#worker, request, transfer);
    });
  }

  #take(reply: Reply): void {
    if (reply.kind === 'progress' || reply.kind === 'loaded' || reply.kind === 'load-failed') return;
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (reply.kind === 'failed') waiting?.reject(receivedError(reply.error));
    else waiting?.resolve((reply.kind === 'found' ? reply.found : reply.boxes) as never);
  }

  #end(error: DeviceError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Loads the model into a worker that was just started. */
function loadInto(
  worker: Worker,
  settings: LoadSettings,
  {
    onProgress,
    signal,
    graphicsWaitMs,
  }: Pick<LoadOptions, 'onProgress' | 'signal'> & { readonly graphicsWaitMs: number },
): Promise<DeviceModel> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const loaded = new Promise<DeviceModel>((resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onerror = () => reject(workerFailed());
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (data.kind === 'progress') {
        const { stage, backend } = data.progress;
        // A driver may accept everything and answer nothing.
        if (stage === 'open' && backend === 'webgpu')
          timer = setTimeout(
            () => reject(graphicsError(`webgpu gave no answer in ${graphicsWaitMs} ms`)),
            graphicsWaitMs,
          );
        onProgress?.(data.progress);
      } else if (data.kind === 'loaded') resolve(data.model);
      else if (data.kind === 'load-failed') reject(receivedError(data.error));
    };
    post(worker, { kind: 'load', settings });
  });
  return loaded.finally(() => clearTimeout(timer));
}

function asSent(picture: PictureSource): SentPicture {
  if (picture instanceof Blob) return { kind: 'file', file: picture };
  if (picture instanceof ImageBitmap) return { kind: 'bitmap', bitmap: picture };
  return { kind: 'rgba', width: picture.width, height: picture.height, pixels: picture.data };
}

function post(worker: Worker, request: Request, transfer: Transferable[] = []): void {
  worker.postMessage(request, transfer);
}

function workerFailed(): DeviceError {
  return new DeviceError('failed', 'the worker ended', {
    got: 'an error of the browser, perhaps of memory',
    cure: 'Close other pages and load the model again, or send photos to the server.',
  });
}
