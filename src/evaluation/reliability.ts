/**
 * @file Whether scores mean what they say: of the detections with a score near 0.7, are seven in ten right?
 *
 * Reference: Guo et al., On Calibration of Modern Neural Networks, ICML 2017 (section 2: reliability diagrams, expected
 * calibration error).
 */
import { type Matches, outcome } from './match-detections.ts';

/** Each a tenth of the scores. */
const numBins = 10;
/** Detections below are left out: a detector's long tail of 0.02s is always right about itself. */
export const lowestScore = 0.05;
/** A bin that holds fewer says little: its share moves much with other photos. */
export const fewestOfBin = 10;

/** The detections of a tenth of the scores: `from <= score < to`, the last one with its end. */
export interface ReliabilityBin {
  /** In `[0, 1]`; the first bin begins at 0 and holds scores from {@link lowestScore} on. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of the scores, in `[from, to]`; null without detections. */
  readonly meanScore: number | null;
  /** Of the detections, those that find an annotation of their class, in `[0, 1]`; null without detections. */
  readonly share: number | null;
}

/**
 * Detections by tenth of their score, the lowest tenth first.
 *
 * @param matches the first area range and IoU threshold are read; what lies in crowd regions is not judged
 * @returns ten bins, empty ones too
 */
export function reliabilityBins({ detectionScores, outcomes }: Matches): ReliabilityBin[] {
  const counts = new Float64Array(numBins);
  const scores = new Float64Array(numBins);
  const rights = new Float64Array(numBins);
  for (const [place, score] of detectionScores.entries()) {
    if (score < lowestScore || outcomes[place] === outcome.ignored) continue;
    const bin = Math.min(numBins - 1, Math.floor(score * numBins));
    counts[bin] += 1;
    scores[bin] += score;
    rights[bin] += outcomes[place] === outcome.found ? 1 : 0;
  }
  return Array.from(counts, (count, bin) => ({
    from: bin / numBins,
    to: (bin + 1) / numBins,
    count,
    meanScore: count === 0 ? null : scores[bin] / count,
    share: count === 0 ? null : rights[bin] / count,
  }));
}

/**
 * Expected calibration error: the mean distance between a bin's scores and its share of detections that are right, bins
 * weighed by their counts.
 *
 * @returns in `[0, 1]`; -1 without detections
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let [total, error] = [0, 0];
  for (const { count, meanScore, share } of bins) {
    if (meanScore === null || share === null) continue;
    total += count;
    error += count * Math.abs(meanScore - share);
  }
  return total === 0 ? -1 : error / total;
}
