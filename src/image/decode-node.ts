/**
 * @file Reads a photo in Node: JPEG, PNG, WebP or AVIF, whatever its name says, to upright 8-bit sRGB.
 *
 * Not here: drawing, encoding, resizing (`resample.ts`).
 */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { ErrorFacts } from '../errors/errors.ts';
import { ImageError, type ImageErrorCode } from './image-error.ts';
import { type AcceptedFormat, type ImageFormat, imageFormat, isTruncated } from './image-format.ts';
import type { Photo } from './photo.ts';

/** The largest photo that is decoded unless the caller says otherwise: what the largest phone sensors give, and some. */
const defaultMaxPixels = 120e6;

const accepted = 'a JPEG, PNG, WebP or AVIF picture';
const acceptedFormats: ReadonlySet<ImageFormat> = new Set<AcceptedFormat>(['jpeg', 'png', 'webp', 'avif']);

/** Formats that people do send, and what to do about each. */
const refusals: { readonly [F in Exclude<ImageFormat, AcceptedFormat>]?: [ImageErrorCode, string, cure: string] } = {
  svg: ['image-svg', 'SVG drawings are not accepted', 'Export it as PNG.'],
  pdf: ['image-pdf', 'PDF documents are not accepted', 'Save the page as a picture.'],
  heic: [
    'image-heic',
    'HEIC pictures cannot be decoded here',
    'Convert it to JPEG, or set the phone to "Most Compatible" (iPhone: Settings, Camera, Formats).',
  ],
};

/** The size of a picture as it stands upright. */
export interface PhotoSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a photo: EXIF orientation applied, transparency on white, colours to sRGB, the first frame of an animation.
 *
 * @param input a path, or the file's bytes
 * @param where what errors call the bytes
 * @throws ImageError with a code for each reason
 */
export async function readPhoto(
  input: string | Uint8Array,
  { maxPixels = defaultMaxPixels, where: name }: { readonly maxPixels?: number; readonly where?: string } = {},
): Promise<Photo> {
  const { bytes, format, where } = await openPicture(input, name);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: toRgb(data, info.channels) };
  } catch (cause) {
    // What the limit refused is told by its size; asked for only now, since a header read twice costs a tenth of a photo.
    await sizeWithinLimit(bytes, format, where, maxPixels);
    throw decodingError(bytes, format, where, cause);
  }
}

/** The upright size of a photo from its header alone; the pixels are not decoded. */
export async function readPhotoSize(
  input: string | Uint8Array,
  { maxPixels = defaultMaxPixels }: { readonly maxPixels?: number } = {},
): Promise<PhotoSize> {
  const { bytes, format, where } = await openPicture(input);
  return sizeWithinLimit(bytes, format, where, maxPixels);
}

/** A photo that may be smaller than its file, and the upright size of the file. */
export interface PhotoWithin {
  readonly photo: Photo;
  readonly upright: PhotoSize;
}

/**
 * Reads a photo as {@link readPhoto} does, and makes it smaller where a side is longer than `maxSide`: a JPEG is then decoded
 * at a fraction of the work and memory.
 *
 * @param bytes of the file
 * @throws ImageError with a code for each reason
 */
export async function readPhotoWithin(
  bytes: Uint8Array,
  {
    maxSide,
    maxPixels = defaultMaxPixels,
    where: name,
  }: { readonly maxSide: number; readonly maxPixels?: number; readonly where?: string },
): Promise<PhotoWithin> {
  const { format, where } = await openPicture(bytes, name);
  const upright = await sizeWithinLimit(bytes, format, where, maxPixels);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const photo = { width: info.width, height: info.height, pixels: toRgb(data, info.channels) };
    return { photo, upright };
  } catch (cause) {
    throw decodingError(bytes, format, where, cause);
  }
}

/** A small square copy of a photo and what its header says. */
export interface PhotoGist {
  readonly upright: PhotoSize;
  /** As the pixels lie in the file. */
  readonly stored: PhotoSize;
  /** EXIF's orientation, 1 to 8: how the stored pixels are to be turned. */
  readonly orientation: number;
  /** `[side, side, 3]` uint8: the upright photo squashed to a square */
  readonly pixels: Uint8Array;
}

