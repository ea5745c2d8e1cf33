import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { readModel, writeModel } from '../detector/model-directory-node.ts';
import { type OpenedEngine, selectShown } from './model-engine.ts';
import { openEngine } from './open-engine-node.ts';

let folder = '';
let engine: OpenedEngine;
const photo = tinyPhoto(3);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'));
  await writeModel(folder, { ...tinyParts(), name: 'tiny', minScore: 0.65 });
  engine = await openEngine(folder);
});
afterAll(async () => {
  await engine.release();
  await rm(folder, { recursive: true });
});

const lengthOf = (vector: Float32Array) => Math.hypot(...vector);
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('a model as an engine', () => {
  test('states its classes and spaces without running', () => {
    expect(engine.classes).toEqual(['tee', 'trousers', 'hat']);
    expect(engine.minScoreOf(engine.classes[0])).toBe(0.65);
    expect(engine.modelId).toMatch(/^[0-9a-f]{32}$/);
    expect(engine.space('garment')).toMatchObject({ dimension: 40 + 112 + 320 + 9 * 40 + 16, metric: 'cosine' });
    expect(engine.space('paper')).toMatchObject({ dimension: 8, metric: 'euclidean' });
    expect(engine.space('paper').spaceId).not.toBe(engine.space('garment').spaceId);
  });

  test('detects garments in pixels of the photo, those over the lowest score', async () => {
    const all = await engine.detect(photo, { minScore: 0 });
    const shown = await engine.detect(photo);
    expect(all.length).toBeGreaterThan(0);
    expect(shown).toEqual(all.filter(({ score }) => score >= 0.65));
    for (const { box, label } of all) {
      expect(box[0] >= 0 && box[2] <= photo.width && box[1] >= 0 && box[3] <= photo.height).toBe(true);
      expect(engine.classes).toContain(label);
    }
  });

  test('describes what it detects as it describes the same boxes drawn by hand', async () => {
    const { detections } = await engine.analyse(photo, { descriptor: 'garment', minScore: 0 });
    const boxes = detections.map(({ box }) => box);
    expect(boxes).toEqual((await engine.detect(photo, { minScore: 0 })).map(({ box }) => box));
    const drawn = await engine.embedBoxes(photo, boxes, 'garment');
    for (const [index, { vector }] of detections.entries()) {
      expect(lengthOf(vector)).toBeCloseTo(1, 5);
      expect(cosine(vector, drawn[index])).toBeCloseTo(1, 5);
    }
  });

  test('different boxes have different vectors, the whole picture one of its own', async () => {
    const boxes = [[0, 0, 40, 40] as const, [60, 30, 120, 90] as const];
    const [a, b] = await engine.embedBoxes(photo, boxes, 'garment');
    expect(cosine(a, b)).toBeLessThan(0.999);
    const analysis = await engine.analyse(photo, { descriptor: 'garment' });
    expect((await analysis.embed(boxes)).map((vector, index) => cosine(vector, [a, b][index]))).toEqual([
      expect.closeTo(1, 5),
      expect.closeTo(1, 5),
    ]);
    const [whole] = await engine.embedBoxes(photo, [[0, 0, 120, 90]], 'garment');
    expect(cosine(await analysis.whole(), whole!)).toBeCloseTo(1, 5);
  });

  test('no boxes, no vectors', async () => {
    expect(await engine.embedBoxes(photo, [], 'garment')).toEqual([]);
    const { detections } = await engine.analyse(photo, { descriptor: 'garment', minScore: 1 });
    expect(detections).toEqual([]);
  });

  test('an empty or outlying box has a vector of unit length or of zeros, never NaN', async () => {
    for (const vector of await engine.embedBoxes(
      photo,
      [
        [5, 5, 5, 5],
        [500, 500, 600, 600],
      ],
      'garment',
    )) {
      expect(vector.every(Number.isFinite)).toBe(true);
    }
  });

  test("the paper's descriptor sees the whole picture, stretched", async () => {
    const { detections, whole } = await engine.analyse(photo, { descriptor: 'paper', minScore: 0 });
    const vector = await whole();
    expect(vector).toHaveLength(8);
    expect(detections[0].vector).toEqual(vector);
    const other = await engine.embedBoxes(tinyPhoto(4), [[0, 0, 10, 10]], 'paper');
    expect(other[0]).not.toEqual(vector);
  });

  test('the space carries the calibration of its model', async () => {
    expect(engine.space('garment').calibration).toBeUndefined();
    const other = join(folder, 'calibrated');
    await writeModel(other, { ...tinyParts(), name: 'tiny', minScore: 0.65 });
    const { descriptors } = await readModel(other);
    const calibration = { strong: 0.8, fair: 0.6, pairs: 1000, source: 'by hand' };
    const path = join(other, 'model.json');
    const json = JSON.parse(await readFile(path, 'utf8'));
    json.descriptors.garment.calibration = calibration;
    await writeFile(path, JSON.stringify(json));
    const calibrated = await openEngine(other);
    expect(calibrated.space('garment')).toMatchObject({ calibration, spaceId: descriptors.garment!.spaceId });
    expect(calibrated.space('paper').calibration).toBeUndefined();
    await calibrated.release();
    json.descriptors.garment.calibration = { ...calibration, strong: 0.5 };
    await writeFile(path, JSON.stringify(json));
    await expect(openEngine(other)).rejects.toThrow(/descriptors.garment.calibration: strong must not be below fair/);
  });

  test('calls that overlap get their own answers', async () => {
    const photos = [3, 4, 5].map((seed) => tinyPhoto(seed));
    const together = await Promise.all(photos.map((one) => engine.detect(one, { minScore: 0 })));
    for (const [index, one] of photos.entries()) {
      expect(await engine.detect(one, { minScore: 0 })).toEqual(together[index]);
    }
  });

  test('scores of classes of their own', async () => {
    const other = join(folder, 'by-class');
    await writeModel(other, { ...tinyParts(), name: 'tiny', minScore: { tee: 1, trousers: 0, hat: 1 } });
    const picky = await openEngine(other);
    const all = await engine.detect(photo, { minScore: 0 });
    expect((await picky.detect(photo)).length).toBe(all.filter(({ label }) => label === 'trousers').length);
    await picky.release();
  });

  test('a model without a descriptor says which it has', async () => {
    const other = join(folder, 'garment-only');
    const garment = { kind: 'regions', maps: ['C5', 'P3'], size: 2, samplingRatio: 1 } as const;
    await writeModel(other, {
      ...tinyParts(),
      name: 'tiny',
      descriptors: { garment: { ...garment, maps: [...garment.maps] } },
    });
    const limited = await openEngine(other);
    expect(limited.space('garment').dimension).toBe(320 + 8);
    expect(() => limited.space('paper')).toThrow(/no descriptor "paper"; expected one of garment/);
    await limited.release();
  });
});

