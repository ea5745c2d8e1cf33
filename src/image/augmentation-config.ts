/** @file What training photos go through. A part of every recipe; `null` switches a part off. */
import { z } from 'zod';

const probability = z.number().min(0).max(1);
const range = z
  .tuple([z.number().positive(), z.number().positive()])
  .refine(([low, high]) => low <= high, 'low > high');

export const augmentationSchema = z.strictObject({
  /** Probability of mirroring left and right. */
  flip: probability.default(0.5),
  /** Size of the photo in its frame: below 1 it gets a margin, above 1 it is cropped. */
  zoom: z
    .strictObject({ probability: probability.default(0.6), range: range.default([0.6, 1.3]) })
    .nullable()
    .prefault({}),
  /** Change of the sides' ratio, at most this factor either way. */
  stretch: z.number().min(1).default(1.1),
  rotation: z
    .strictObject({ probability: probability.default(0.2), degrees: z.number().min(0).max(180).default(12) })
    .nullable()
    .prefault({}),
  /** How far the far edge shrinks, as a share of its length. */
  perspective: z
    .strictObject({ probability: probability.default(0.1), strength: z.number().min(0).max(0.5).default(0.15) })
    .nullable()
    .prefault({}),
  /** Each is the largest change, as a share; `shift` is of the whole range. */
  colour: z
    .strictObject({
      contrast: z.number().min(0).max(1).default(0.2),
      shift: z.number().min(0).max(1).default(0.1),
      channels: z.number().min(0).max(1).default(0.1),
      saturation: z.number().min(0).max(1).default(0.3),
    })
    .nullable()
    .prefault({}),
  /** Garments cut out of photos with masks and laid on another photo or a plain ground. */
  copyPaste: z
    .strictObject({
      probability: probability.default(0.15),
      /** Share of these samples whose ground is plain instead of a photo. */
      plainGround: probability.default(0.3),
      garments: z.int().min(1).max(8).default(2),
      /** Long side of a pasted garment, as a share of the frame's. */
      size: range.default([0.25, 0.7]),
    })
    .nullable()
    .prefault({}),
  /** Probability of showing only a part of a photo without garments, where it has one. */
  background: probability.default(0),
  /** A box of which less than this share stays in view becomes a region to ignore; below a quarter of it, nothing. */
  minVisible: probability.default(0.4),
});

export type AugmentationConfig = z.infer<typeof augmentationSchema>;

/** Photos as they are, for comparison and for measuring. */
export const noAugmentation: AugmentationConfig = {
  flip: 0,
  zoom: null,
  stretch: 1,
  rotation: null,
  perspective: null,
  colour: null,
  copyPaste: null,
  background: 0,
  minVisible: 0.4,
};