/** Decodes the whole photo, so a damaged one is refused, and keeps a square of `side` pixels. */
export async function readPhotoGist(path: string, side: number): Promise<PhotoGist> {
  const { bytes, format, where } = await openPicture(path);
  const upright = await sizeWithinLimit(bytes, format, where, defaultMaxPixels);
  try {
    const { width, height, orientation = 1 } = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: defaultMaxPixels, pages: 1 })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(side, side, { fit: 'fill' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { upright, stored: { width, height }, orientation, pixels: toRgb(data, info.channels) };
  } catch (cause) {
    throw decodingError(bytes, format, where, cause);
  }
}

async function openPicture(input: string | Uint8Array, name?: string) {
  const where = typeof input === 'string' ? input : name;
  const facts: ErrorFacts = where === undefined ? {} : { where };
  const bytes = typeof input === 'string' ? await readPictureFile(input) : input;
  if (bytes.length === 0) {
    throw new ImageError('image-empty', 'the file is empty (0 bytes)', {
      ...facts,
      expected: accepted,
      got: '0 bytes',
      cure: 'Download or copy it again.',
    });
  }
  const found = imageFormat(bytes);
  if (found !== null && acceptedFormats.has(found)) return { bytes, format: found as AcceptedFormat, where };
  // An .heic file whose content is unknown to us is still best explained by its name.
  const format = found ?? (where !== undefined && /\.(heic|heif)$/i.test(where) ? 'heic' : null);
  if (format === null) {
    throw new ImageError('image-not-an-image', 'the file is not a picture', {
      ...facts,
      expected: accepted,
      got: `bytes that start with ${openingBytes(bytes)}`,
      cure: 'Save it as a JPEG or PNG.',
    });
  }
  const [code, summary, cure] = refusals[format as keyof typeof refusals] ?? [
    'image-unsupported' as const,
    `${format.toUpperCase()} pictures are not accepted`,
    'Convert it to JPEG or PNG.',
  ];
  throw new ImageError(code, summary, { ...facts, expected: accepted, got: format.toUpperCase(), cure });
}

/** The bytes of a picture file. @throws ImageError where there is none */
export async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ImageError(
        'image-missing',
        'there is no such file',
        { where: path, cure: 'Check the path.' },
        { cause },
      );
    }
    if (code === 'EISDIR') {
      const facts = { where: path, expected: accepted, got: 'a folder' };
      throw new ImageError('image-not-an-image', 'this is a folder', facts, { cause });
    }
    if (code === 'ERR_FS_FILE_TOO_LARGE') {
      const facts = { where: path, expected: 'a picture of less than 2 GiB', cure: 'Make it smaller.' };
      throw new ImageError('image-too-large', 'the file is too large', facts, { cause });
    }
    throw cause;
  }
}

async function sizeWithinLimit(
  bytes: Uint8Array,
  format: AcceptedFormat,
  where: string | undefined,
  maxPixels: number,
): Promise<PhotoSize> {
  let size: PhotoSize;
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
    size = { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw decodingError(bytes, format, where, cause);
  }
  if (size.width * size.height <= maxPixels) return size;
  throw new ImageError('image-too-large', 'the picture has too many pixels', {
    ...(where === undefined ? {} : { where }),
    expected: `at most ${megapixels(maxPixels)}`,
    got: `${size.width} x ${size.height}, ${megapixels(size.width * size.height)}`,
    cure: 'Make it smaller.',
  });
}

function decodingError(
  bytes: Uint8Array,
  format: AcceptedFormat,
  where: string | undefined,
  cause: unknown,
): ImageError {
  const facts: ErrorFacts = where === undefined ? {} : { where };
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  if (isTruncated(bytes, format) || /premature end|truncat|end of (file|stream)/i.test(reason)) {
    return new ImageError(
      'image-truncated',
      'the file ends before the picture does',
      {
        ...facts,
        expected: `a whole ${format.toUpperCase()} file`,
        got: `${bytes.length} bytes`,
        cure: 'Download or copy it again.',
      },
      { cause },
    );
  }
  return new ImageError(
    'image-damaged',
    'the picture is damaged',
    { ...facts, expected: `a readable ${format.toUpperCase()} file`, got: reason, cure: 'Save it again.' },
    { cause },
  );
}

/** Grey pictures may come out with one channel. Never a Buffer: loops over two kinds of array are slower. */
function toRgb(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    for (let channel = 0; channel < 3; channel++) pixels[to + channel] = data[from + (channels >= 3 ? channel : 0)];
  }
  return pixels;
}

function openingBytes(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function megapixels(pixels: number): string {
  return `${(pixels / 1e6).toFixed(pixels < 1e6 ? 3 : 1)} megapixels`;
}
