/** @file What is searched for and what is answered. */
import { z } from 'zod';
import { box, drawnBox, photoId, rememberedPhoto, webAddress } from './photo.ts';

/** Of a feed: as long as its texts may be. */
export const itemId = z.string().min(1).max(4096);
const examples = z.array(itemId).max(20);

/** Numbers of a vector that is sent: more than any space in use has, few enough that fifty are read in no time. */
const maxVector = 4096;

const vectorForms = z.union([
  z.array(z.number()).min(1).max(maxVector),
  z
    .string()
    .max(4 * Math.ceil((4 * maxVector) / 3))
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64'),
]);

export const vector = z
  // One complaint for all that are no numbers: to make 200,000 of them takes a second.
  .preprocess((sent) => (Array.isArray(sent) && !sent.every(Number.isFinite) ? null : sent), vectorForms)
  .meta({ id: 'Vector', description: 'Numbers, or float32 in little-endian order as base64.' });

/** How a garment looks: for reasons, not for the order. */
export const garmentFacts = z
  .strictObject({
    colours: z
      .array(z.strictObject({ hex: z.string().regex(/^#[0-9a-f]{6}$/, '#rrggbb'), share: z.number().gt(0).max(1) }))
      .min(1)
      .max(16)
      .nullable(),
    texture: z
      .strictObject({
        energy: z.number().min(0).max(100).describe('Mean step of lightness between neighbouring points, in L*.'),
        directions: z.array(z.number().min(0).max(1)).length(8).describe('Shares of the steps by direction.'),
      })
      .nullable(),
  })
  .meta({ id: 'GarmentFacts', description: 'The colours and the texture of a garment; null is not known.' });

const className = z.string().max(200);

/** What a device may say of a vector beside it. */
const ofVector = {
  label: className.nullish().describe('Class of the vector.'),
  classes: z
    .array(className)
    .max(20)
    .optional()
    .describe('Classes to look among first, of one that might be several; that of the label where left out.'),
  facts: garmentFacts.optional().describe('For reasons of colour and pattern.'),
  drawn: z.boolean().optional().describe('Someone drew or moved the box.'),
};

/** A garment that a device has found and described by itself. */
export const deviceGarment = z
  .strictObject({
    vector,
    ...ofVector,
    box: drawnBox.nullish().describe('Left out for the vector of a whole picture.'),
    score: z.number().min(0).max(1).nullish(),
  })
  .meta({ id: 'DeviceGarment', description: 'A garment that was found and described on the device.' });

const sources = {
  photoId: photoId.optional().describe('A photo that was sent before.'),
  url: webAddress.optional().describe('The address of a photo, where the server allows it: --allow-url-queries.'),
  item: itemId.optional().describe('Similar to this product or variant.'),
  vector: vector
    .optional()
    .describe('Of a device; spaceId beside it, and box, label, classes, facts and drawn where they are known.'),
  garments: z
    .array(deviceGarment)
    .min(1)
    .max(50)
    .optional()
    .describe('Several vectors of a device; spaceId beside it.'),
};

export const searchRequest = z
  .strictObject({
    ...sources,
    box: drawnBox.optional().describe('Only what is in this box of the photo. Beside a vector: where it was found.'),
    like: examples.optional().describe('More like these products or variants; alone, or beside a photo.'),
    not: examples.optional().describe('Less like these.'),
    spaceId: z.string().max(500).optional().describe('Of the vectors; must be the one that /v1/model names.'),
    ...ofVector,
    filter: z.string().max(10_000).optional().describe('For example: price <= 50 and brand in ("Acme", "Böhm")'),
    top: z.int().min(1).max(100).default(12).describe('Items a garment.'),
    offset: z.int().min(0).max(1000).default(0).describe('Items to pass over first: the next page.'),
    facets: z.array(z.string().max(200)).max(20).default([]).describe('Fields to count beside the usual ones.'),
    look: z.boolean().default(false).describe('Shop the look: no product for two garments.'),
    diverse: z.boolean().default(false).describe('Fewer items that are alike.'),
    anyCategory: z.boolean().default(false).describe("Do not put items of the garment's class first."),
    exact: z.boolean().default(false).describe('Compare every item, whatever index there is.'),
  })
  .meta({
    id: 'SearchRequest',
    description: 'One of: photo (a part of a form), photoId, url, item, like, vector, garments.',
  });

export const why = z
  .object({
    box: z.enum(['detected', 'drawn', 'whole', 'items']).describe('What was looked for.'),
    sameClass: z.boolean().nullable(),
    colourDistance: z.number().nullable().describe('Mean delta E, 0 to about 100.'),
    textureSimilarity: z.number().nullable(),
    shapeSimilarity: z.number().nullable(),
    hidden: z.int().describe('Products that the filter took away from before this one.'),
    words: z.array(z.string()).describe('The same for people, in English.'),
  })
  .meta({ id: 'Why', description: 'Null is not known.' });

export const pictureAddress = z
  .string()
  .nullable()
  .describe(
    'Address of the picture: on this server when it begins with a slash (?width= makes it smaller), else where the feed has it. Null where there is none.',
  );

const price = z.number().nullable();
const link = z.string().nullable();

export const variant = z
  .object({
    id: z.string(),
    image: pictureAddress,
    price,
    url: link,
    similarity: z.number(),
  })
  .meta({ id: 'Variant' });

export const attributes = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .meta({ id: 'Attributes', description: 'What else the shop says of an item; what it does not say is left out.' });

export const similarItem = z
  .object({
    id: z.string().describe("The variant's, or the product's where it has no variants."),
    product: z.string(),
    title: z.string(),
    label: z.string().nullable().describe('Class of its garment; null where the whole picture was indexed.'),
    similarity: z.number(),
    match: z.enum(['strong', 'fair', 'weak']).nullable().describe('Null where the model was not calibrated.'),
    image: pictureAddress,
    price,
    currency: z.string().nullable(),
    url: link,
    attributes,
    variants: z.array(variant),
    duplicates: z.array(z.string()).describe('Products that show the same photo and were folded into this one.'),
    why,
  })
  .meta({ id: 'SimilarItem' });

export const facetCount = z
  .union([
    z.object({ value: z.union([z.string(), z.boolean()]), count: z.int() }),
    z.object({ from: z.number(), to: z.number(), currency: z.string().nullable(), count: z.int() }),
  ])
  .meta({ id: 'FacetCount', description: 'A value, or a range of numbers up to but without `to`.' });

export const queryId = z
  .string()
  .regex(/^q_[\w-]{16,64}$/, 'a query id as /v1/search gives it')
  .meta({ id: 'QueryId', description: 'Joins events with this garment of this search.' });

export const garmentAnswer = z
  .object({
    queryId,
    box: box.nullable().describe('In the photo, or in the picture of the first item that is liked.'),
    label: z.string().nullable(),
    score: z.number().nullable().describe('Of the detection.'),
    wholePicture: z.boolean().describe('No garment was found: items are similar to the picture as a whole.'),
    items: z.array(similarItem),
    total: z.int().describe('Items that can be paged through.'),
    ofKind: z
      .int()
      .describe("Of them, items of the garment's likely classes: they come first. All where no class is known."),
    facets: z.record(z.string(), z.array(facetCount)),
    hidden: z.int().describe('Products that the filter kept off this page or the ones before it.'),
    nothingSimilar: z.boolean().describe('Every item of the page is a weak match.'),
  })
  .meta({ id: 'GarmentAnswer' });

export const searchAnswer = z
  .object({
    photo: rememberedPhoto.nullable().describe('Null where no photo was asked about.'),
    garments: z.array(garmentAnswer).describe('By descending score of the detection.'),
  })
  .meta({ id: 'SearchAnswer' });

export type SearchRequest = z.infer<typeof searchRequest>;
export type SearchAnswer = z.infer<typeof searchAnswer>;
export type GarmentAnswerBody = z.infer<typeof garmentAnswer>;
export type SimilarItemBody = z.infer<typeof similarItem>;

/** The one thing that a request is about, or what is wrong with it. */
export type SearchSource = 'photo' | 'photoId' | 'url' | 'item' | 'like' | 'vector' | 'garments';

/** @param hasPhoto whether the form has a photo beside the request */
export function sourceOf(request: SearchRequest, hasPhoto: boolean): SearchSource | { readonly problem: string } {
  const named = (['photoId', 'url', 'item', 'vector', 'garments'] as const).filter(
    (name) => request[name] !== undefined,
  );
  const found: SearchSource[] = [...(hasPhoto ? (['photo'] as const) : []), ...named];
  if (found.length === 0 && (request.like ?? []).length > 0) found.push('like');
  const [source] = found;
  if (source === undefined) return { problem: 'nothing to be similar to' };
  if (found.length > 1) return { problem: found.join(' and ') };
  const isOfDevice = source === 'vector' || source === 'garments';
  if (isOfDevice !== (request.spaceId !== undefined))
    return { problem: isOfDevice ? `${source} without spaceId` : 'spaceId without vector' };
  if (request.box !== undefined && ['item', 'like', 'garments'].includes(source))
    return { problem: `box beside ${source}` };
  const stray = (['label', 'classes', 'facts', 'drawn'] as const).find((name) => request[name] != null);
  if (stray !== undefined && source !== 'vector') return { problem: `${stray} beside ${source}` };
  return source;
}
