/** @file Pictures of a browser as photos: upright, sRGB, transparency laid on white. */
import type { Photo } from '../../image/photo.ts';
import { fitSize } from '../photo/prepare-photo.ts';
import { DeviceError } from './device-error.ts';
import type { SentPicture } from './messages.ts';

export interface DevicePhoto {
  readonly photo: Photo;
  /** Size of the picture that was given; the photo may be smaller. */
  readonly width: number;
  readonly height: number;
}

/** @throws DeviceError for a file that this browser cannot read */
export async function readPicture(picture: SentPicture): Promise<DevicePhoto> {
  if (picture.kind === 'rgba') {
    const { width, height } = picture;
    return { photo: photoFromRgba(picture), width, height };
  }
  const bitmap = picture.kind === 'bitmap' ? picture.bitmap : await decode(picture.file);
  const { width, height } = bitmap;
  const drawn = fitSize(bitmap);
  const canvas = new OffscreenCanvas(drawn.width, drawn.height).getContext('2d', { willReadFrequently: true });
  if (canvas === null) throw unreadable('there is no canvas');
  canvas.imageSmoothingQuality = 'high';
  canvas.drawImage(bitmap, 0, 0, drawn.width, drawn.height);
  bitmap.close();
  const { data } = canvas.getImageData(0, 0, drawn.width, drawn.height);
  return { photo: photoFromRgba({ ...drawn, pixels: data }), width, height };
}

/** @param pixels `[height, width, 4]` uint8, alpha not multiplied in */
export function photoFromRgba({
  width,
  height,
  pixels,
}: {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray | Uint8Array;
}): Photo {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = pixels[from + 3] / 255;
    const white = 255 * (1 - alpha);
    rgb[to] = Math.round(pixels[from] * alpha + white);
    rgb[to + 1] = Math.round(pixels[from + 1] * alpha + white);
    rgb[to + 2] = Math.round(pixels[from + 2] * alpha + white);
  }
  return { width, height, pixels: rgb };
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause));
  }
}

function unreadable(got: string): DeviceError {
  return new DeviceError('failed', 'the picture cannot be read', {
    expected: 'a JPEG, PNG, WebP or AVIF',
    got,
    cure: 'Choose another picture.',
  });
}
