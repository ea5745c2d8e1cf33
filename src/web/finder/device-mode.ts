/**
 * @file Whether garments are found on this device: the shopper's choice, what stands in its way, and the model while it is
 * loaded. Where the device was chosen, nothing goes to the server in its place: a failure is told, and the shopper decides.
 */
import { DeviceError } from '../device/device-error.ts';
import type { DeviceFinder, LoadOptions } from '../device/device-finder.ts';
import { type DeviceOffer, isKnown } from '../device/device-offer.ts';
import type { LoadProgress } from '../device/messages.ts';
import { failureOf } from '../results/failure-kind.ts';
import type { Failure } from '../state/shop-state.ts';

export type ModelStep =
  | { readonly step: 'none' }
  /** Progress is null until the server has said how large the files are. */
  | { readonly step: 'loading'; readonly progress: LoadProgress | null }
  | { readonly step: 'ready' }
  | { readonly step: 'failed'; readonly failure: Failure };

export interface DeviceState {
  readonly isChosen: boolean;
  /** Null while it is not known. */
  readonly offer: DeviceOffer | null;
  readonly model: ModelStep;
}

export type LoadedDevice = Pick<DeviceFinder, 'model' | 'find' | 'describe' | 'release'>;

export interface DeviceModeParts {
  readonly readOffer: () => Promise<DeviceOffer>;
  readonly load: (options: LoadOptions) => Promise<LoadedDevice>;
  readonly keepChoice: (isChosen: boolean) => void;
  /** Called when a model is loaded: what else it takes to start it without a network. */
  readonly keepOffline: () => void;
}

export class DeviceMode {
  #state: DeviceState;
  readonly #parts: DeviceModeParts;
  readonly #listeners = new Set<() => void>();
  #device: LoadedDevice | null = null;
  #loading: { readonly device: Promise<LoadedDevice>; readonly stop: AbortController } | null = null;

  constructor(isChosen: boolean, parts: DeviceModeParts) {
    this.#state = { isChosen, offer: null, model: { step: 'none' } };
    this.#parts = parts;
  }

  /** The same object until something changes. */
  readonly read = (): DeviceState => this.#state;

  /** @returns what ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks what the server offers, unless that is known; and loads what was chosen before. */
  async start(): Promise<void> {
    const { offer } = this.#state;
    if (offer !== null && isKnown(offer)) return;
    const found = await this.#parts.readOffer();
    this.#change({ offer: found });
    const { isChosen, model } = this.#state;
    if (isChosen && found.isOpen && model.step === 'none') this.load().catch(() => {});
  }

  choose(isChosen: boolean): void {
    this.#parts.keepChoice(isChosen);
    this.#change({ isChosen });
    if (isChosen) {
      this.load().catch(() => {});
      return;
    }
    this.#loading?.stop.abort(stopped());
    this.#loading = null;
    this.#device?.release();
    this.#device = null;
    this.#change({ model: { step: 'none' } });
  }

  /**
   * The model, loaded if it is not: once for all that ask.
   *
   * @throws what `DeviceFinder.load` throws
   */
  load = (): Promise<LoadedDevice> => {
    if (this.#device !== null) return Promise.resolve(this.#device);
    if (this.#loading === null) {
      const stop = new AbortController();
      this.#loading = { device: this.#open(stop.signal), stop };
    }
    return this.#loading.device;
  };

  async #open(signal: AbortSignal): Promise<LoadedDevice> {
    this.#change({ model: { step: 'loading', progress: null } });
    try {
      const { offer } = this.#state;
      if (offer?.isOpen === false && isKnown(offer)) throw unsupported(offer.why);
      const device = await this.#parts.load({
        // Where there is a graphics unit that answers as the server does; the finder sees to that.
        prefer: 'webgpu',
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) this.#change({ model: { step: 'loading', progress } });
        },
        onEnd: (error) => {
          this.#device = null;
          this.#change({ model: { step: 'failed', failure: failureOf(error) } });
        },
      });
      if (signal.aborted) device.release();
      signal.throwIfAborted();
      this.#device = device;
      this.#change({ model: { step: 'ready' } });
      this.#parts.keepOffline();
      return device;
    } catch (error) {
      if (!signal.aborted) this.#change({ model: { step: 'failed', failure: failureOf(error) } });
      throw error;
    } finally {
      if (!signal.aborted) this.#loading = null;
    }
  }

  #change(change: Partial<DeviceState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function stopped(): DeviceError {
  return new DeviceError('released', 'finding on the device was switched off', { cure: 'Switch it on again.' });
}

function unsupported(got: string): DeviceError {
  return new DeviceError('unsupported', 'the model of the server does not run here', {
    got,
    cure: 'Send photos to the server instead.',
  });
}
