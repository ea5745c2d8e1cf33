import { expect, test } from 'vitest';
import { baselineTargets, targetOf } from './targets.ts';

const truth = (boxes: readonly number[][], labels: readonly number[], crowds: readonly number[][] = []) => ({
  boxes: Float32Array.from(boxes.flat()),
  labels: Int32Array.from(labels),
  crowdBoxes: Float32Array.from(crowds.flat()),
});

const small = [0, 0, 10, 10];
const large = [0, 0, 20, 40];

test('the largest garment is the one that counts, of equal ones the first', () => {
  expect(targetOf(truth([small, large], [3, 5]))).toEqual({ label: 5, at: 4 });
  expect(targetOf(truth([small, small], [3, 5]))).toEqual({ label: 3, at: 0 });
});

test('no garment is background; nothing but regions to ignore is no statement', () => {
  expect(targetOf(truth([], []))).toEqual({ label: 0, at: null });
  expect(targetOf(truth([], [], [large]))).toEqual({ label: -1, at: null });
  expect(targetOf(truth([small], [2], [large]))).toEqual({ label: 2, at: 0 });
});

test('boxes become shares of the squashed photo', () => {
  const { labels, boxes, judged, hasBox } = baselineTargets([truth([[32, 0, 128, 64]], [1]), truth([], [])], 128);
  expect([...labels.data].map(Number)).toEqual([1, 0]);
  expect([...boxes.data]).toEqual([0.25, 0, 1, 0.5, 0, 0, 0, 0]);
  expect([...judged.data]).toEqual([1, 1]);
  expect([...hasBox.data]).toEqual([1, 0]);
});
