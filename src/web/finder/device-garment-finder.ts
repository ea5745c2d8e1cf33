/** @file Garments found on the device: the photo goes to a worker of the browser, and what describes them, vectors above all, to the server. */
import { encodeVector } from '../../api/encode-vector.ts';
import type { Box } from '../../client/client.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { nearestDetection } from '../../retrieval/nearest-detection.ts';
import type { DeviceFinder } from '../device/device-finder.ts';
import type { BoxDescription, FoundGarments as FoundOnDevice } from '../device/messages.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import type { DeviceDescription, GarmentFinder } from './garment-finder.ts';

type Device = Pick<DeviceFinder, 'model' | 'find' | 'describe'>;

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

  /** As the server describes a drawn box: its class is that of the detection which it covers. */
  async function describe({ device, found }: Seen, box: Box, signal: AbortSignal): Promise<DeviceDescription> {
    const [description] = await device.describe(found.photo, [box], signal);
    const { label = null, classes = [] } = nearestDetection(box, found.garments) ?? {};
    return sent({ ...description, label, classes });
  }

  return {
    async find(photo, signal) {
      const { device, found } = await look(photo, signal);
      return {
        photoId: null,
        spaceId: device.model.space.spaceId,
        whole: sent(found.whole),
        garments: found.garments.map((garment) => {
          const [x1, y1, x2, y2] = garment.box;
          return { box: [x1, y1, x2, y2], label: garment.label, score: garment.score, description: sent(garment) };
        }),
      };
    },

    async describe(photo, box, signal) {
      const device = await load();
      const known = photos.get(photo.blob);
      let seen = known?.device === device ? known : await look(photo, signal);
      const description = await describe(seen, box, signal).catch(async (error: unknown) => {
        // Feature maps of the last few photos alone are kept.
        if (!(error instanceof DeepShopError) || error.code !== 'device-photo-forgotten') throw error;
        seen = await look(photo, signal);
        return describe(seen, box, signal);
      });
      return { box, label: description.label, score: null, description };
    },
  };
}

function sent({
  vector,
  facts,
  label = null,
  classes = [],
}: BoxDescription & { readonly label?: string | null; readonly classes?: readonly string[] }): DeviceDescription {
  return { vector: encodeVector(vector), label, classes, facts };
}
