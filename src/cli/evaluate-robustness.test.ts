import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { boxAt } from '../boxes/boxes.ts';
import { createDetector } from '../detector/detector-node.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { evaluateCommand } from './evaluate.ts';

let folder = '';
const at = (...parts: string[]) => join(folder, ...parts);

/** A model, and a set whose truth is what the model finds on the photos as they are. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'robustness-'));
  await writeModel(at('model'), { ...tinyParts(), name: 'tiny', precision: 'float32' });
  const detector = await createDetector(tinyParts());
  const images: object[] = [];
  const annotations: object[] = [];
  for (const seed of [3, 4, 5]) {
    const photo = tinyPhoto(seed);
    const { width, height, pixels } = photo;
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(at(`${seed}.png`));
    images.push({ id: seed, file_name: `${seed}.png`, width, height });
    const { boxes, labels } = (await detector.detect(photo)).detections;
    for (const [index, label] of labels.entries()) {
      const [x1, y1, x2, y2] = boxAt(boxes, index);
      const bbox = [x1, y1, x2 - x1, y2 - y1];
      annotations.push({ id: annotations.length + 1, image_id: seed, category_id: label, bbox });
    }
  }
  await detector.release();
  const categories = tinyConfig.classes.map((name, index) => ({ id: index + 1, name }));
  await writeFile(at('given.json'), JSON.stringify({ images, annotations, categories }));
  await prepareCoco({ annotations: at('given.json'), images: folder, out: at('set') });
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => {
  const command = evaluateCommand();
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ writeErr: () => {} });
  return captureOutput(() => command.parseAsync(['robustness', '--model', at('model'), ...args], { from: 'user' }));
};

test('photos as they are have what the model finds, worse ones less', async () => {
  const { sets } = JSON.parse((await run('--data', `${at('set')}:all`, '--json')).out);
  const [{ photos, plain, distorted }] = sets;
  expect(photos).toBe(3);
  expect(plain.AP50).toBeGreaterThan(0.99);
  expect(distorted.map(({ distortion }: { distortion: string }) => distortion)).toEqual([
    'rotation',
    'perspective',
    'blur',
    'noise',
    'jpeg',
    'dark',
    'occlusion',
    'small',
  ]);
  for (const { AP50, drop } of distorted) {
    expect(AP50).toBeGreaterThanOrEqual(0);
    expect(drop).toBeCloseTo(plain.AP50 - AP50, 9);
  }
  expect(distorted.some(({ drop }: { drop: number }) => drop > 0.02)).toBe(true);
});

test('some distortions, as a table; others are refused', async () => {
  const { out } = await run('--data', `${at('set')}:all`, '--distort', 'small,jpeg');
  expect(out.split('\n').map((line) => line.trim().split(/\s{2,}/)[0])).toEqual([
    expect.stringContaining('set, all: 3 photos'),
    'mAP50',
    'as they are',
    'small',
    'jpeg',
    '',
    '',
  ]);
  await expect(run('--data', at('set'), '--distort', 'rain')).rejects.toThrow(/rotation, perspective, blur/);
});
