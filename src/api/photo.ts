/** @file A photo that was sent, and the garments in it. */
import { z } from 'zod';

/** Edges in pixels of the upright photo (EXIF applied), left and top before right and bottom. */
export const box = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .meta({ id: 'Box', description: '[x1, y1, x2, y2] in pixels of the upright photo (EXIF applied).' });

/** A box that someone drew. */
export const drawnBox = box.refine(([x1, y1, x2, y2]) => x2 > x1 && y2 > y1, 'left and top before right and bottom');

export const photoId = z
  .string()
  .regex(/^ph_[0-9a-z]{1,4}_[\w-]{16,64}$/, 'a photo id as /v1/detect gives it')
  .meta({ id: 'PhotoId', description: 'Names a photo in the memory of the server until it expires.' });

export const rememberedPhoto = z
  .object({
    id: photoId,
    width: z.int().positive(),
    height: z.int().positive(),
    expiresAt: z.iso.datetime().describe('From then on the id is answered with 410.'),
  })
  .meta({ id: 'Photo', description: 'A photo in the memory of the server: upright size, and how long its id serves.' });

export const detectedGarment = z
  .object({
    box,
    label: z.string().describe("One of the model's classes."),
    score: z.number().min(0).max(1),
  })
  .meta({ id: 'DetectedGarment' });

export const detectAnswer = z
  .object({ photo: rememberedPhoto, garments: z.array(detectedGarment).describe('By descending score.') })
  .meta({ id: 'DetectAnswer' });

export const webAddress = z
  .string()
  .max(4096)
  .regex(/^https?:\/\//i, 'an http or https address');

export const detectRequest = z
  .strictObject({ url: webAddress.describe('Only where the server allows it: --allow-url-queries.') })
  .meta({ id: 'DetectRequest' });

export type DetectAnswer = z.infer<typeof detectAnswer>;
export type RememberedPhoto = z.infer<typeof rememberedPhoto>;