test('a garment that was found under several classes says so, however low the others', () => {
  const found = {
    boxes: Float32Array.from(
      [
        [0, 0, 10, 20],
        [0, 0, 10, 19],
        [0, 1, 10, 20],
        [50, 0, 60, 20],
      ].flat(),
    ),
    labels: Int32Array.of(1, 2, 3, 2),
    scores: Float32Array.of(0.75, 0.25, 0.5, 0.625),
  };
  const shown = selectShown(found, ['tee', 'tank', 'blouse'], () => 0.6);
  expect(shown).toEqual([
    {
      box: [0, 0, 10, 20],
      label: 'tee',
      score: 0.75,
      alternatives: [
        { label: 'blouse', score: 0.5 },
        { label: 'tank', score: 0.25 },
      ],
    },
    { box: [50, 0, 60, 20], label: 'tank', score: 0.625, alternatives: [] },
  ]);
});

test('of boxes of one class within each other the surest is shown, whichever is larger', () => {
  const found = {
    // A tee; its upper half; a larger box around it; a blouse in the same place; another tee, half over the first.
    boxes: Float32Array.of(0, 0, 10, 20, 0, 0, 10, 10, -1, -1, 11, 25, 0, 0, 10, 20, 5, 0, 15, 20),
    labels: Int32Array.of(1, 1, 1, 2, 1),
    scores: Float32Array.of(0.875, 0.75, 0.75, 0.75, 0.625),
  };
  const shown = selectShown(found, ['tee', 'blouse'], () => 0.5);
  expect(shown.map(({ label, score }) => [label, score])).toEqual([
    ['tee', 0.875],
    ['blouse', 0.75],
    ['tee', 0.625],
  ]);
});
