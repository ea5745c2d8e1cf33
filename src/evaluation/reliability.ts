/**
 * @file Whether scores mean what they say: of the detections with a score near 0.7, are seven in ten right?
 *
 * Reference: Guo et al., On Calibration of Modern Neural Networks, ICML 2017 (expected calibration error; temperature).
 */
import { type Matches, outcome } from './match-detections.ts';

export interface ReliabilityBin {
  /** Scores from here up to `upper`, the last included in the last bin. */
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Null where the bin is empty. */
  readonly meanScore: number | null;
  /** The share that finds an annotation of its class. */
  readonly right: number | null;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  readonly count: number;
  /** Mean distance of score and share over bins, weighed by their counts; -1 without detections. */
  readonly expectedCalibrationError: number;
  /** Mean surprise in nats at what is right and what is wrong; -1 without detections. */
  readonly logLoss: number;
}

/**
 * @param folds the first area range and IoU threshold of each are read; what lies in crowd regions is not judged
 * @param options.minScore detections below are left out: a detector's long tail of 0.02s is always right about itself
 */
export function reliability(
  folds: readonly Matches[],
  { minScore = 0.05, numBins = 10 }: { readonly minScore?: number; readonly numBins?: number } = {},
): Reliability {
  const counts = new Float64Array(numBins);
  const scores = new Float64Array(numBins);
  const rights = new Float64Array(numBins);
  let surprise = 0;
  for (const { detectionScores, outcomes } of folds) {
    for (const [place, score] of detectionScores.entries()) {
      if (score < minScore || outcomes[place] === outcome.ignored) continue;
      const isRight = outcomes[place] === outcome.found;
      const bin = Math.min(numBins - 1, Math.floor(score * numBins));
      counts[bin] += 1;
      scores[bin] += score;
      rights[bin] += isRight ? 1 : 0;
      // A score of 1 that is wrong would cost infinitely much.
      surprise -= Math.log(Math.max(isRight ? score : 1 - score, 1e-6));
    }
  }
  const count = counts.reduce((sum, each) => sum + each, 0);
  const bins = Array.from(counts, (inBin, bin): ReliabilityBin => {
    const known = inBin > 0;
    return {
      lower: bin / numBins,
      upper: (bin + 1) / numBins,
      count: inBin,
      meanScore: known ? scores[bin] / inBin : null,
      right: known ? rights[bin] / inBin : null,
    };
  });
  const error = bins.reduce(
    (sum, { count: inBin, meanScore, right }) => sum + inBin * Math.abs((meanScore ?? 0) - (right ?? 0)),
    0,
  );
  return {
    bins,
    count,
    expectedCalibrationError: count === 0 ? -1 : error / count,
    logLoss: count === 0 ? -1 : surprise / count,
  };
}
