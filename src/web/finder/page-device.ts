/** @file The model on the device as the page has it: of its own server, with the choice kept here. */
import { DeviceFinder } from '../device/device-finder.ts';
import { readOffer } from '../device/device-offer.ts';
import { openFileCache } from '../device/download.ts';
import { onDevice, readFlag, writeFlag } from '../stored-flag.ts';
import { createDeviceGarmentFinder } from './device-garment-finder.ts';
import { DeviceMode } from './device-mode.ts';

export const deviceMode = new DeviceMode(readFlag(window.localStorage, onDevice), {
  readOffer: async () => readOffer({ server: '', headers: {}, cache: await openFileCache() }),
  load: (options) => DeviceFinder.load(options),
  keepChoice: (isChosen) => writeFlag(window.localStorage, onDevice, isChosen),
  keepOffline: () => void keepScripts().catch(() => {}),
});

export const deviceFinder = createDeviceGarmentFinder(deviceMode.load);

/** The worker and the runtime's scripts: the service worker fetches them for those alone who use them. */
async function keepScripts(): Promise<void> {
  const registration = await navigator.serviceWorker?.ready;
  registration?.active?.postMessage('keep device files');
}
