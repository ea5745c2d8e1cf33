import { expect, test } from 'vitest';
import golden from '../../tests/golden/detector-inference.json' with { type: 'json' };
import { expectClose, howToRegenerate } from '../../tests/golden/expect-close.ts';
import { tinyDetector, tinyPixels } from '../../tests/golden/tiny-detector.ts';
import { selectDetections } from '../../tests/oracles/select-detections.ts';
import { compile } from '../onnx/session-node.ts';
import { tensor } from '../tensor/tensor.ts';
import { inferenceGraph } from './inference-graph.ts';

const { config, network, parameters } = tinyDetector(golden.config);
const { height, width } = golden;

test('logits, proposals and detections are those of torchvision', async () => {
  const classifier = parameters.get('roi_heads.box_predictor.cls_score.weight')!;
  const scaled = tensor(
    'float32',
    classifier.shape,
    classifier.data.map((value) => value * golden.classifierFactor),
  );
  const bindings = new Map([...parameters, ['roi_heads.box_predictor.cls_score.weight', scaled] as const]);
  const { detections, intermediate } = inferenceGraph(network, config);
  const outputs = {
    objectness: intermediate.rpn.objectness,
    proposals: intermediate.proposals.boxes,
    ...intermediate.boxHead,
    ...detections,
  };
  const session = await compile({ outputs, bindings });
  const imageSizes = tensor('float32', [1, 2], Float32Array.from(golden.imageSize));
  const found = await session.run({ pixels: tinyPixels(1, height, width), imageSizes });
  const numbers = (name: string) => found[name].data as Float32Array;
  expectClose(numbers('objectness'), golden.objectness, 1e-4, golden);
  expectClose(numbers('proposals'), golden.proposals, 1e-2, golden);
  expectClose(numbers('classLogits'), golden.classLogits, 1e-4, golden);
  expectClose(numbers('boxDeltas'), golden.boxDeltas, 1e-4, golden);
  expect(Array.from(found.labels!.data as BigInt64Array, Number), howToRegenerate(golden)).toEqual(golden.labels);
  expectClose(numbers('scores'), golden.scores, 1e-4, golden);
  expectClose(numbers('boxes'), golden.boxes, 1e-2, golden);
  expect(golden.labels.length).toBeGreaterThanOrEqual(100);
  expect(new Set(golden.labels).size).toBe(4);

  // One graph for every size of photo.
  const large = await session.run({
    pixels: tinyPixels(1, 128, 64),
    imageSizes: tensor('float32', [1, 2], Float32Array.of(128, 64)),
  });
  expect(large.scores!.data.length).toBeGreaterThan(0);
});

test('a photo in which nothing is found gives no detections', async () => {
  const { detections } = inferenceGraph(network, { ...config, boxHead: { ...config.boxHead, scoreThreshold: 0.999 } });
  const session = await compile({ outputs: { ...detections }, bindings: parameters });
  const imageSizes = tensor('float32', [1, 2], Float32Array.of(64, 64));
  const found = await session.run({ pixels: tinyPixels(1, 64, 64), imageSizes });
  expect([found.boxes!.shape, found.labels!.shape, found.scores!.shape]).toEqual([[0, 4], [0], [0]]);
});

test('places that no proposal took are not detected: the detections are those of the plain version', async () => {
  const given = { ...config, rpn: { ...config.rpn, nmsThreshold: 0.2, postNmsTop: { train: 1, test: 180 } } };
  const { detections, intermediate } = inferenceGraph(network, given);
  const { proposals, boxHead } = intermediate;
  const outputs = { ...detections, ...boxHead, proposals: proposals.boxes, taken: proposals.scores };
  const session = await compile({ outputs, bindings: parameters });
  const imageSizes = tensor('float32', [1, 2], Float32Array.of(60, 90));
  const found = await session.run({ pixels: tinyPixels(1, 64, 96), imageSizes });
  const numbers = (name: string) => found[name].data as Float32Array;
  const count = numbers('taken').filter((score) => score >= 0).length;
  expect(count).toBeGreaterThan(20);
  expect(count).toBeLessThan(numbers('taken').length);
  const wanted = selectDetections(
    {
      proposals: numbers('proposals').subarray(0, count * 4),
      classLogits: numbers('classLogits').subarray(0, count * 5),
      boxDeltas: numbers('boxDeltas').subarray(0, count * 20),
      imageHeight: 60,
      imageWidth: 90,
    },
    given.boxHead,
  );
  expect(Array.from(found.labels!.data as BigInt64Array, Number)).toEqual([...wanted.labels]);
  wanted.scores.forEach((score, at) => {
    expect(numbers('scores')[at]).toBeCloseTo(score, 6);
  });
  wanted.boxes.forEach((edge, at) => {
    expect(numbers('boxes')[at]).toBeCloseTo(edge, 3);
  });
});
