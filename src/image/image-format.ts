/** @file What a file is, judged by its bytes and never by its name. */

/** The accepted formats, then those that are told apart only to be refused by name. */
export type ImageFormat =
  | AcceptedFormat
  | 'heic'
  | 'svg'
  | 'pdf'
  | 'gif'
  | 'tiff'
  | 'bmp'
  | 'jxl'
  | 'jp2'
  | 'ico'
  | 'psd';
export type AcceptedFormat = 'jpeg' | 'png' | 'webp' | 'avif';

const magicNumbers: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
  ['tiff', [0x49, 0x49, 0x2b, 0x00]],
  ['jxl', [0xff, 0x0a]],
  ['jxl', [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58, 0x4c, 0x20]],
  ['jp2', [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20]],
  ['psd', [0x38, 0x42, 0x50, 0x53]],
  ['ico', [0x00, 0x00, 0x01, 0x00]],
];

/** The format of a file's bytes, or null when they are no picture we know. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  for (const [format, magic] of magicNumbers) {
    if (magic.every((byte, at) => bytes[at] === byte)) return format;
  }
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  if (ascii(bytes, 4, 8) === 'ftyp') return formatOfBrands(bytes);
  if (ascii(bytes, 0, 2) === 'BM' && bytes.length > 26 && bytes[5] < 0x40) return 'bmp';
  const opening = ascii(bytes, 0, 4096);
  // A PDF may have junk before its header.
  if (opening.slice(0, 1024).includes('%PDF-')) return 'pdf';
  if (/^(\xef\xbb\xbf)?\s*</.test(opening) && /<(\w+:)?svg[\s>]/i.test(opening)) return 'svg';
  return null;
}

/** Whether the bytes end before the format says they should. Trailing bytes are no harm. */
export function isTruncated(bytes: Uint8Array, format: AcceptedFormat): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg': {
      for (let at = bytes.length - 2; at >= 2; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return false;
      return true;
    }
    case 'png': {
      // Chunks: length, name, data, checksum; the last one is IEND.
      for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
        if (ascii(bytes, at + 4, at + 8) === 'IEND') return false;
      }
      return true;
    }
    case 'webp':
      return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length;
    case 'avif': {
      let at = 0;
      while (at + 8 <= bytes.length) {
        const size = view.getUint32(at);
        // 0: to the end of the file. 1: 64 bits of size follow.
        if (size === 0) return false;
        const length = size === 1 && at + 16 <= bytes.length ? Number(view.getBigUint64(at + 8)) : size;
        if (length < 8) return false;
        at += length;
      }
      return at !== bytes.length;
    }
  }
}

/** ISO media files name their kind in a list of brands: the major one, a version, the compatible ones. */
function formatOfBrands(bytes: Uint8Array): ImageFormat | null {
  const boxSize = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const end = Math.min(bytes.length, Math.max(16, boxSize), 256);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(bytes, at, at + 4));
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return 'heic';
  return null;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
