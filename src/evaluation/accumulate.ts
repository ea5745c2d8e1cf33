/**
 * @file Precision and recall from matches, for all photos once or for photos that count several times or not at all.
 *
 * Shape letters: A area ranges, K classes, T IoU thresholds, M detection caps, R = 101 recall points, I images.
 *
 * Reference: `COCOeval.accumulate` of pycocotools 2.0.11.
 */
import { type Matches, outcome } from './match-detections.ts';

/** 0, 0.01... 1, as `numpy.linspace` gives them. */
export const recallPoints: Float64Array = Float64Array.from({ length: 101 }, (_, step) => step * 0.01);

/** What keeps 0 / 0 from being NaN; `numpy.spacing(1)`. */
const epsilon = 2 ** -52;

/** -1 everywhere where there is no annotation that counts. */
export interface Averages {
  /** `[A, K, T]` float64: precision, averaged over the recall points, at the last cap */
  readonly precision: Float64Array;
  /** `[A, K, T, M]` float64: recall reached at each cap */
  readonly recall: Float64Array;
}

/**
 * Adds up once.
 *
 * @param weights `[I]` how many times each photo counts; all once if left out
 * @param curves `[A, K, T, R]` float64, filled with the precision at each recall point
 * @returns arrays that the next call writes over
 */
export type Accumulate = (weights?: Float64Array, curves?: Float64Array) => Averages;

/** Size of the `curves` that an accumulator fills. */
export function sizeOfCurves({ areaRanges, classes, iouThresholds }: Matches): number {
  return areaRanges.length * classes.length * iouThresholds.length * recallPoints.length;
}

/** Prepares to accumulate many times over the same matches. */
export function createAccumulator(matches: Matches): Accumulate {
  const { areaRanges, classes, iouThresholds, maxDetections, detectionStarts, outcomes } = matches;
  const numDetections = matches.detectionImages.length;
  const numSeries = areaRanges.length * classes.length * iouThresholds.length;
  const ones = new Float64Array(matches.numImages).fill(1);
  const precision = new Float64Array(numSeries);
  const recall = new Float64Array(numSeries * maxDetections.length);
  const ends = lastFinds(matches);
  const longest = classes.reduce((most, _, k) => Math.max(most, detectionStarts[k + 1] - detectionStarts[k]), 0);
  // Precision and recall where something new is found; between two finds precision only falls.
  const precisionAt = new Float64Array(longest);
  const recallAt = new Float64Array(longest);
  const foundByCap = new Float64Array(maxDetections.length + 1);

  return (weights = ones, curves) => {
    for (let series = 0; series < numSeries; series++) {
      const step = series % iouThresholds.length;
      const classIndex = Math.floor(series / iouThresholds.length) % classes.length;
      const range = Math.floor(series / (iouThresholds.length * classes.length));
      const curve = curves?.subarray(series * recallPoints.length, (series + 1) * recallPoints.length);
      const numWanted = countWanted(matches, range, classIndex, weights);
      if (numWanted === 0) {
        precision[series] = -1;
        recall.fill(-1, series * maxDetections.length, (series + 1) * maxDetections.length);
        curve?.fill(-1);
        continue;
      }

      const outcomeRow = (range * iouThresholds.length + step) * numDetections;
      foundByCap.fill(0);
      let found = 0;
      let falseAlarms = 0;
      let numFinds = 0;
      for (let place = detectionStarts[classIndex]; place < ends[series]; place++) {
        const result = outcomes[outcomeRow + place];
        if (result === outcome.ignored) continue;
        const weight = weights[matches.detectionImages[place]];
        if (result === outcome.falseAlarm) {
          falseAlarms += weight;
        } else if (weight > 0) {
          found += weight;
          foundByCap[matches.detectionCaps[place]] += weight;
          precisionAt[numFinds] = found / (falseAlarms + found + epsilon);
          recallAt[numFinds] = found / numWanted;
          numFinds += 1;
        }
      }

      precision[series] = averagePrecision(precisionAt, recallAt, numFinds, curve);
      let reached = 0;
      for (let cap = 0; cap < maxDetections.length; cap++) {
        reached += foundByCap[cap];
        recall[series * maxDetections.length + cap] = reached / numWanted;
      }
    }
    return { precision, recall };
  };
}

/** The mean over the recall points of the best precision at that recall or a higher one. */
function averagePrecision(
  precisionAt: Float64Array,
  recallAt: Float64Array,
  numFinds: number,
  curve: Float64Array | undefined,
): number {
  curve?.fill(0);
  if (numFinds === 0) return 0;
  let point = recallPoints.length - 1;
  while (recallPoints[point] > recallAt[numFinds - 1]) point -= 1;
  let envelope = 0;
  let sum = 0;
  for (let find = numFinds - 1; find >= 0; find--) {
    envelope = Math.max(envelope, precisionAt[find]);
    const before = find === 0 ? -1 : recallAt[find - 1];
    for (; point >= 0 && recallPoints[point] > before; point--) {
      sum += envelope;
      if (curve !== undefined) curve[point] = envelope;
    }
  }
  return sum / recallPoints.length;
}

function countWanted(matches: Matches, range: number, classIndex: number, weights: Float64Array): number {
  const row = range * matches.annotationImages.length;
  let count = 0;
  for (let place = matches.annotationStarts[classIndex]; place < matches.annotationStarts[classIndex + 1]; place++) {
    if (matches.annotationIgnored[row + place] === 0) count += weights[matches.annotationImages[place]];
  }
  return count;
}

/** `[A, K, T]`: the place after the last find, from where on nothing changes the figures. */
function lastFinds({
  areaRanges,
  classes,
  iouThresholds,
  detectionStarts,
  detectionImages,
  outcomes,
}: Matches): Int32Array {
  const ends = new Int32Array(areaRanges.length * classes.length * iouThresholds.length);
  for (let series = 0; series < ends.length; series++) {
    const step = series % iouThresholds.length;
    const classIndex = Math.floor(series / iouThresholds.length) % classes.length;
    const range = Math.floor(series / (iouThresholds.length * classes.length));
    const outcomeRow = (range * iouThresholds.length + step) * detectionImages.length;
    let end = detectionStarts[classIndex + 1];
    while (end > detectionStarts[classIndex] && outcomes[outcomeRow + end - 1] !== outcome.found) end -= 1;
    ends[series] = end;
  }
  return ends;
}
