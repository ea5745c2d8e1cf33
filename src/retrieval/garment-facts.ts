/**
 * @file What is known of how a garment looks, beside its vector: for reasons that people understand. An item's picture
 * may be gone when it is asked about, so its facts are attributes of its row, made when it was indexed.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { type DominantColour, decodeColours, dominantColours, encodeColours } from '../image/dominant-colours.ts';
import type { Photo } from '../image/photo.ts';
import { sampleGarment } from '../image/sample-garment.ts';
import { decodeTexture, encodeTexture, measureTexture, type Texture } from '../image/texture.ts';
import type { AttributeSchema, Row } from '../stores/row.ts';

/** Attributes that hold them, as text. A store may lack them: it then has no reasons of colour and pattern. */
export const factsSchema = { colours: 'string', texture: 'string' } as const satisfies AttributeSchema;

export interface GarmentFacts {
  /** Null where it is not known. */
  readonly colours: readonly DominantColour[] | null;
  readonly texture: Texture | null;
}

/** Looks at a box of a photo for what rows of a store say; what they do not say is not looked for. */
export function lookAtGarment(photo: Photo, box: BoxTuple, schema: AttributeSchema): GarmentFacts {
  const wants = (name: keyof typeof factsSchema) => Object.hasOwn(schema, name);
  if (!wants('colours') && !wants('texture')) return { colours: null, texture: null };
  const sample = sampleGarment(photo, box);
  return {
    colours: wants('colours') ? dominantColours(sample) : null,
    texture: wants('texture') ? measureTexture(sample) : null,
  };
}

/** What the box of an item's picture gives its row. */
export function factAttributes(photo: Photo, box: BoxTuple): { colours: string; texture: string } {
  const sample = sampleGarment(photo, box);
  return { colours: encodeColours(dominantColours(sample)), texture: encodeTexture(measureTexture(sample)) };
}

/** What a row's attributes say; anything unreadable is not known. */
export function factsOf({ attributes }: Pick<Row, 'attributes'>): GarmentFacts {
  const { colours, texture } = attributes;
  return {
    colours: typeof colours === 'string' ? decodeColours(colours) : null,
    texture: typeof texture === 'string' ? decodeTexture(texture) : null,
  };
}
