/** @file Garments that were described on a device, as a request to the server. */
import type { BoxTuple } from '../../boxes/boxes.ts';
import type { SearchRequest } from '../../client/client.ts';
import type { GarmentFacts } from '../../retrieval/garment-facts.ts';

/** A garment as the device found it, or a box that was drawn with its vector. */
export interface DeviceGarment {
  /** float32 */
  readonly vector: Float32Array;
  readonly box?: BoxTuple | undefined;
  readonly label?: string | undefined;
  readonly score?: number | undefined;
  /** Looked among first; the label alone where left out. */
  readonly classes?: readonly string[] | undefined;
  /** Without them, reasons do not name colours and pattern. */
  readonly facts?: GarmentFacts | undefined;
  /** Someone drew or moved the box. */
  readonly isDrawn?: boolean | undefined;
}

export function garmentsRequest(garments: readonly DeviceGarment[], spaceId: string): SearchRequest {
  return {
    spaceId,
    garments: garments.map(({ vector, box, label, score, classes, facts, isDrawn }) => ({
      vector: encodeVector(vector),
      ...(box === undefined ? {} : { box: [...box] }),
      ...(label === undefined ? {} : { label }),
      ...(score === undefined ? {} : { score }),
      ...(classes === undefined ? {} : { classes }),
      ...(facts === undefined ? {} : { facts }),
      ...(isDrawn === undefined ? {} : { drawn: isDrawn }),
    })),
  };
}

/** Base64, little-endian, as the API has it and as every browser's processor does. */
export function encodeVector(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
