import { expect, test } from 'vitest';
import { pairwiseIou } from '../../src/boxes/iou.ts';
import { anchorsFor } from '../../src/detector/anchors.ts';
import golden from '../golden/detector-proposals.json' with { type: 'json' };
import { expectClose } from '../golden/expect-close.ts';
import { selectProposals } from './select-proposals.ts';

const everything = { preNmsTop: 10, postNmsTop: 10, nmsThreshold: 0.7, minSize: 1e-3, scoreThreshold: 0 };

test('two levels of one anchor a place: clipped, per level limited, suppressed within the level alone', () => {
  const places = [
    { height: 1, width: 3 },
    { height: 1, width: 1 },
  ];
  const anchors = anchorsFor(places, 8, 24, { sizes: [[8], [8]], ratios: [1] });
  const output = {
    objectness: Float32Array.of(1, 3, 2, 1),
    // The second anchor moves by half a width, onto the third's left half; the last is the first's twin.
    deltas: Float32Array.of(0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    imageHeight: 8,
    imageWidth: 14,
  };
  const all = selectProposals(anchors, output, everything);
  expect([...all.anchorIndices]).toEqual([1, 2, 0, 3]);
  expect([...all.boxes]).toEqual([8, 0, 14, 4, 12, 0, 14, 4, 0, 0, 4, 4, 0, 0, 4, 4]);
  expect(all.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-3)), 7);
  expect([...selectProposals(anchors, output, { ...everything, preNmsTop: 1 }).anchorIndices]).toEqual([1, 3]);
  expect([...selectProposals(anchors, output, { ...everything, postNmsTop: 3 }).anchorIndices]).toEqual([1, 2, 0]);
  expect([...selectProposals(anchors, output, { ...everything, minSize: 3 }).anchorIndices]).toEqual([1, 0, 3]);
  expect([...selectProposals(anchors, output, { ...everything, scoreThreshold: 0.8 }).anchorIndices]).toEqual([1, 2]);
  expect([...selectProposals(anchors, output, { ...everything, nmsThreshold: 0.3 }).anchorIndices]).toEqual([1, 0, 3]);
});

test.each(golden.cases)('proposals of an image of $image equal torchvision', (image) => {
  const sizes = golden.features.map(([height, width]) => ({ height, width }));
  const anchors = anchorsFor(sizes, golden.tensor[0], golden.tensor[1], golden);
  const output = {
    objectness: Float32Array.from(image.objectness),
    deltas: Float32Array.from(image.deltas),
    imageHeight: image.image[0],
    imageWidth: image.image[1],
  };
  const proposals = selectProposals(anchors, output, golden.rule);
  expect(proposals.boxes).toHaveLength(50 * 4);
  expectClose(proposals.scores, image.scores, 1e-6, golden);
  expectClose(proposals.boxes, image.boxes, 1e-4, golden);
  expect(pairwiseIou(proposals.boxes, proposals.boxes).some((iou) => iou > 0.5 && iou < 0.7)).toBe(true);
});
