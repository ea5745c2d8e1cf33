/**
 * @file What a trained detector needs before it is served: a temperature that makes its scores mean what they say, and the
 * score of each class from which on it is shown.
 *
 * Both are chosen on dev folds: on the photos that it was trained on, every detector is sure and right.
 */
import type { Dataset } from '../dataset/dataset.ts';
import { createDetector, detectFiles } from '../detector/detector-node.ts';
import type { Model } from '../detector/model-directory.ts';
import { DeepShopError } from '../errors/errors.ts';
import { parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections } from '../evaluation/columns.ts';
import { cocoAreaRanges, type Matches, matchDetections } from '../evaluation/match-detections.ts';
import { type Reliability, reliability } from '../evaluation/reliability.ts';
import { scoresOfBestF1 } from '../evaluation/shown-counts.ts';

export interface Calibration {
  readonly temperature: number;
  /** By class. */
  readonly minScore: Readonly<Record<string, number>>;
  /** With the model's own temperature, and with the one chosen. */
  readonly before: Reliability;
  readonly after: Reliability;
  readonly photos: number;
}

/** From a quarter as sure to four times. */
const lowestTemperature = 0.25;
const highestTemperature = 4;
/** Of the logarithm: half a percent of a temperature changes no figure that is shown. */
const tolerance = 0.02;

/**
 * @param datasets of the model's classes in its order
 * @param onPass called after each pass over the photos; about ten are made
 */
export async function calibrate(
  model: Model,
  datasets: readonly Dataset[],
  onPass: (passes: number) => void = () => {},
): Promise<Calibration> {
  for (const { classes, directory } of datasets) {
    if (classes.join() === model.config.classes.join()) continue;
    throw new DeepShopError('classes-differ', 'the model and the data set have different classes', {
      where: directory,
      expected: model.config.classes.join(', '),
      got: classes.join(', '),
      cure: 'Prepare the data with the relabelling that the model was trained with.',
    });
  }
  let passes = 0;
  const matchesAt = async (temperature: number): Promise<Matches[]> => {
    const detector = await createDetector({ ...model, temperature });
    try {
      const folds: Matches[] = [];
      for (const dataset of datasets) folds.push(await halfOverlapMatches(detector, dataset));
      onPass(++passes);
      return folds;
    } finally {
      await detector.release();
    }
  };
  const lossAt = async (logTemperature: number) => reliability(await matchesAt(Math.exp(logTemperature))).logLoss;
  const before = reliability(await matchesAt(model.temperature));
  const best = await goldenSection(lossAt, Math.log(lowestTemperature), Math.log(highestTemperature));
  const temperature = Number(Math.exp(best).toFixed(3));
  const folds = await matchesAt(temperature);
  const scores = scoresOfBestF1(folds);
  return {
    temperature,
    minScore: Object.fromEntries(model.config.classes.map((label, index) => [label, scores[index]])),
    before,
    after: reliability(folds),
    photos: datasets.reduce((sum, { records }) => sum + records.length, 0),
  };
}

async function halfOverlapMatches(
  detector: Awaited<ReturnType<typeof createDetector>>,
  { coco, records, directory }: Dataset,
): Promise<Matches> {
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const paths = records.map(({ photoPath }) => photoPath);
  const detections = gatherDetections(await detectFiles(detector, paths));
  return matchDetections(groundTruth, detections, { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) });
}

/** Where a function with one valley is lowest. */
async function goldenSection(f: (x: number) => Promise<number>, from: number, to: number): Promise<number> {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [await f(left), await f(right)];
  while (high - low > tolerance) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = await f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = await f(right);
    }
  }
  return (low + high) / 2;
}
