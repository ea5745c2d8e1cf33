import { expect, test } from 'vitest';
import { Random } from '../random/random.ts';
import { calibratedMatches, fitScoreCalibration, rawMatches } from './calibrate-scores.ts';
import { cocoAreaRanges, type Matches, matchDetections } from './match-detections.ts';
import { expectedCalibrationError, reliabilityBins } from './reliability.ts';

/** Photos with a garment each and one detection, right as often as `chanceOf` its score says. */
function drawMatches(seed: number, chanceOf: (score: number) => number): Matches {
  const random = new Random(seed);
  const numImages = 4000;
  const boxes = new Float64Array(4 * numImages);
  const found = new Float64Array(4 * numImages);
  const scores = new Float64Array(numImages);
  for (let image = 0; image < numImages; image++) {
    boxes.set([10, 10, 50, 50], 4 * image);
    scores[image] = random.between(0.02, 0.98);
    found.set(random.chance(chanceOf(scores[image]!)) ? [10, 10, 50, 50] : [90, 90, 20, 20], 4 * image);
  }
  const images = Int32Array.from({ length: numImages }, (_, image) => image);
  const labels = new Int32Array(numImages).fill(1);
  const truth = { areas: new Float64Array(numImages).fill(2500), crowds: new Uint8Array(numImages) };
  return matchDetections(
    { classes: ['tee'], numImages, images, labels, boxes, ...truth },
    { images, labels, boxes: found, scores },
    { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) },
  );
}

const oddsOf = (score: number) => Math.log(score / (1 - score));
const line = (score: number) => 1 / (1 + Math.exp(-(0.8 * oddsOf(score) - 1.3)));

test('the line by which scores were wrong is found, and makes them right on other photos', () => {
  const fitted = fitScoreCalibration([drawMatches(1, line), drawMatches(2, line)]);
  expect(fitted.scale).toBeCloseTo(0.8, 1);
  expect(Math.abs(fitted.shift + 1.3)).toBeLessThan(0.1);
  const others = drawMatches(3, line);
  expect(expectedCalibrationError(reliabilityBins(others))).toBeGreaterThan(0.15);
  const calibrated = calibratedMatches(others, fitted);
  expect(expectedCalibrationError(reliabilityBins(calibrated))).toBeLessThan(0.03);
  expect(calibrated.outcomes).toBe(others.outcomes);
});

test('the way back from calibrated scores leads to the raw ones', () => {
  const raw = drawMatches(6, line);
  const calibration = { scale: 0.8, shift: -1.3 };
  const back = rawMatches(calibratedMatches(raw, calibration), calibration);
  for (const [place, score] of raw.detectionScores.entries()) expect(back.detectionScores[place]).toBeCloseTo(score, 9);
  expect(calibratedMatches(raw, calibration).detectionScores[0]).not.toBeCloseTo(raw.detectionScores[0]!, 2);
});

test('scores that are right stay, and nothing to fit changes nothing', () => {
  const { scale, shift } = fitScoreCalibration([drawMatches(4, (score) => score)]);
  expect(scale).toBeCloseTo(1, 1);
  expect(shift).toBeCloseTo(0, 1);
  expect(fitScoreCalibration([])).toEqual({ scale: 1, shift: 0 });
  expect(fitScoreCalibration([drawMatches(5, () => 0)])).toEqual({ scale: 1, shift: 0 });
});
