/**
 * @file How a photo becomes the tensor a network sees: one rule for training, evaluation, Node and the browser.
 *
 * The rule belongs to the model (`PreprocessingConfig` in its `model.json`). H, W: padded size.
 *
 * Reference: torchvision `GeneralizedRCNNTransform` (resize kind `torchvision`).
 */
import { z } from 'zod';
import type { Frame, Photo } from './photo.ts';
import { resizePlainlyInto, resizeSmoothlyInto } from './resample.ts';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const size = z.int().positive();

export const preprocessingSchema = z.strictObject({
  resize: z.discriminatedUnion('kind', [
    /** The short side becomes `minSide`, unless the long one would pass `maxSide`; plain bilinear. */
    z.strictObject({ kind: z.literal('torchvision'), minSide: size, maxSide: size }),
    /** The long side becomes `longSide`; triangle filter. */
    z.strictObject({ kind: z.literal('long-side'), longSide: size }),
    /** Width and height both become `side`, whatever the photo's shape; triangle filter. */
    z.strictObject({ kind: z.literal('squash'), side: size }),
  ]),
  /** Of each channel, in 0..1. */
  mean: triple,
  std: triple,
  divisibleBy: size.default(32),
});

export type PreprocessingConfig = z.infer<typeof preprocessingSchema>;

export interface PreparedPhoto {
  /** `[1, 3, H, W]` float32, normalised; zero to the right of and below the photo */
  readonly pixels: Float32Array;
  /** H and W, multiples of `divisibleBy`. */
  readonly height: number;
  readonly width: number;
  /** The resized photo within. */
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** Pixels of the photo = pixels of the tensor * scale. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The tensor of one photo. */
export function preprocess(photo: Photo, config: PreprocessingConfig): PreparedPhoto {
  const { imageWidth, imageHeight } = resizedSize(photo, config.resize);
  const width = roundUp(imageWidth, config.divisibleBy);
  const height = roundUp(imageHeight, config.divisibleBy);
  const pixels = new Float32Array(3 * height * width);
  const steps = { rowStep: width, pixelStep: 1, channelStep: height * width };
  const resizeInto = config.resize.kind === 'torchvision' ? resizePlainlyInto : resizeSmoothlyInto;
  resizeInto({ width: imageWidth, height: imageHeight, pixels, ...steps, ...normalisationOf(config) }, photo);
  const scaleX = photo.width / imageWidth;
  const scaleY = photo.height / imageHeight;
  return { pixels, height, width, imageHeight, imageWidth, scaleX, scaleY };
}

/** The size, before padding, that a photo of the given size gets. */
export function resizedSize(
  { width, height }: { readonly width: number; readonly height: number },
  rule: PreprocessingConfig['resize'],
): { imageWidth: number; imageHeight: number } {
  if (rule.kind === 'squash') return { imageWidth: rule.side, imageHeight: rule.side };
  if (rule.kind === 'long-side') {
    const scale = rule.longSide / Math.max(width, height);
    return { imageWidth: Math.max(1, Math.round(width * scale)), imageHeight: Math.max(1, Math.round(height * scale)) };
  }
  const scale = Math.min(rule.minSide / Math.min(width, height), rule.maxSide / Math.max(width, height));
  return { imageWidth: Math.max(1, Math.floor(width * scale)), imageHeight: Math.max(1, Math.floor(height * scale)) };
}

/**
 * Normalises a frame into the top left corner of three planes of `height` x `width` that start at `offset`; the rest of
 * the planes is left alone.
 */
export function writePlanes(
  frame: Frame,
  normalisation: Pick<PreprocessingConfig, 'mean' | 'std'>,
  planes: Float32Array,
  offset: number,
  height: number,
  width: number,
): void {
  const { scales, shifts } = normalisationOf(normalisation);
  for (let channel = 0; channel < 3; channel++) {
    const [scale, shift] = [scales[channel], shifts[channel]];
    for (let y = 0; y < frame.height; y++) {
      let from = y * frame.width * 3 + channel;
      const start = offset + (channel * height + y) * width;
      for (let to = start; to < start + frame.width; to++) {
        planes[to] = frame.pixels[from] * scale + shift;
        from += 3;
      }
    }
  }
}

/** Of each channel: normalised = value in 0..255 * scale + shift. */
function normalisationOf({ mean, std }: Pick<PreprocessingConfig, 'mean' | 'std'>) {
  const scales = Float64Array.from(std, (deviation) => 1 / (255 * deviation));
  return { scales, shifts: Float64Array.from(mean, (value, at) => -value / std[at]) };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
