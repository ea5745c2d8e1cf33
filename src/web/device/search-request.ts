/** @file Garments that were described on a device, as a request to the server. */
import type { BoxTuple } from '../../boxes/boxes.ts';
import type { SearchRequest } from '../../client/client.ts';

/** A garment as the device found it, or a box that was drawn with its vector. */
export interface DeviceGarment {
  /** float32 */
  readonly vector: Float32Array;
  readonly box?: BoxTuple | undefined;
  readonly label?: string | undefined;
  readonly score?: number | undefined;
}

export function garmentsRequest(garments: readonly DeviceGarment[], spaceId: string): SearchRequest {
  return {
    spaceId,
    garments: garments.map(({ vector, box, label, score }) => ({
      vector: encodeVector(vector),
      ...(box === undefined ? {} : { box: [...box] }),
      ...(label === undefined ? {} : { label }),
      ...(score === undefined ? {} : { score }),
    })),
  };
}

/** Base64, little-endian, as the API has it and as every browser's processor does. */
export function encodeVector(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
