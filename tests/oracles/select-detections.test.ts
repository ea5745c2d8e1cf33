import { expect, test } from 'vitest';
import type { DeltaWeights } from '../../src/boxes/box-coder.ts';
import golden from '../golden/detector-regions.json' with { type: 'json' };
import { expectClose, howToRegenerate } from '../golden/expect-close.ts';
import { selectDetections, softmaxRows } from './select-detections.ts';

const rule = {
  scoreThreshold: 0.1,
  nmsThreshold: 0.5,
  detectionsPerImage: 10,
  deltaWeights: [1, 1, 1, 1] as DeltaWeights,
};

test('each class of a region has its own box and score; the background has none', () => {
  const output = {
    proposals: Float32Array.of(0, 0, 10, 10),
    classLogits: Float32Array.of(Math.log(5), Math.log(2), Math.log(3)),
    boxDeltas: Float32Array.of(9, 9, 9, 9, 0.5, 0, 0, 0, 0, 0, 0, 0),
    imageHeight: 8,
    imageWidth: 12,
  };
  const found = selectDetections(output, rule);
  expect([...found.labels]).toEqual([2, 1]);
  expect([...found.boxes]).toEqual([0, 0, 10, 8, 5, 0, 12, 8]);
  expect(found.scores[0]).toBeCloseTo(0.3, 6);
  expect([...found.regionIndices]).toEqual([0, 0]);
  expect([...selectDetections(output, { ...rule, scoreThreshold: 0.25 }).labels]).toEqual([2]);
  expect([...selectDetections(output, { ...rule, detectionsPerImage: 1 }).labels]).toEqual([2]);
});

test('no regions, no detections', () => {
  const nothing = new Float32Array(0);
  const output = { proposals: nothing, classLogits: nothing, boxDeltas: nothing, imageHeight: 8, imageWidth: 8 };
  expect(selectDetections(output, rule).boxes).toHaveLength(0);
});

test('softmax of large logits stays finite', () => {
  expect([...softmaxRows(Float32Array.of(1000, 1000, 0, 0, -1000, 0), 3)]).toEqual([0.5, 0.5, 0, 0.5, 0, 0.5]);
});

test('detections of five classes equal torchvision', () => {
  const wanted = golden.detections;
  const [x, y, width, height] = wanted.rule.deltaWeights;
  const found = selectDetections(
    {
      proposals: Float32Array.from(wanted.proposals),
      classLogits: Float32Array.from(wanted.classLogits),
      boxDeltas: Float32Array.from(wanted.boxDeltas),
      imageHeight: wanted.image[0],
      imageWidth: wanted.image[1],
    },
    { ...wanted.rule, deltaWeights: [x, y, width, height] },
  );
  expect(found.labels.length).toBeGreaterThan(50);
  expect([...found.labels], howToRegenerate(golden)).toEqual(wanted.labels);
  expectClose(found.scores, wanted.scores, 1e-6, golden);
  expectClose(found.boxes, wanted.boxes, 1e-4, golden);
});
