import { expect, test } from 'vitest';
import type { DeltaWeights } from '../../src/boxes/box-coder.ts';
import golden from '../golden/detector-regions.json' with { type: 'json' };
import { expectClose, howToRegenerate } from '../golden/expect-close.ts';
import { boxHeadLoss, classLoss } from '../plain-losses.ts';
import { selectTrainingRegions } from './select-training-regions.ts';

const deltaWeights: DeltaWeights = [10, 10, 5, 5];
const rule = { foregroundIou: 0.5, backgroundIou: 0.5, batchSize: 1000, positiveFraction: 0.25, deltaWeights };
const noBoxes = new Float32Array(0);

test('regions, targets and both losses equal torchvision', () => {
  const wanted = golden.training;
  const truth = {
    boxes: Float32Array.from(wanted.groundTruth),
    labels: Int32Array.from(wanted.groundTruthLabels),
    crowdBoxes: noBoxes,
  };
  const proposals = Float32Array.from(wanted.proposals);
  const keys = { proposals: new Float32Array(500), groundTruth: new Float32Array(30) };
  const regions = selectTrainingRegions(proposals, truth, keys, rule);
  expectClose(regions.boxes, Float32Array.from(wanted.boxes), 0, golden);
  expect([...regions.labels], howToRegenerate(golden)).toEqual(wanted.labels);
  expectClose(regions.deltas, wanted.deltas, 2e-6, golden);
  expect(classLoss(Float32Array.from(wanted.classLogits), regions.labels)).toBeCloseTo(wanted.classLoss, 5);
  const boxLoss = boxHeadLoss(Float32Array.from(wanted.boxDeltas), regions.deltas, regions.labels);
  expect(boxLoss / wanted.boxLoss).toBeCloseTo(1, 5);
});

const proposals = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 9, 50, 50, 60, 60, 70, 70, 80, 80, 0, 50, 10, 60);
const truth = { boxes: Float32Array.of(0, 0, 10, 10), labels: Int32Array.of(3), crowdBoxes: noBoxes };
const small = { ...rule, batchSize: 4, positiveFraction: 0.5 };

test('keys decide: those of proposals and of ground truth are apart, whatever the number of proposals', () => {
  const keys = { proposals: Float32Array.of(0.3, 0.2, 0.1, 0.6, 0.5, 0.9), groundTruth: Float32Array.of(0.25, 0.9) };
  const { candidateIndices, labels, deltas } = selectTrainingRegions(proposals, truth, keys, small);
  expect([...candidateIndices]).toEqual([0, 3, 4, 5]);
  expect([...labels]).toEqual([3, 0, 0, 3]);
  expect([...deltas]).toEqual(new Array(16).fill(0));
});

test('regions that a crowd covers are left out, the ground truth too', () => {
  const keys = { proposals: new Float32Array(5), groundTruth: new Float32Array(1) };
  const crowdBoxes = Float32Array.of(0, 0, 20, 20, 48, 48, 66, 66);
  const { candidateIndices, labels } = selectTrainingRegions(proposals, { ...truth, crowdBoxes }, keys, small);
  expect([...candidateIndices]).toEqual([3, 4]);
  expect([...labels]).toEqual([0, 0]);
});

test('a photo without garments gives background alone', () => {
  const keys = { proposals: new Float32Array(5), groundTruth: noBoxes };
  const nothing = { boxes: noBoxes, labels: new Int32Array(0), crowdBoxes: noBoxes };
  const regions = selectTrainingRegions(proposals, nothing, keys, small);
  expect([...regions.labels]).toEqual([0, 0, 0, 0]);
  expect([...regions.candidateIndices]).toEqual([0, 1, 2, 3]);
});
