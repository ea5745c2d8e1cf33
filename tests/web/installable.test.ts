/** @file What phones ask of an app that they install: the manifest of the built app, its icons, and the page that names them. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const built = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const at = (path: string) => `${built}${path.replace(/^\//, '')}`;

const manifestSchema = z.object({
  name: z.string().min(1),
  short_name: z.string().min(1).max(15),
  id: z.literal('/'),
  start_url: z.literal('/'),
  scope: z.literal('/'),
  display: z.literal('standalone'),
  background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  theme_color: z.string().regex(/^#[0-9a-f]{6}$/),
  icons: z.array(
    z.object({
      src: z.string().startsWith('/icons/'),
      sizes: z.string(),
      type: z.enum(['image/png', 'image/svg+xml']),
      purpose: z.enum(['any', 'maskable']).optional(),
    }),
  ),
});

describe.skipIf(!existsSync(at('index.html')))('the built app can be installed', () => {
  const read = async () => manifestSchema.parse(JSON.parse(await readFile(at('manifest.webmanifest'), 'utf8')));

  it('has icons of the sizes and kinds that it says', async () => {
    const { icons } = await read();
    for (const { src, sizes, type } of icons) {
      const { format, width, height } = await sharp(await readFile(at(src))).metadata();
      expect([src, `image/${format === 'svg' ? 'svg+xml' : format}`]).toEqual([src, type]);
      if (sizes !== 'any') expect([src, `${width}x${height}`]).toEqual([src, sizes]);
    }
    // What Chrome asks for; a phone cuts a maskable one to its own shape.
    const ofPurpose = (wanted: string) =>
      icons.filter(({ type, purpose = 'any' }) => type === 'image/png' && purpose === wanted).map(({ sizes }) => sizes);
    expect(ofPurpose('any')).toEqual(expect.arrayContaining(['192x192', '512x512']));
    expect(ofPurpose('maskable')).toContain('512x512');
  });

  it('has no maskable icon with something in its edges, which are cut off, and none that lets the wall through', async () => {
    const icon = (await read()).icons.find(({ purpose }) => purpose === 'maskable');
    const { data, info } = await sharp(await readFile(at(icon?.src ?? '')))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const middle = info.width / 2;
    const colourAt = (x: number, y: number) => [
      ...data.subarray(4 * (y * info.width + x), 4 * (y * info.width + x) + 4),
    ];
    const background = colourAt(0, 0);
    expect(background[3]).toBe(255);
    let numInside = 0;
    for (let y = 0; y < info.height; y += 4) {
      for (let x = 0; x < info.width; x += 4) {
        const isDrawn = colourAt(x, y).some((value, channel) => Math.abs(value - background[channel]) > 8);
        // Within the inner 80 %: a circle.
        const isInside = Math.hypot(x - middle, y - middle) <= 0.4 * info.width;
        if (isDrawn) expect([x, y, isInside]).toEqual([x, y, true]);
        if (isDrawn) numInside += 1;
      }
    }
    expect(numInside).toBeGreaterThan(100);
  });

  it('is named by the page, with an icon for those who do not read it', async () => {
    const page = await readFile(at('index.html'), 'utf8');
    expect(page).toContain('<link rel="manifest" href="/manifest.webmanifest"');
    const [, touch = ''] = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(page) ?? [];
    const { width, height } = await sharp(await readFile(at(touch))).metadata();
    expect([width, height]).toEqual([180, 180]);
    expect(existsSync(at('service-worker.js'))).toBe(true);
  });
});
