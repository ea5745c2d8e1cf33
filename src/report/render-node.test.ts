import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Photo } from '../image/photo.ts';
import { renderContactSheet } from './contact-sheet-node.ts';
import { renderAnnotatedPhoto, thumbnail } from './render-node.ts';

const classes = ['tee', 'trousers'];

function grey(width: number, height: number): Photo {
  return { width, height, pixels: new Uint8Array(width * height * 3).fill(200) };
}

async function pixelAt(picture: Buffer, x: number, y: number): Promise<number[]> {
  const region = { left: Math.round(x), top: Math.round(y), width: 1, height: 1 };
  return [...(await sharp(picture).extract(region).raw().toBuffer())];
}

test('a small photo is enlarged until its labels can be read, a large one is kept', async () => {
  const boxes = [{ box: [10, 10, 30, 50] as const, label: 'tee', score: 0.9 }];
  const small = await renderAnnotatedPhoto(grey(48, 64), boxes, classes);
  expect(await sharp(small).metadata()).toMatchObject({ width: 480, height: 640 });
  // The left edge of the box is blue, and what is outside of it is as it was.
  const [red, , blue] = await pixelAt(small, 100, 300);
  expect(blue! - red!).toBeGreaterThan(80);
  expect(Math.abs((await pixelAt(small, 400, 300))[0] - 200)).toBeLessThan(4);
  const large = await renderAnnotatedPhoto(grey(1500, 1000), boxes, classes);
  expect(await sharp(large).metadata()).toMatchObject({ width: 1500, height: 1000 });
});

test('a photo of one pixel, and boxes that leave the photo, are drawn', async () => {
  const boxes = [{ box: [-50, -50, 500, 500] as const, label: 'tee', score: 0.9 }];
  expect((await renderAnnotatedPhoto(grey(1, 1), boxes, classes)).length).toBeGreaterThan(0);
  expect((await renderAnnotatedPhoto(grey(300, 2), boxes, classes)).length).toBeGreaterThan(0);
  expect(await thumbnail(grey(100, 100), { width: 50, height: 80 }, [90, 90, 500, 500])).toMatchObject({
    width: 50,
    height: 50,
  });
});

test('a contact sheet shows items whose picture or price is missing', async () => {
  const row = {
    ...{ product: '1', variant: '', image: 'a.jpg', region: 0, box: [0, 0, 1, 1] as const, label: 'tee', score: 1 },
    ...{ contentHash: '', vector: new Float32Array(1), attributes: { file: '/no/such/picture.jpg' } },
  };
  const item = { id: '1', title: '</svg>&"\u0000', label: 'tee', similarity: 0.5, image: 'a.jpg', row };
  const whole = { box: [0, 0, 60, 80] as const, label: null, score: null, wholePicture: true, nothingSimilar: false };
  const sheet = await renderContactSheet(
    { photo: grey(60, 80), file: '<x>.jpg' },
    [{ ...whole, items: [item] }],
    classes,
  );
  expect((await sharp(sheet).metadata()).format).toBe('jpeg');
  const empty = await renderContactSheet({ photo: grey(60, 80), file: 'x.jpg' }, [{ ...whole, items: [] }], classes);
  expect((await sharp(empty).metadata()).format).toBe('jpeg');
});

test.skipIf(process.platform !== 'linux')('a machine without fonts gets letters of dots', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-fonts-'));
  const config = join(folder, 'fonts.conf');
  await writeFile(
    config,
    `<?xml version="1.0"?><fontconfig><dir>${folder}</dir><cachedir>${folder}</cachedir></fontconfig>`,
  );
  const script = `
    import { availableFont } from ${JSON.stringify(join(import.meta.dirname, 'render-node.ts'))};
    console.log(await availableFont());
  `;
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, FONTCONFIG_FILE: config },
  });
  await rm(folder, { recursive: true, force: true });
  expect(stdout.trim()).toBe('dots');
});
