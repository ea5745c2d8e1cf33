import { expect, test } from 'vitest';
import { anchorsFor } from './anchors.ts';
import { lite0DetectorConfig } from './config.ts';
import { trainingFeeds } from './training-feeds.ts';

const lite0 = lite0DetectorConfig(['top', 'skirt']);
const config = { ...lite0, anchors: { ...lite0.anchors, sizes: [[16], [32]], ratios: [1] } };
const anchors = anchorsFor(
  [
    { height: 8, width: 8 },
    { height: 4, width: 4 },
  ],
  64,
  64,
  config.anchors,
);
const shape = { batchSize: 2, height: 64, width: 64, groundTruths: 3, crowds: 1 };
const batch = {
  pixels: new Float32Array(2 * 3 * 64 * 64),
  imageSizes: Int32Array.of(64, 48, 60, 64),
  groundTruth: [
    { boxes: Float32Array.of(8, 8, 24, 24), labels: Int32Array.of(2), crowdBoxes: new Float32Array(0) },
    { boxes: new Float32Array(0), labels: new Int32Array(0), crowdBoxes: Float32Array.of(0, 0, 64, 30) },
  ],
};
const numProposals = 20;
const make = (seed: number) => trainingFeeds(batch, anchors, config, shape, numProposals, seed);

test('a batch with its places: what is missing is zero, targets sit at their anchors', () => {
  const feeds = make(1);
  expect(feeds.imageSizes!.data).toEqual(Float32Array.of(64, 48, 60, 64));
  expect([...feeds.groundTruthBoxes!.data]).toEqual([8, 8, 24, 24, ...new Array(20).fill(0)]);
  expect([...feeds.groundTruthLabels!.data]).toEqual([2n, 0n, 0n, 0n, 0n, 0n]);
  expect([...feeds.crowdBoxes!.data]).toEqual([0, 0, 0, 0, 0, 0, 64, 30]);
  const labels = feeds.rpnLabels!.data as Float32Array;
  // The anchor of 16 pixels around (16, 16) is the box itself.
  expect(labels[2 * 8 + 2]).toBe(1);
  expect([...(feeds.rpnDeltas!.data as Float32Array).subarray(18 * 4, 19 * 4)]).toEqual([0, 0, 0, 0]);
  // Nothing shown: negatives alone, none under the crowd.
  const second = labels.subarray(80);
  expect(second.some((label) => label > 0)).toBe(false);
  expect(second[2 * 8 + 2]).toBe(-1);
  expect(second[6 * 8 + 2]).toBe(0);
});

test('keys are distinct numbers between 0 and 1; the seed decides them, image by image', () => {
  const keys = make(1).keys!.data as Float32Array;
  const [first, second] = [keys.slice(0, 23), keys.slice(23)];
  for (const of of [first, second]) {
    expect(new Set(of).size).toBe(23);
    expect(of.every((key) => key > 0 && key < 1)).toBe(true);
  }
  expect(first).not.toEqual(second);
  expect(make(1)).toEqual(make(1));
  expect(make(2).keys!.data).not.toEqual(keys);
});

test('more boxes than places is our own bug', () => {
  expect(() => trainingFeeds(batch, anchors, config, { ...shape, groundTruths: 0 }, numProposals, 1)).toThrow(/places/);
});
