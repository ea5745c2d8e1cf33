/**
 * @file Fits what scores are to be: a straight line over their log odds, by which they mean what they say.
 *
 * A temperature alone (a line through 0) does not do it for a detector: half of its errors are garments that nobody
 * labelled and second boxes, so that its scores are too high at every level; the shift is what helps.
 *
 * Reference: Platt, Probabilistic outputs for support vector machines, 1999; Guo et al., ICML 2017 (temperature).
 */
import { type ScoreCalibration, uncalibrated } from '../detector/detect-graph.ts';
import { type Matches, outcome } from './match-detections.ts';
import { lowestScore } from './reliability.ts';

const rounds = 100;
/** Of right and of wrong detections each: fewer say nothing. */
const fewest = 10;

/**
 * Maximum likelihood, by Newton's method. The detections that are looked at are those of a raw score from 0.05 on, whatever
 * the line makes of them: were they chosen by their new scores, the fit would hide its errors below the limit.
 *
 * @param folds matches of raw scores, one a data set; data sets weigh alike. The first area range and threshold are read
 * @returns a line that leaves scores alone where there is nothing to fit
 */
export function fitScoreCalibration(folds: readonly Matches[]): ScoreCalibration {
  const sets = folds.map(judgedOdds).filter(({ length }) => length > 0);
  const numRight = sets.flat().reduce((sum, { right }) => sum + right, 0);
  if (Math.min(numRight, sets.flat().length - numRight) < fewest) return uncalibrated;
  let [scale, shift] = [1, 0];
  for (let round = 0; round < rounds; round++) {
    // Gradient and curvature of the mean log loss; a little of the latter's diagonal keeps it invertible.
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-6, 0, 1e-6];
    for (const set of sets) {
      for (const { odds, right } of set) {
        const score = 1 / (1 + Math.exp(-(scale * odds + shift)));
        const error = (score - right) / set.length;
        const weight = (score * (1 - score)) / set.length;
        g0 += error * odds;
        g1 += error;
        h00 += weight * odds * odds;
        h01 += weight * odds;
        h11 += weight;
      }
    }
    const determinant = h00 * h11 - h01 * h01;
    const [dScale, dShift] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    scale = Math.max(0.05, scale - dScale);
    shift -= dShift;
    if (Math.abs(dScale) + Math.abs(dShift) < 1e-9) break;
  }
  return { scale, shift };
}

/** Log odds of the scores that are judged, and whether each is right. */
function judgedOdds({ detectionScores, outcomes }: Matches): { odds: number; right: number }[] {
  const judged: { odds: number; right: number }[] = [];
  for (const [place, score] of detectionScores.entries()) {
    if (score < lowestScore || outcomes[place] === outcome.ignored) continue;
    const bounded = Math.min(score, 1 - 1e-6);
    judged.push({ odds: Math.log(bounded / (1 - bounded)), right: outcomes[place] === outcome.found ? 1 : 0 });
  }
  return judged;
}

/** What a model that is calibrated so says of detections that had raw scores. */
export function calibratedMatches(matches: Matches, { scale, shift }: ScoreCalibration): Matches {
  const detectionScores = matches.detectionScores.map((score) => {
    const bounded = Math.min(Math.max(score, 1e-6), 1 - 1e-6);
    return 1 / (1 + ((1 - bounded) / bounded) ** scale * Math.exp(-shift));
  });
  return { ...matches, detectionScores };
}

/** What a model whose scores are calibrated so had said without: the way back, but for scores nearer to 0 or 1 than 1e-6. */
export function rawMatches(matches: Matches, { scale, shift }: ScoreCalibration): Matches {
  return calibratedMatches(matches, { scale: 1 / scale, shift: -shift / scale });
}
