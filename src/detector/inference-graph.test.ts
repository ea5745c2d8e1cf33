import { expect, test } from 'vitest';
import golden from '../../tests/golden/detector-inference.json' with { type: 'json' };
import { expectClose, howToRegenerate } from '../../tests/golden/expect-close.ts';
import { tinyDetector, tinyPixels } from '../../tests/golden/tiny-detector.ts';
import { type Detections, selectDetections, softmaxRows } from '../../tests/oracles/select-detections.ts';
import { decodeBoxes } from '../boxes/box-coder.ts';
import { clipBoxes, gatherBoxes } from '../boxes/boxes.ts';
import { input, integers } from '../graph/value.ts';
import { compile } from '../onnx/session-node.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { alignRegions } from './align-regions.ts';
import { alignRule, regionStrides } from './config.ts';
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

test.each([1, 2] as const)('a photo in which nothing is found gives no detections, read %i times', async (readings) => {
  const boxHead = { ...config.boxHead, scoreThreshold: 0.999, readings, votingIou: 0.6 };
  const { detections } = inferenceGraph(network, { ...config, boxHead });
  const session = await compile({ outputs: { ...detections }, bindings: parameters });
  const imageSizes = tensor('float32', [1, 2], Float32Array.of(64, 64));
  const found = await session.run({ pixels: tinyPixels(1, 64, 64), imageSizes });
  expect([found.boxes!.shape, found.labels!.shape, found.scores!.shape]).toEqual([[0, 4], [0], [0]]);
});

/** Few enough proposals for places that none takes. */
const sparseRpn = { ...config.rpn, nmsThreshold: 0.2, postNmsTop: { train: 1, test: 180 } };
const photo = { pixels: tinyPixels(1, 64, 96), imageSizes: tensor('float32', [1, 2], Float32Array.of(60, 90)) };
const imageSize = { imageHeight: 60, imageWidth: 90 };

test.each([null, 0.3])(
  'as the plain version; places that no proposal took are not detected; voting from %s',
  async (votingIou) => {
    const given = { ...config, rpn: sparseRpn, boxHead: { ...config.boxHead, votingIou } };
    const { detections, intermediate } = inferenceGraph(network, given);
    const { proposals, boxHead } = intermediate;
    const outputs = { ...detections, ...boxHead, proposals: proposals.boxes, taken: proposals.scores };
    const session = await compile({ outputs, bindings: parameters });
    const found = await session.run(photo);
    const count = floatsOf(found.taken).filter((score) => score >= 0).length;
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(found.taken.data.length);
    const answer = {
      proposals: floatsOf(found.proposals).subarray(0, count * 4),
      classLogits: floatsOf(found.classLogits).subarray(0, count * 5),
      boxDeltas: floatsOf(found.boxDeltas).subarray(0, count * 20),
      ...imageSize,
    };
    expectDetections(found, selectDetections(answer, given.boxHead));
    if (votingIou === null) return;
    const unvoted = selectDetections(answer, { ...given.boxHead, votingIou: null });
    const moved = unvoted.boxes.filter((edge, at) => Math.abs(edge - floatsOf(found.boxes)[at]) > 0.5);
    expect(moved.length).toBeGreaterThan(unvoted.boxes.length / 4);
  },
);

test.each([null, 0.3])(
  'a second reading begins with the boxes of the first, where a class is above the threshold, and averages the scores; voting from %s',
  async (votingIou) => {
    const given = {
      ...config,
      rpn: sparseRpn,
      boxHead: { ...config.boxHead, readings: 2, votingIou, scoreThreshold: 0.28 },
    } as const;
    const { detections, intermediate, features } = inferenceGraph(network, given);
    const pyramid = features.pyramid.slice(0, regionStrides(config).length);
    const { proposals, boxHead } = intermediate;
    const maps = Object.fromEntries(pyramid.map((map, level) => [`P${level}`, map]));
    const outputs = { ...detections, ...boxHead, ...maps, proposals: proposals.boxes, taken: proposals.scores };
    const session = await compile({ outputs, bindings: parameters });
    const found = await session.run(photo);

    const numClasses = 5;
    const first = softmaxRows(floatsOf(found.classLogits), numClasses);
    const surest = Array.from(floatsOf(found.taken), (score, region) => {
      const scores = first.subarray(region * numClasses + 1, (region + 1) * numClasses);
      const best = Math.max(...scores);
      return score >= 0 && best >= given.boxHead.scoreThreshold ? region * numClasses + 1 + scores.indexOf(best) : -1;
    }).filter((answer) => answer >= 0);
    expect(surest.length).toBeGreaterThan(5);
    expect(surest.length).toBeLessThan(found.taken.data.length / 2);
    const regions = surest.map((answer) => Math.floor(answer / numClasses));
    const decoded = decodeBoxes(
      gatherBoxes(floatsOf(found.boxDeltas), Int32Array.from(surest)),
      gatherBoxes(floatsOf(found.proposals), Int32Array.from(regions)),
      config.boxHead.deltaWeights,
    );
    const boxes = tensor('float32', [surest.length, 4], clipBoxes(decoded, 60, 90));

    const givenBoxes = input('boxes', 'float32', [surest.length, 4]);
    const again = pyramid.map(({ shape }, level) => input(`P${level}`, 'float32', shape));
    const zeros = integers(regions.map(() => 0));
    const reading = network.boxHead(alignRegions(again, givenBoxes, zeros, alignRule(config)));
    const second = await (await compile({ outputs: { ...reading }, bindings: parameters })).run({
      boxes,
      ...Object.fromEntries(again.map((_, level) => [`P${level}`, found[`P${level}`]])),
    });
    const scores = softmaxRows(floatsOf(second.classLogits), numClasses).map(
      (score, at) => (score + first[regions[Math.floor(at / numClasses)] * numClasses + (at % numClasses)]) / 2,
    );
    const answer = {
      proposals: boxes.data as Float32Array,
      classLogits: scores.map(Math.log),
      boxDeltas: floatsOf(second.boxDeltas),
      ...imageSize,
    };
    expectDetections(found, selectDetections(answer, given.boxHead));
  },
);

const floatsOf = (output: Tensor | undefined) => output!.data as Float32Array;

function expectDetections(found: Readonly<Record<string, Tensor>>, wanted: Detections): void {
  expect(wanted.labels.length).toBeGreaterThan(2);
  expect(Array.from(found.labels!.data as BigInt64Array, Number)).toEqual([...wanted.labels]);
  wanted.scores.forEach((score, at) => {
    expect(floatsOf(found.scores)[at]).toBeCloseTo(score, 5);
  });
  wanted.boxes.forEach((edge, at) => {
    expect(floatsOf(found.boxes)[at]).toBeCloseTo(edge, 3);
  });
}
