import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { preprocess } from '../image/preprocess.ts';
import { type Detector, toPhotoBoxes, toTensorBoxes } from './detector.ts';
import { createDetector } from './detector-node.ts';

let detector: Detector;
beforeAll(async () => {
  detector = await createDetector(tinyParts(), { features: ['C4', 'C5', 'P3', 'P6'] });
});
afterAll(() => detector.release());

describe('a detector', () => {
  test('gives boxes within the photo, labels from 1, scores in falling order', async () => {
    const { detections } = await detector.detect(tinyPhoto(3));
    const { boxes, labels, scores } = detections;
    expect(scores.length).toBeGreaterThan(2);
    expect(boxes.length).toBe(4 * scores.length);
    for (let at = 0; at < boxes.length; at += 4) {
      const [x1, y1, x2, y2] = boxes.subarray(at, at + 4);
      expect(0 <= x1 && x1 < x2 && x2 <= 120 && 0 <= y1 && y1 < y2 && y2 <= 90).toBe(true);
    }
    expect([...labels].every((label) => label >= 1 && label <= tinyConfig.classes.length)).toBe(true);
    expect([...scores]).toEqual([...scores].sort((a, b) => b - a));
  });

  test('hands out the feature maps it was created with', async () => {
    const { features, prepared } = await detector.detect(tinyPhoto(3, 60, 120));
    expect([prepared.height, prepared.width]).toEqual([96, 64]);
    expect(Object.entries(features).map(([name, { shape }]) => [name, ...shape])).toEqual([
      ['C4', 1, 112, 6, 4],
      ['C5', 1, 320, 3, 2],
      ['P3', 1, 8, 12, 8],
      ['P6', 1, 8, 2, 1],
    ]);
  });

  test('the same photo gives the same answer, also beside another', async () => {
    const alone = await detector.detect(tinyPhoto(3));
    const [again, other] = await Promise.all([detector.detect(tinyPhoto(3)), detector.detect(tinyPhoto(4, 80, 80))]);
    expect(again.detections).toEqual(alone.detections);
    expect(other.detections).not.toEqual(alone.detections);
  });

  test('a calibration moves the scores and nothing else', async () => {
    const [scale, shift] = [0.8, -1.5];
    const calibrated = await createDetector({ ...tinyParts(), calibration: { scale, shift } });
    const [moved, raw] = await Promise.all([calibrated.detect(tinyPhoto(3)), detector.detect(tinyPhoto(3))]);
    await calibrated.release();
    expect(moved.detections.boxes).toEqual(raw.detections.boxes);
    expect(moved.detections.labels).toEqual(raw.detections.labels);
    for (const [index, score] of raw.detections.scores.entries()) {
      const odds = (score / (1 - score)) ** scale * Math.exp(shift);
      expect(moved.detections.scores[index]).toBeCloseTo(odds / (1 + odds), 5);
    }
  });

  test('refuses a map that the network lacks', async () => {
    await expect(createDetector(tinyParts(), { features: ['P2'] })).rejects.toThrow(/no feature map P2/);
  });

  test('boxes go from photo to tensor and back', () => {
    const prepared = preprocess(tinyPhoto(1), detector.preprocessing);
    const boxes = Float32Array.of(10, 20, 30.5, 90, 0, 0, 120, 90);
    toPhotoBoxes(toTensorBoxes(boxes, prepared), prepared).forEach((edge, at) => {
      expect(edge).toBeCloseTo(boxes[at], 4);
    });
  });
});
