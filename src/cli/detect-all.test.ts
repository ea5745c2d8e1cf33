import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { boxAt } from '../boxes/boxes.ts';
import { createDetector } from '../detector/detector-node.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { readPhoto } from '../image/decode-node.ts';
import { evaluateCommand } from './evaluate.ts';

let folder = '';
const model = () => join(folder, 'model');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detect-all-'));
  await writeModel(model(), { ...tinyParts(), name: 'tiny', precision: 'float32' });
  for (const seed of [3, 4]) {
    const { width, height, pixels } = tinyPhoto(seed);
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, `${seed}.png`));
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The detections themselves as the truth, in categories of another order. */
async function writeAnnotations(classes: readonly string[]): Promise<string> {
  const detector = await createDetector(tinyParts());
  const annotations: object[] = [];
  for (const seed of [3, 4]) {
    const { detections } = await detector.detect(await readPhoto(join(folder, `${seed}.png`)));
    for (const [index, label] of detections.labels.entries()) {
      const [x1, y1, x2, y2] = boxAt(detections.boxes, index);
      annotations.push({
        id: annotations.length + 1,
        image_id: seed,
        category_id: classes.indexOf(tinyConfig.classes[label - 1]) + 1,
        bbox: [x1, y1, x2 - x1, y2 - y1],
      });
    }
  }
  await detector.release();
  const path = join(folder, 'annotations.json');
  const categories = classes.map((name, index) => ({ id: index + 1, name }));
  const images = [3, 4].map((seed) => ({ id: seed, file_name: `${seed}.png` }));
  await writeFile(path, JSON.stringify({ images, categories, annotations }));
  return path;
}

async function evaluate(annotations: string): Promise<Record<string, number>> {
  const argv = ['--annotations', annotations, '--model', model(), '--images', folder, '--json'];
  const { out } = await captureOutput(() => evaluateCommand().exitOverride().parseAsync(argv, { from: 'user' }));
  return JSON.parse(out);
}

describe('deepshop evaluate --model', () => {
  test('a model agrees with what it said itself, whatever the order of the classes', async () => {
    const document = await evaluate(await writeAnnotations(['hat', 'tee', 'trousers']));
    expect(document).toMatchObject({ AP: expect.closeTo(1, 6), topClassAccuracy: 1 });
    expect(document.roiAccuracy).toBeGreaterThan(0.2);
    expect(document.roiAccuracy).toBeLessThanOrEqual(1);
    expect(await evaluate(join(folder, 'annotations.json'))).toEqual(document);
  });

  test('refuses a model of other classes, and names a photo that is not there', async () => {
    await writeAnnotations(['hat', 'tee', 'trousers', 'bag']);
    const failure = (code: string, message: RegExp) =>
      expect.objectContaining({ code, message: expect.stringMatching(message) });
    await expect(evaluate(join(folder, 'annotations.json'))).rejects.toEqual(
      failure('classes-differ', /expected hat, tee, trousers, bag; got tee, trousers, hat/),
    );
    await writeAnnotations(['hat', 'tee', 'trousers']);
    await rm(join(folder, '4.png'));
    await expect(evaluate(join(folder, 'annotations.json'))).rejects.toEqual(failure('image-missing', /4\.png/));
  });
});
