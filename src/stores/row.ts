/**
 * @file One row of a vector store: a region of an image of a variant of a product. Items, products and groups are views
 * of rows, so a feed with variants and several photos needs no other format.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { AttributeSchema, AttributeType, AttributeValue } from '../catalogue/attributes.ts';

export type { AttributeSchema, AttributeType, AttributeValue };

/** Undefined for a name that the schema lacks, those of every object included. */
export function schemaTypeOf(schema: AttributeSchema, name: string): AttributeType | undefined {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

/** What a row is found by. Feeds without variants have `variant: ''`. */
export interface RowKey {
  readonly product: string;
  readonly variant: string;
  /** As the source gave it. */
  readonly image: string;
  /** 0 for the garment that the image sells; further regions count on. */
  readonly region: number;
}

export interface Row extends RowKey {
  /** Pixels of the image (EXIF applied). */
  readonly box: BoxTuple;
  /** Class of the detector; null when no garment was found and the region is the whole picture. */
  readonly label: string | null;
  /** Of the detection, null for the whole picture. */
  readonly score: number | null;
  /** Hash of the image's bytes: an unchanged image is not embedded again. */
  readonly contentHash: string;
  readonly attributes: { readonly [name: string]: AttributeValue };
  /** `[dimension]` float32 */
  readonly vector: Float32Array;
}

/** One string a key; two keys are equal when their strings are. */
export function keyText({ product, variant, image, region }: RowKey): string {
  return JSON.stringify([product, variant, image, region]);
}
