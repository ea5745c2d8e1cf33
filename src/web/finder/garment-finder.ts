/** @file Who finds the garments in a photo: the server, or the device itself. Searches follow from what is found. */
import type { Box } from '../../client/client.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';

export interface FoundGarment {
  /** In pixels of the prepared photo. */
  readonly box: Box;
  readonly label: string | null;
  /** Of the detection, in `[0, 1]`. */
  readonly score: number | null;
  /** Of a device: float32 in little-endian order as base64. Null where the server knows the photo. */
  readonly vector: string | null;
}

export interface FoundGarments {
  /** By descending score. */
  readonly garments: readonly FoundGarment[];
  /** Names the photo in the memory of the server; null where it was never sent. */
  readonly photoId: string | null;
  /** Of the vectors; null where there are none. */
  readonly spaceId: string | null;
  /** Of a device: vector of the photo as a whole, as those of garments. */
  readonly whole: string | null;
}

export interface GarmentFinder {
  /** @throws ApiFailure, DeepShopError of a device, or the reason of the signal */
  find(photo: PreparedPhoto, signal: AbortSignal): Promise<FoundGarments>;
  /** What is in a box that the shopper drew or moved. Without a vector, the server is asked by box. */
  describe(photo: PreparedPhoto, box: Box, signal: AbortSignal): Promise<FoundGarment>;
}
