/** @file What the shop sells, as it is kept, changed and listed. */
import { z } from 'zod';
import { box, webAddress } from './photo.ts';
import { attributes, pictureAddress } from './search.ts';

const text = z.string().max(4096);
export const itemKey = z
  .string()
  .min(1)
  .max(1000)
  .refine((id) => !id.includes('\u0000'), 'has a zero byte');

export const itemPicture = z
  .object({
    image: pictureAddress,
    source: z.string().describe('The picture as the feed, or whoever put the item, named it.'),
    variant: z.string().describe("Empty for the product's own."),
    box: box.describe('The garment that it sells, in its pixels.'),
    label: z.string().nullable().describe('Class of the garment; null for the whole picture.'),
    score: z.number().nullable(),
  })
  .meta({ id: 'ItemPicture' });

export const item = z
  .object({
    id: z.string().describe('Of the product.'),
    title: z.string(),
    attributes,
    pictures: z.array(itemPicture),
  })
  .meta({ id: 'Item' });

export const itemsPage = z
  .object({
    items: z.array(item),
    total: z.int(),
    next: z.string().nullable().describe('Cursor of the next page; null at the end.'),
  })
  .meta({ id: 'ItemsPage' });

export const itemsQuery = z.object({
  cursor: z.string().max(6000).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Null takes a fact away; one that is left out stays as it is. */
const facts = {
  title: text.nullish(),
  category: text.nullish(),
  brand: text.nullish(),
  colour: text.nullish(),
  pattern: text.nullish(),
  gender: text.nullish(),
  price: z.number().min(0).nullish(),
  currency: text.nullish(),
  inStock: z.boolean().nullish(),
  url: webAddress.nullish(),
  attributes: z
    .record(z.string().max(200), z.union([text, z.number(), z.boolean(), z.null()]))
    .optional()
    .describe('Further attributes that the store was made with (deepshop index --attribute).'),
};

export const putItem = z
  .strictObject({
    ...facts,
    images: z
      .array(webAddress)
      .min(1)
      .max(20)
      .optional()
      .describe('Addresses of its pictures, where the server fetches them (--allow-url-queries).'),
  })
  .meta({
    id: 'PutItem',
    description:
      'What is left out stays as it is, null takes it away. Pictures that are given, here or as parts of a form, replace those of the product; a new product needs one.',
  });

export const writeResult = z.enum(['added', 'updated', 'unchanged', 'deleted']).meta({ id: 'WriteResult' });

export const putAnswer = z.object({ result: writeResult, item }).meta({ id: 'PutItemAnswer' });
export const deleteAnswer = z.object({ result: z.literal('deleted'), pictures: z.int() }).meta({ id: 'DeleteAnswer' });

const operation = z.union([
  putItem.extend({ id: itemKey, action: z.literal('put').optional() }),
  z.strictObject({ id: itemKey, action: z.literal('delete') }),
]);

export const batchRequest = z
  .strictObject({
    items: z
      .array(z.unknown().meta({ $ref: '#/components/schemas/BatchOperation' }))
      .min(1)
      .max(500),
  })
  .meta({ id: 'BatchRequest' });

/** One of a batch: parsed by itself, so that one that is wrong does not refuse the others. */
export const batchOperation = operation.meta({ id: 'BatchOperation' });

export const batchAnswer = z
  .object({
    results: z.array(
      z.object({
        id: z.string().nullable().describe('Null where it cannot be read.'),
        status: z.int().describe('As if it had been sent alone.'),
        result: writeResult.optional(),
        error: z.object({ code: z.string(), message: z.string() }).optional(),
      }),
    ),
  })
  .meta({ id: 'BatchAnswer', description: 'A result for each item, in their order.' });

export const similarQuery = z.object({
  filter: z.string().max(10_000).optional(),
  top: z.coerce.number().int().min(1).max(100).default(12),
  offset: z.coerce.number().int().min(0).max(1000).default(0),
});

export const pictureWidths = [160, 320, 640, 1280] as const;

export const pictureQuery = z.object({
  width: z.enum(['160', '320', '640', '1280']).default('640').describe('Pixels at most; a picture is not made larger.'),
});

export type PutItem = z.infer<typeof putItem>;
export type BatchOperation = z.infer<typeof batchOperation>;
export type ItemBody = z.infer<typeof item>;
