/**
 * @file Whether scores mean what they say: of the detections with a score near 0.7, are seven in ten right?
 *
 * Reference: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
 */
import { type Matches, outcome } from './match-detections.ts';

/** Each a tenth of the scores. */
const numBins = 10;
/** Detections below are left out: a detector's long tail of 0.02s is always right about itself. */
export const lowestScore = 0.05;

/**
 * Expected calibration error: the mean distance between a bin's scores and its share of detections that find an annotation
 * of their class, bins weighed by their counts.
 *
 * @param matches the first area range and IoU threshold are read; what lies in crowd regions is not judged
 * @returns in `[0, 1]`; -1 without detections
 */
export function expectedCalibrationError({ detectionScores, outcomes }: Matches): number {
  const scores = new Float64Array(numBins);
  const rights = new Float64Array(numBins);
  let count = 0;
  for (const [place, score] of detectionScores.entries()) {
    if (score < lowestScore || outcomes[place] === outcome.ignored) continue;
    const bin = Math.min(numBins - 1, Math.floor(score * numBins));
    scores[bin] += score;
    rights[bin] += outcomes[place] === outcome.found ? 1 : 0;
    count += 1;
  }
  const error = scores.reduce((sum, score, bin) => sum + Math.abs(score - rights[bin]), 0);
  return count === 0 ? -1 : error / count;
}
