/**
 * @file A box of a photo as an encoder sees it: cut out, resized, normalised, in the encoder's own layout.
 *
 * Shapes: H, W: the encoder's size.
 *
 * Reference: `CLIPImageProcessor` of Hugging Face's transformers for the sizes of `crop` (shorter side first, the longer one
 * rounded down) and for its place (`(size - wanted) // 2`).
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { type Frame, type Photo, plainFrame } from '../image/photo.ts';
import { drawPlainly, drawSmoothly } from '../image/resample.ts';
import type { EncoderDefinition } from './encoder-definition.ts';

/** The part of a definition that says how pixels are made. */
export type EncoderPixels = Pick<
  EncoderDefinition,
  'size' | 'fit' | 'region' | 'interpolation' | 'mean' | 'std' | 'channels' | 'layout'
>;

/**
 * Writes one picture of a batch.
 *
 * @param box pixels of the photo; not looked at where the encoder describes whole photos
 * @param batch `[N, 3, H, W]` or `[N, H, W, 3]` float32
 * @param index of the picture in the batch
 */
export function writeEncoderPixels(
  photo: Photo,
  box: BoxTuple,
  definition: EncoderPixels,
  batch: Float32Array,
  index: number,
): void {
  const { size, region, mean, std, channels, layout } = definition;
  const part = region.kind === 'photo' ? photo : cutOut(photo, box, region.margin);
  const { pixels } = fitted(part, definition);
  const count = size.height * size.width;
  const start = 3 * count * index;
  for (let channel = 0; channel < 3; channel++) {
    const place = channels === 'rgb' ? channel : 2 - channel;
    const [first, step] = layout === 'NCHW' ? [start + place * count, 1] : [start + place, 3];
    const scale = 1 / (255 * std[channel]);
    const shift = -mean[channel] / std[channel];
    for (let at = 0; at < count; at++) batch[first + at * step] = pixels[3 * at + channel] * scale + shift;
  }
}

/** What of a photo lies in a box with its margin, rounded outward to whole pixels; one pixel at least. */
export function cutOut({ width, height, pixels }: Photo, [x1, y1, x2, y2]: BoxTuple, margin: number): Photo {
  const [marginX, marginY] = [margin * (x2 - x1), margin * (y2 - y1)];
  const within = (value: number, lowest: number, highest: number) => Math.min(Math.max(value, lowest), highest);
  const left = within(Math.floor(x1 - marginX), 0, width - 1);
  const top = within(Math.floor(y1 - marginY), 0, height - 1);
  const right = within(Math.ceil(x2 + marginX), left + 1, width);
  const bottom = within(Math.ceil(y2 + marginY), top + 1, height);
  const part = new Uint8Array(3 * (right - left) * (bottom - top));
  for (let y = top, to = 0; y < bottom; y++, to += 3 * (right - left)) {
    part.set(pixels.subarray(3 * (y * width + left), 3 * (y * width + right)), to);
  }
  return { width: right - left, height: bottom - top, pixels: part };
}

function fitted(photo: Photo, { size, fit, interpolation }: EncoderPixels): Frame {
  const frame = plainFrame(size.width, size.height, fit.kind === 'pad' ? fit.colour : [0, 0, 0]);
  const resized = resizedTo(photo, size, fit.kind);
  // Only what is seen is drawn: a sliver of a box, resized to cover the size, would be millions of pixels long.
  const axis = (from: number, to: number, wanted: number) => {
    const scale = from / to;
    const cut = to > wanted ? Math.floor((to - wanted) / 2) : -Math.floor((wanted - to) / 2);
    return { scale, offset: cut * scale };
  };
  const x = axis(photo.width, resized.width, size.width);
  const y = axis(photo.height, resized.height, size.height);
  if (interpolation === 'bilinear') drawPlainly(frame, photo, x, y);
  else drawSmoothly(frame, photo, x, y);
  return frame;
}

/** The size of the whole picture, of which `crop` cuts off some and beside which `pad` leaves some. */
function resizedTo(
  { width, height }: Photo,
  size: EncoderPixels['size'],
  fit: EncoderPixels['fit']['kind'],
): EncoderPixels['size'] {
  if (fit === 'squash') return size;
  const isWide = width * size.height > height * size.width;
  // A wide picture covers the size once its height does, and lies within once its width does.
  if (isWide === (fit === 'crop')) {
    const along = (size.height * width) / height;
    return { height: size.height, width: fit === 'crop' ? Math.floor(along) : Math.max(1, Math.round(along)) };
  }
  const along = (size.width * height) / width;
  return { width: size.width, height: fit === 'crop' ? Math.floor(along) : Math.max(1, Math.round(along)) };
}
