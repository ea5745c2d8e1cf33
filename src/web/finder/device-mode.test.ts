import { describe, expect, it } from 'vitest';
import { ApiFailure } from '../../client/client.ts';
import { DeviceError } from '../device/device-error.ts';
import type { LoadOptions } from '../device/device-finder.ts';
import type { DeviceOffer } from '../device/device-offer.ts';
import { onDevice, readFlag, writeFlag } from '../stored-flag.ts';
import { DeviceMode, type LoadedDevice } from './device-mode.ts';

const open: DeviceOffer = { isOpen: true, bytes: 26e6 };

/** A mode whose model is loaded, or fails, when the test says so. */
function openMode({ isChosen = false, offers = [open] }: { isChosen?: boolean; offers?: DeviceOffer[] } = {}) {
  const kept: boolean[] = [];
  const loads: { options: LoadOptions; end: (outcome: 'loaded' | DeviceError) => void }[] = [];
  let numReleased = 0;
  const device: LoadedDevice = {
    model: {
      modelId: 'm',
      classes: [],
      space: { descriptor: 'garment', spaceId: 's', dimension: 1, metric: 'cosine' },
      backend: 'wasm',
      threads: 1,
      fallback: null,
      isFromCache: false,
    },
    find: () => Promise.reject(new Error('not asked')),
    describe: () => Promise.reject(new Error('not asked')),
    release: () => {
      numReleased++;
    },
  };
  const mode = new DeviceMode(isChosen, {
    // The last one stays.
    readOffer: async () => (offers.length > 1 ? offers.shift() : undefined) ?? offers[0],
    load: (options) =>
      new Promise((resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
        loads.push({ options, end: (outcome) => (outcome === 'loaded' ? resolve(device) : reject(outcome)) });
      }),
    keepChoice: (each) => kept.push(each),
    keepOffline: () => {},
  });
  return { mode, kept, loads, device, released: () => numReleased };
}

describe('the device mode', () => {
  it('loads what was chosen before, once for all that ask', async () => {
    const { mode, loads, device } = openMode({ isChosen: true });
    await mode.start();
    await mode.start();
    const asked = [mode.load(), mode.load()];
    expect(loads).toHaveLength(1);
    loads[0].options.onProgress?.({ stage: 'download', backend: 'wasm', loadedBytes: 5, totalBytes: 10 });
    expect(mode.read().model).toMatchObject({ step: 'loading', progress: { loadedBytes: 5 } });
    loads[0].end('loaded');
    expect(await Promise.all(asked)).toEqual([device, device]);
    expect(mode.read().model).toEqual({ step: 'ready' });
  });

  it('loads nothing unless it is chosen', async () => {
    const { mode, loads } = openMode();
    await mode.start();
    expect([loads.length, mode.read().offer, mode.read().model.step]).toEqual([0, open, 'none']);
  });

  it('switched off while it loads, or later, it lets go and keeps the choice', async () => {
    const { mode, kept, loads, released } = openMode();
    mode.choose(true);
    const waiting = mode.load();
    mode.choose(false);
    await expect(waiting).rejects.toMatchObject({ code: 'device-released' });
    expect(mode.read()).toMatchObject({ isChosen: false, model: { step: 'none' } });
    mode.choose(true);
    loads[1].end('loaded');
    await mode.load();
    mode.choose(false);
    expect([kept, released()]).toEqual([[true, false, true, false], 1]);
  });

  it('says what failed, and tries again when it is told to', async () => {
    const { mode, loads } = openMode();
    mode.choose(true);
    const failing = mode.load();
    loads[0].end(new DeviceError('download', 'the server cannot be reached', {}));
    await expect(failing).rejects.toMatchObject({ code: 'device-download' });
    expect(mode.read().model).toMatchObject({ step: 'failed', failure: { kind: 'deviceDownload' } });
    const again = mode.load();
    loads[1].end('loaded');
    await again;
    expect(mode.read().model.step).toBe('ready');
    // A worker that ends later.
    loads[1].options.onEnd?.(new DeviceError('failed', 'the worker ended', {}));
    expect(mode.read().model).toMatchObject({ step: 'failed', failure: { kind: 'deviceFailed' } });
    mode.load().catch(() => {});
    expect(loads).toHaveLength(3);
  });

  it.each(['busy', 'closed', 'unreachable'] as const)(
    'asks again what the server offers where it was %s, and loads if it is told to',
    async (why) => {
      const offers: DeviceOffer[] = [{ isOpen: false, why }, open];
      const { mode, loads } = openMode({ offers });
      await mode.start();
      expect(mode.read().offer).toEqual({ isOpen: false, why });
      mode.load().catch(() => {});
      expect(loads).toHaveLength(1);
      await mode.start();
      expect(mode.read().offer).toEqual(open);
      await mode.start();
      expect(offers).toEqual([open]);
    },
  );

  it('says what the shop refused', async () => {
    const { mode, loads } = openMode();
    mode.choose(true);
    const failing = mode.load();
    const cause = new ApiFailure('', { status: 429, code: 'rate-limited', retryAfterS: 20 });
    loads[0].end(new DeviceError('download', 'the server answered 429', {}, { cause }));
    await expect(failing).rejects.toMatchObject({ code: 'device-download' });
    const failure = { kind: 'busy', code: 'rate-limited', retryAfterS: 20 };
    expect(mode.read().model).toEqual({ step: 'failed', failure });
  });

  it('fetches nothing where the model would not serve', async () => {
    const { mode, loads } = openMode({ isChosen: true, offers: [{ isOpen: false, why: 'other-space' }] });
    await mode.start();
    await expect(mode.load()).rejects.toMatchObject({ code: 'device-unsupported', facts: { got: 'other-space' } });
    expect(loads).toHaveLength(0);
  });
});

it('the choice is kept; storage that is forbidden is no fault', () => {
  let stored = '';
  writeFlag({ setItem: (_name, text) => (stored = text) }, onDevice, true);
  expect(readFlag({ getItem: () => stored }, onDevice)).toBe(true);
  expect(readFlag({ getItem: () => null }, onDevice)).toBe(false);
  const forbidden = () => {
    throw new Error('forbidden');
  };
  expect(readFlag({ getItem: forbidden }, onDevice)).toBe(false);
  expect(() => writeFlag({ setItem: forbidden }, onDevice, true)).not.toThrow();
});
