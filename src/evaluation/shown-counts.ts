/** @file What a shopper gets at a score: found, false alarms, missed, at half overlap; and the score that serves best. */
import { frequentClassMinimum } from './evaluate-detections.ts';
import { type Matches, outcome } from './match-detections.ts';

export interface ShownCounts {
  readonly found: number;
  readonly falseAlarms: number;
  readonly missed: number;
}

/**
 * Detections of one class from a score on, against its annotations; crowds and what lies in them do not count.
 *
 * @param matches the first area range and IoU threshold of it are read
 */
export function countsAt(matches: Matches, classIndex: number, minScore: number): ShownCounts {
  let [found, falseAlarms, annotations] = [0, 0, 0];
  const { detectionStarts, detectionScores, outcomes, annotationStarts, annotationIgnored } = matches;
  for (let place = detectionStarts[classIndex]; place < detectionStarts[classIndex + 1]; place++) {
    // Best first.
    if (detectionScores[place] < minScore) break;
    if (outcomes[place] === outcome.found) found += 1;
    else if (outcomes[place] === outcome.falseAlarm) falseAlarms += 1;
  }
  for (let place = annotationStarts[classIndex]; place < annotationStarts[classIndex + 1]; place++) {
    if (annotationIgnored[place] === 0) annotations += 1;
  }
  return { found, falseAlarms, missed: annotations - found };
}

/** The harmonic mean of precision and recall; 0 where nothing is there and nothing was said. */
export function f1({ found, falseAlarms, missed }: ShownCounts): number {
  const total = 2 * found + falseAlarms + missed;
  return total === 0 ? 0 : (2 * found) / total;
}

const add = (a: ShownCounts, b: ShownCounts, weight = 1): ShownCounts => ({
  found: a.found + weight * b.found,
  falseAlarms: a.falseAlarms + weight * b.falseAlarms,
  missed: a.missed + weight * b.missed,
});
const none: ShownCounts = { found: 0, falseAlarms: 0, missed: 0 };

/** Scores that are tried: 0.05 to 0.95. F1 of a few boxes is jagged, so each is judged with its two neighbours. */
const triedScores = Array.from({ length: 19 }, (_, step) => Number((0.05 * (step + 1)).toFixed(2)));

/**
 * The score from which on each class is best shown: the one with the highest F1.
 *
 * Data sets weigh alike, however many boxes they have; one without any, in which all detections are false, as if it had one a
 * photo. A class with under ten boxes takes the score of all classes
 * together.
 *
 * @param folds one a data set, of the same classes
 * @returns `[K]`, 0.05 to 0.95
 */
export function scoresOfBestF1(folds: readonly Matches[]): number[] {
  const classes = folds[0]?.classes ?? [];
  const boxesOf = (matches: Matches) => classes.reduce((sum, _, classIndex) => sum + numBoxes(matches, classIndex), 0);
  const weights = folds.map((matches) => 1 / (boxesOf(matches) || Math.max(1, matches.numImages)));
  const weighed = (classIndex: number, score: number) =>
    folds.reduce((sum, matches, fold) => add(sum, countsAt(matches, classIndex, score), weights[fold]), none);
  const curves = classes.map((_, classIndex) => triedScores.map((score) => weighed(classIndex, score)));
  const together = triedScores.map((_, step) => curves.reduce((sum, curve) => add(sum, curve[step]), none));
  const ofAll = bestScore(together.map(f1));
  return curves.map((curve, classIndex) => {
    const boxes = folds.reduce((sum, matches) => sum + numBoxes(matches, classIndex), 0);
    return boxes < frequentClassMinimum ? ofAll : bestScore(curve.map(f1));
  });
}

function numBoxes(matches: Matches, classIndex: number): number {
  const { found, missed } = countsAt(matches, classIndex, Number.POSITIVE_INFINITY);
  return found + missed;
}

function bestScore(values: readonly number[]): number {
  const smooth = values.map((value, step) => {
    const around = [values[step - 1] ?? value, value, values[step + 1] ?? value];
    return around.reduce((sum, each) => sum + each, 0);
  });
  return triedScores[smooth.indexOf(Math.max(...smooth))];
}
