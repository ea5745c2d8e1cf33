/** @file Who finds the garments in a photo: the server, or the device itself. Searches follow from what is found. */
import type { Box } from '../../client/client.ts';
import type { GarmentFacts } from '../../retrieval/garment-facts.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';

/** What a device knows of a box and sends in place of its pixels. */
export interface DeviceDescription {
  /** float32 in little-endian order as base64 */
  readonly vector: string;
  /** Of the detection that the box is, or covers; null where it covers none. */
  readonly label: string | null;
  /** Looked among first. */
  readonly classes: readonly string[];
  /** For reasons of colour and pattern. */
  readonly facts: GarmentFacts;
}

export interface FoundGarment {
  /** In pixels of the prepared photo. */
  readonly box: Box;
  readonly label: string | null;
  /** Of the detection, in `[0, 1]`. */
  readonly score: number | null;
  /** Null where the server knows the photo. */
  readonly description: DeviceDescription | null;
}

export interface FoundGarments {
  /** By descending score. */
  readonly garments: readonly FoundGarment[];
  /** Names the photo in the memory of the server; null where it was never sent. */
  readonly photoId: string | null;
  /** Of the descriptions' vectors; null where there are none. */
  readonly spaceId: string | null;
  /** Of a device: the photo as a whole. */
  readonly whole: DeviceDescription | null;
}

export interface GarmentFinder {
  /** @throws ApiFailure, DeepShopError of a device, or the reason of the signal */
  find(photo: PreparedPhoto, signal: AbortSignal): Promise<FoundGarments>;
  /** What is in a box that the shopper drew or moved. Without a description, the server is asked by box. */
  describe(photo: PreparedPhoto, box: Box, signal: AbortSignal): Promise<FoundGarment>;
}
