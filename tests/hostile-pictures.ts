/** @file For tests: files that are sent to break something, and pictures that were changed at random. */
import sharp from 'sharp';
import { Random } from '../src/random/random.ts';

export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const text = (content: string) => new TextEncoder().encode(content);

/** The First light set: what people and attackers do send instead of a photo. */
export async function hostileFiles(): Promise<HostileFile[]> {
  const photo = await seedPicture('jpeg');
  const png = await seedPicture('png');
  const large = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: '#777777' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return [
    { name: 'nothing', bytes: new Uint8Array(0) },
    { name: 'one byte', bytes: Uint8Array.of(0xff) },
    { name: 'zeros', bytes: new Uint8Array(5000) },
    { name: 'text', bytes: text('hello') },
    { name: 'HTML', bytes: text('<!doctype html><script>alert(1)</script>') },
    {
      name: 'SVG',
      bytes: text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
      ),
    },
    {
      name: 'SVG after white space',
      bytes: text('\n\n  <?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    },
    {
      name: 'SVG with an entity bomb',
      bytes: text('<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'),
    },
    { name: 'PDF', bytes: text('%PDF-1.7\n1 0 obj') },
    { name: 'GIF', bytes: await sharp(photo).gif().toBuffer() },
    { name: 'TIFF', bytes: await sharp(photo).tiff().toBuffer() },
    { name: 'ImageMagick script', bytes: text('push graphic-context\nimage over 0,0 0,0 "https://evil.example/x"') },
    { name: 'PostScript', bytes: text('%!PS-Adobe-3.0\n(%pipe%id) (w) file') },
    { name: 'half a JPEG', bytes: photo.subarray(0, photo.length >> 1) },
    { name: 'a JPEG header', bytes: photo.subarray(0, 20) },
    { name: 'half a PNG', bytes: png.subarray(0, png.length >> 1) },
    { name: 'a PNG that claims 2 billion pixels a side', bytes: withPngSize(png, 0x7fff_ffff, 0x7fff_ffff) },
    { name: 'a PNG that claims 900 megapixels', bytes: withPngSize(png, 30_000, 30_000) },
    { name: 'a PNG of no size', bytes: withPngSize(png, 0, 0) },
    { name: 'a PNG bomb of 16 megapixels', bytes: large },
    {
      name: 'a HEIC by its brand',
      bytes: new Uint8Array([0, 0, 0, 24, ...text('ftypheic'), 0, 0, 0, 0, ...text('heicmif1')]),
    },
    {
      name: 'an AVIF by its brand alone',
      bytes: new Uint8Array([0, 0, 0, 20, ...text('ftypavif'), 0, 0, 0, 0, ...text('avif')]),
    },
    {
      name: 'a WebP by its head alone',
      bytes: new Uint8Array([...text('RIFF'), 255, 255, 255, 127, ...text('WEBPVP8 ')]),
    },
    { name: 'a zip', bytes: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0) },
    { name: 'an executable', bytes: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0) },
  ];
}

const formats = ['jpeg', 'png', 'webp', 'avif'] as const;

/** A small picture of a format. */
async function seedPicture(format: (typeof formats)[number]): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 96 * 96 * 3 }, (_, at) => (at * 7 + (at >> 5) * 31) & 255);
  const picture = sharp(pixels, { raw: { width: 96, height: 96, channels: 3 } }).withExif({ IFD0: { Artist: 'x' } });
  return new Uint8Array(await picture.toFormat(format).toBuffer());
}

/** Pictures with bytes changed, cut, doubled, filled: `count` of them, the same for the same seed. */
export async function* mutatedPictures(count: number, seed: number): AsyncGenerator<HostileFile> {
  const random = new Random(seed);
  const seeds = await Promise.all(formats.map(seedPicture));
  for (let number = 0; number < count; number++) {
    const format = number % formats.length;
    const bytes = Uint8Array.from(seeds[format]);
    const kind = random.below(5);
    const at = random.below(bytes.length);
    let changed: Uint8Array = bytes;
    if (kind === 0)
      for (let times = 0; times <= random.below(20); times++) bytes[random.below(bytes.length)] = random.below(256);
    else if (kind === 1) changed = bytes.subarray(0, at);
    else if (kind === 2) bytes.fill(random.below(2) * 255, at, at + random.below(200));
    else if (kind === 3)
      changed = new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(random.below(bytes.length))]);
    // Sizes stand near the beginning.
    else for (let times = 0; times < 4; times++) bytes[random.below(Math.min(64, bytes.length))] = random.below(256);
    yield { name: `${formats[format]} ${number} of seed ${seed}`, bytes: changed };
  }
}

/** The checksum is made right again, so that the size is believed. */
function withPngSize(png: Uint8Array, width: number, height: number): Uint8Array {
  const bytes = Uint8Array.from(png);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
