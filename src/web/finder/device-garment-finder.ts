/** @file Garments found on the device: the photo goes to a worker of the browser, and its vectors alone to the server. */
import type { Box } from '../../client/client.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { nearestDetection } from '../../retrieval/nearest-detection.ts';
import type { DeviceFinder } from '../device/device-finder.ts';
import type { FoundGarments as FoundOnDevice } from '../device/messages.ts';
import { encodeVector } from '../device/search-request.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import type { GarmentFinder } from './garment-finder.ts';

type Device = Pick<DeviceFinder, 'model' | 'find' | 'embed'>;

/** What a worker has made of a photo, and which worker. */
interface Seen {
  readonly device: Device;
  readonly found: FoundOnDevice;
}

/** @param load the model, which may have to be loaded first, or again after its worker has ended */
export function createDeviceGarmentFinder(load: () => Promise<Device>): GarmentFinder {
  const photos = new WeakMap<Blob, Seen>();

  async function look({ blob }: PreparedPhoto, signal: AbortSignal): Promise<Seen> {
    const device = await load();
    signal.throwIfAborted();
    const seen = { device, found: await device.find(blob, { signal }) };
    photos.set(blob, seen);
    return seen;
  }

  async function embed({ device, found }: Seen, box: Box, signal: AbortSignal): Promise<string> {
    const [vector] = await device.embed(found.photo, [box], signal);
    return encodeVector(vector);
  }

  return {
    async find(photo, signal) {
      const { device, found } = await look(photo, signal);
      return {
        photoId: null,
        spaceId: device.model.space.spaceId,
        whole: encodeVector(found.whole),
        garments: found.garments.map(({ box: [x1, y1, x2, y2], label, score, vector }) => ({
          box: [x1, y1, x2, y2],
          label,
          score,
          vector: encodeVector(vector),
        })),
      };
    },

    async describe(photo, box, signal) {
      const device = await load();
      const known = photos.get(photo.blob);
      let seen = known?.device === device ? known : await look(photo, signal);
      const vector = await embed(seen, box, signal).catch(async (error: unknown) => {
        // Feature maps of the last few photos alone are kept.
        if (!(error instanceof DeepShopError) || error.code !== 'device-photo-forgotten') throw error;
        seen = await look(photo, signal);
        return embed(seen, box, signal);
      });
      return { box, label: nearestDetection(box, seen.found.garments)?.label ?? null, score: null, vector };
    },
  };
}
