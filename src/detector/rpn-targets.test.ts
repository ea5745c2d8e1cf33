import { expect, test } from 'vitest';
import golden from '../../tests/golden/detector-regions.json' with { type: 'json' };
import { expectClose, howToRegenerate } from '../../tests/golden/expect-close.ts';
import { objectnessLoss, rpnBoxLoss } from '../../tests/plain-losses.ts';
import { Random } from '../random/random.ts';
import { anchorsFor } from './anchors.ts';
import { rpnTargets } from './rpn-targets.ts';

const { tensor, features, groundTruth, labels, deltas, objectness, predicted, ...wanted } = golden.rpnTraining;
const sizes = features.map(([height, width]) => ({ height, width }));
const anchors = anchorsFor(sizes, tensor[0], tensor[1], golden.rpnTraining).boxes;
const numAnchors = anchors.length / 4;
const rule = { foregroundIou: 0.7, backgroundIou: 0.3, batchSize: 1000, positiveFraction: 0.5 };
const noCrowds = new Float32Array(0);
const keys = Float32Array.from(
  { length: numAnchors },
  (
    (random) => () =>
      random.uniform()
  )(new Random(1)),
);
const truths = groundTruth.map((boxes) => ({ boxes: Float32Array.from(boxes), crowdBoxes: noCrowds }));

test('targets and both losses of two images, one without objects, equal torchvision', () => {
  const targets = truths.map((truth) => rpnTargets(anchors, truth, keys, rule));
  for (const [image, target] of targets.entries()) {
    expect([...target.labels], howToRegenerate(golden)).toEqual(labels[image]);
    expectClose(target.deltas, deltas[image], 1e-6, golden);
  }
  expect(targets[0].labels.filter((label) => label === 1).length).toBeGreaterThan(1);
  const allLabels = Int32Array.from(targets.flatMap((target) => [...target.labels]));
  const allDeltas = Float32Array.from(targets.flatMap((target) => [...target.deltas]));
  expect(objectnessLoss(Float32Array.from(objectness.flat()), allLabels)).toBeCloseTo(wanted.objectnessLoss, 5);
  expect(rpnBoxLoss(Float32Array.from(predicted.flat()), allDeltas, allLabels)).toBeCloseTo(wanted.boxLoss, 5);
});

test('only sampled anchors have a label, and only sampled objects have deltas', () => {
  const target = rpnTargets(anchors, truths[0], keys, { ...rule, batchSize: 4, positiveFraction: 0.25 });
  const count = (value: number) => target.labels.filter((label) => label === value).length;
  expect([count(1), count(0), count(-1)]).toEqual([1, 3, numAnchors - 4]);
  const withDeltas = [...target.labels.keys()].filter((anchor) =>
    target.deltas.subarray(anchor * 4, anchor * 4 + 4).some(Boolean),
  );
  expect(withDeltas).toEqual([target.labels.indexOf(1)]);
});

test('anchors that a crowd covers are neither objects nor background', () => {
  const crowdBoxes = Float32Array.of(0, 0, 96, 96);
  const target = rpnTargets(anchors, { ...truths[0], crowdBoxes }, keys, rule);
  const free = rpnTargets(anchors, truths[0], keys, rule);
  for (let anchor = 0; anchor < numAnchors; anchor++) {
    const [x1, y1, x2, y2] = anchors.subarray(anchor * 4, anchor * 4 + 4);
    const inside = Math.max(0, Math.min(x2, 96) - Math.max(x1, 0)) * Math.max(0, Math.min(y2, 96) - Math.max(y1, 0));
    const isCovered = inside / ((x2 - x1) * (y2 - y1)) >= 0.5;
    expect(target.labels[anchor]).toBe(isCovered ? -1 : free.labels[anchor]);
  }
  expect(target.labels.includes(0)).toBe(true);
});
