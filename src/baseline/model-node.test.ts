import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { readModel, writeModel } from '../detector/model-directory-node.ts';
import type { PreprocessingConfig } from '../image/preprocess.ts';
import { initialParameters } from '../nn/parameters.ts';
import type { BaselineConfig } from './config.ts';
import { createBaseline, readAnyModel, writeBaseline } from './model-node.ts';
import { baselineNetwork } from './network.ts';

const config: BaselineConfig = { classes: ['tee', 'skirt'], channels: [4, 4, 8, 8, 8], hidden: 8, side: 64 };
const preprocessing: PreprocessingConfig = {
  resize: { kind: 'squash', side: 64 },
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
  divisibleBy: 32,
};
const partsWith = (box: readonly number[]) => {
  const parameters = initialParameters(baselineNetwork(config).specs, 1);
  // A box that does not depend on the photo.
  parameters.get('box_head.weight')!.data.fill(0);
  parameters.get('box_head.bias')!.data.set(box);
  return { config, preprocessing, parameters };
};

let root = '';
let directory = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baseline-'));
  directory = join(root, 'model');
  await writeBaseline(directory, { ...partsWith([0.25, 0.5, 0.75, 1]), name: 'five', metrics: { AP50: 0.25 } });
});
afterAll(() => rm(root, { recursive: true }));

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a baseline', () => {
  test('answers with one detection a photo: its box in pixels of the photo, a class that is no background', async () => {
    const detector = await createBaseline(partsWith([0.25, 0.5, 0.75, 1]));
    for (const [width, height] of [
      [120, 90],
      [64, 200],
    ] as const) {
      const { detections } = await detector.detect(tinyPhoto(3, width, height));
      expect(detections.boxes).toEqual(Float32Array.of(width / 4, height / 2, (3 * width) / 4, height));
      expect([1, 2]).toContain(detections.labels[0]);
      expect(detections.scores).toHaveLength(1);
      // Three classes that the fresh head holds equally likely.
      expect(detections.scores[0]).toBeCloseTo(1 / 3, 1);
    }
    await detector.release();
  });

  test('edges that come in the wrong order are put right, and those outside are cut', async () => {
    const detector = await createBaseline(partsWith([0.75, 1.5, 0.25, -1]));
    const { detections } = await detector.detect(tinyPhoto(3, 80, 40));
    expect(detections.boxes).toEqual(Float32Array.of(20, 0, 60, 40));
    await detector.release();
  });
});

describe('model directories say what kind they are', () => {
  test('a baseline reads back as it was written, to half precision', async () => {
    const { kind, model } = await readAnyModel(directory);
    expect(kind).toBe('baseline');
    expect(model).toMatchObject({ name: 'five', minScore: 0, config, preprocessing });
    expect(JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')).kind).toBe('baseline');
    const card = await readFile(join(directory, 'README.md'), 'utf8');
    expect(card).toContain('five convolutions (4, 4, 8, 8, 8)');
    expect(card).toContain('squashed to 64 x 64');
    expect(card).toContain('| AP50 | 0.25 |');
  });

  test('a Faster R-CNN does too; one from before kinds is read as one', async () => {
    const other = join(root, 'detector');
    await writeModel(other, { ...tinyParts(), name: 'tiny' });
    const file = join(other, 'model.json');
    const { kind, ...before } = JSON.parse(await readFile(file, 'utf8'));
    expect(kind).toBe('faster-rcnn');
    expect((await readAnyModel(other)).kind).toBe('faster-rcnn');
    await writeFile(file, JSON.stringify(before));
    expect((await readAnyModel(other)).kind).toBe('faster-rcnn');
    await writeFile(file, JSON.stringify({ kind: 'transformer', ...before }));
    await expect(readAnyModel(other)).rejects.toEqual(failure('model-newer', /kind.*not known.*"transformer"/));
  });

  test('what needs a Faster R-CNN refuses it by its kind', async () => {
    await expect(readModel(directory)).rejects.toEqual(
      failure('model-kind', /model\.json.*expected kind "faster-rcnn"; got "baseline".*recipe with "detector"/s),
    );
  });

  test('photos that are not squashed do not fit it', async () => {
    const other = join(root, 'long');
    const resize = { kind: 'long-side', longSide: 64 } as const;
    await writeBaseline(other, { ...partsWith([0, 0, 1, 1]), name: 'five' });
    const file = join(other, 'model.json');
    const json = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...json, preprocessing: { ...json.preprocessing, resize } }));
    await expect(readAnyModel(other)).rejects.toEqual(failure('model-damaged', /squashed to one size.*long-side/));
  });
});
