import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPhoto, readPhotoSize } from './decode-node.ts';
import type { ImageErrorCode } from './image-error.ts';
import { readMask } from './mask-node.ts';
import type { Photo } from './photo.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-decode-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Red at the top left, green, blue, white: each a quarter. */
function quarters(width = 32, height = 16) {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour =
        y < height / 2 ? (x < width / 2 ? [255, 0, 0] : [0, 255, 0]) : x < width / 2 ? [0, 0, 255] : [255, 255, 255];
      data.set(colour, (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The pixel in the middle of a quarter, 0 or 1 from the left and the top. */
function quarter(photo: Photo, right: 0 | 1, below: 0 | 1): number[] {
  const x = Math.floor(photo.width * (0.25 + 0.5 * right));
  const y = Math.floor(photo.height * (0.25 + 0.5 * below));
  return [...photo.pixels.subarray((y * photo.width + x) * 3, (y * photo.width + x) * 3 + 3)];
}

function expectNear(actual: number[], expected: number[], tolerance = 12): void {
  actual.forEach((value, channel) => {
    expect(Math.abs(value - expected[channel]), `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance);
  });
}

/** Full cyan, magenta, yellow and black ink, each a quarter: 32 x 16, written by Pillow. */
const inks = [
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQuJyAiLCMcHCg3KSwwMTQ0NB8nOT04',
  'MjwuMzQy/8AAFAgAEAAgBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAIB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMA',
  'TQBZAEsAAD8An9v7f2/gC/0AAAC/0AAAC/0AAD//2Q==',
].join('');

async function expectRefused(input: string | Uint8Array, code: ImageErrorCode, message: RegExp): Promise<void> {
  const error = await readPhoto(input).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error, `should be refused as ${code}`).toMatchObject({ code });
  expect(error.message).toMatch(message);
}

describe('accepted pictures', () => {
  it.each([
    ['JPEG', () => quarters().jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['progressive JPEG', () => quarters().jpeg({ quality: 95, progressive: true, chromaSubsampling: '4:4:4' })],
    ['PNG', () => quarters().png()],
    ['PNG with a palette', () => quarters().png({ palette: true })],
    ['WebP', () => quarters().webp({ quality: 95 })],
    ['lossless WebP', () => quarters().webp({ lossless: true })],
    ['AVIF', () => quarters().avif({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['16-bit PNG', () => quarters().toColourspace('rgb16').png()],
    [
      'JPEG with the Display P3 profile',
      () => quarters().withIccProfile('p3').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
    ],
  ])('reads %s to sRGB', async (_, make) => {
    const photo = await readPhoto(await make().toBuffer());
    expect([photo.width, photo.height, photo.pixels.length]).toEqual([32, 16, 32 * 16 * 3]);
    expectNear(quarter(photo, 0, 0), [255, 0, 0]);
    expectNear(quarter(photo, 1, 0), [0, 255, 0]);
    expectNear(quarter(photo, 0, 1), [0, 0, 255]);
    expectNear(quarter(photo, 1, 1), [255, 255, 255]);
  });

  it('reads a CMYK JPEG as the inks look on paper', async () => {
    const photo = await readPhoto(Buffer.from(inks, 'base64'));
    expect(photo.pixels.length).toBe(32 * 16 * 3);
    expectNear(quarter(photo, 0, 0), [0, 160, 230], 30);
    expectNear(quarter(photo, 1, 0), [230, 0, 126], 30);
    expectNear(quarter(photo, 0, 1), [255, 237, 0], 30);
    expectNear(quarter(photo, 1, 1), [30, 20, 20], 30);
  });

  it('reads a grey picture, of 8 and of 16 bits, as three equal channels', async () => {
    for (const depth of ['b-w', 'grey16'] as const) {
      const grey = await quarters().toColourspace(depth).png().toBuffer();
      const photo = await readPhoto(grey);
      expect(photo.pixels.length).toBe(32 * 16 * 3);
      const [red, green, blue] = quarter(photo, 1, 0);
      expect([green, blue]).toEqual([red, red]);
      expectNear(quarter(photo, 1, 1), [255, 255, 255]);
    }
  });

  it.each([8, 16])('lays transparency of %i bits on white', async (bits) => {
    const half = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } });
    const photo = await readPhoto(await (bits === 16 ? half.toColourspace('rgb16') : half).png().toBuffer());
    expect(photo.pixels.length).toBe(8 * 8 * 3);
    expectNear(quarter(photo, 0, 0), [128, 128, 128], 2);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('stands a picture of EXIF orientation %i upright', async (orientation) => {
    // What a camera stores so that the upright picture is always the same.
    const undo = sharp(await quarters().png().toBuffer());
    if (orientation === 2) undo.flop();
    if (orientation === 3) undo.rotate(180);
    if (orientation === 4) undo.flip();
    if (orientation === 5) undo.rotate(270).flop();
    if (orientation === 6) undo.rotate(270);
    if (orientation === 7) undo.rotate(90).flop();
    if (orientation === 8) undo.rotate(90);
    const stored = await undo.png().toBuffer();
    const bytes = await sharp(stored)
      .withMetadata({ orientation })
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const photo = await readPhoto(bytes);
    expect([photo.width, photo.height]).toEqual([32, 16]);
    expect(await readPhotoSize(bytes)).toEqual({ width: 32, height: 16 });
    expectNear(quarter(photo, 0, 0), [255, 0, 0]);
    expectNear(quarter(photo, 1, 0), [0, 255, 0]);
    expectNear(quarter(photo, 0, 1), [0, 0, 255]);
  });

  it('reads the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#00ff00'].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const animation = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true, loop: 0 })
      .toBuffer();
    const photo = await readPhoto(animation);
    expect([photo.width, photo.height]).toEqual([8, 8]);
    expectNear(quarter(photo, 0, 0), [255, 0, 0]);
  });

  it('judges by content: a JPEG by the name of shoe.heic is read', async () => {
    const path = join(folder, 'shoe.heic');
    await writeFile(path, await quarters().jpeg().toBuffer());
    expect((await readPhoto(path)).width).toBe(32);
  });
});

describe('masks', () => {
  it('are read from one bit and from grey, whatever their size', async () => {
    const half = await sharp(Buffer.from([0, 255, 0, 255]), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer();
    const oneBit = await sharp(half).png({ palette: true, colours: 2 }).toBuffer();
    for (const [name, bytes] of Object.entries({ grey: half, oneBit })) {
      const path = join(folder, `${name}.png`);
      await writeFile(path, bytes);
      const mask = await readMask(path);
      expect([mask.width, mask.height, [...mask.pixels]]).toEqual([2, 2, [0, 255, 0, 255]]);
    }
  });

  it('that are missing or damaged are refused with their path', async () => {
    await expect(readMask(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'image-missing' });
    await writeFile(join(folder, 'bad.png'), 'no mask');
    await expect(readMask(join(folder, 'bad.png'))).rejects.toThrow(/bad\.png: the mask cannot be read/);
  });
});

describe('refused pictures', () => {
  it('says that a file is missing', () =>
    expectRefused(join(folder, 'none.jpg'), 'image-missing', /no such file.*Check the path/));

  it('says that a path is a folder', () => expectRefused(folder, 'image-not-an-image', /folder/));

  it('says that a file is empty', async () => {
    const path = join(folder, 'empty.jpg');
    await writeFile(path, '');
    await expectRefused(path, 'image-empty', /empty\.jpg: the file is empty \(0 bytes\)/);
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'says that a %s is truncated, wherever it was cut',
    async (format) => {
      const noise = Buffer.from(
        Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919 + (at % 13) * 331) % 256),
      );
      const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      for (const share of [0.02, 0.2, 0.5, 0.9, 0.99]) {
        const cut = whole.subarray(0, Math.max(20, Math.floor(whole.length * share)));
        await expectRefused(cut, 'image-truncated', /ends before the picture does.*whole (JPEG|PNG|WEBP|AVIF) file/);
      }
    },
  );

  it('says that a progressive JPEG is truncated', async () => {
    const whole = await quarters(640, 480).jpeg({ progressive: true }).toBuffer();
    await expectRefused(whole.subarray(0, whole.length * 0.6), 'image-truncated', /ends before/);
  });

  it('says so though a whole thumbnail lies in the part that is left', async () => {
    const thumbnail = await quarters().jpeg().toBuffer();
    const whole = await quarters(640, 480).jpeg().toBuffer();
    // An APP1 segment with a picture in it, as cameras write.
    const length = Buffer.from([(thumbnail.length + 2) >> 8, (thumbnail.length + 2) & 255]);
    const withThumbnail = Buffer.concat([
      whole.subarray(0, 2),
      Buffer.from([0xff, 0xe1]),
      length,
      thumbnail,
      whole.subarray(2),
    ]);
    await expect(readPhoto(withThumbnail)).resolves.toMatchObject({ width: 640 });
    const cut = withThumbnail.subarray(0, thumbnail.length + whole.length * 0.7);
    await expectRefused(cut, 'image-truncated', /ends before/);
  });

  it('reads a whole picture with something after its end', async () => {
    const trailed = Buffer.concat([await quarters().jpeg().toBuffer(), Buffer.alloc(5000, 7)]);
    await expect(readPhoto(trailed)).resolves.toMatchObject({ width: 32 });
  });

  it('says that a picture is damaged', async () => {
    const noise = Buffer.from(Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => (at * 7919) % 256));
    const png = await sharp(noise, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer();
    png.fill(0x55, 80, 120);
    await expectRefused(png, 'image-damaged', /damaged/);
  });

  it.each([
    ['text', 'Just some words about shoes.'],
    ['HTML', '<!doctype html><html><body><p>404</p></body></html>'],
    ['a program', '\x7fELF\x02\x01\x01'],
    ['one byte', '\xff'],
  ])('says that %s is not a picture', (_, text) =>
    expectRefused(Buffer.from(text, 'latin1'), 'image-not-an-image', /not a picture.*bytes that start with/),
  );

  it.each([
    ['plain', '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'],
    ['with a prologue', '\ufeff<?xml version="1.0"?>\n<!-- drawn -->\n<!DOCTYPE svg><svg width="8"></svg>'],
    ['with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
  ])('refuses SVG %s', (_, text) => expectRefused(Buffer.from(text), 'image-svg', /SVG.*Export it as PNG/));

  it('refuses PDF', () => expectRefused(Buffer.from('%PDF-1.7\n1 0 obj'), 'image-pdf', /PDF/));

  it('refuses HEIC by name and tells what to do', async () => {
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    await expectRefused(heic, 'image-heic', /HEIC.*Convert it to JPEG/);
    const path = join(folder, 'IMG_0001.HEIC');
    await writeFile(path, 'of a kind that we do not know');
    await expectRefused(path, 'image-heic', /HEIC/);
  });

  it.each(['gif', 'tiff'] as const)('refuses %s, which could be decoded', async (format) => {
    const name = new RegExp(`${format.toUpperCase()} pictures are not accepted.*a JPEG, PNG, WebP or AVIF`);
    await expectRefused(await quarters().toFormat(format).toBuffer(), 'image-unsupported', name);
  });

  it('refuses more pixels than the cap, before decoding any', async () => {
    const png = await quarters(100, 50).png().toBuffer();
    await expect(readPhoto(png, { maxPixels: 5000 })).resolves.toMatchObject({ width: 100 });
    await expect(readPhoto(png, { maxPixels: 4999 })).rejects.toMatchObject({ code: 'image-too-large' });
    // A bomb: a header that promises 60,000 x 60,000.
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    await expectRefused(png, 'image-too-large', /at most 120\.0 megapixels; got 60000 x 60000, 3600\.0 megapixels/);
  });
});
