/**
 * @file COCO's box metrics: the twelve numbers, and those of each class, area range and IoU threshold.
 *
 * -1 means that there is no ground truth of this kind, not that nothing was found: that is 0.
 *
 * Reference: `COCOeval.summarize` of pycocotools 2.0.11; equal to it to 1e-9 (golden cases in `tests/golden/coco-*.json`).
 */
import { type Averages, createAccumulator, sizeOfCurves } from './accumulate.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { type AreaRange, type Matches, type MatchOptions, matchDetections } from './match-detections.ts';

/** The twelve, by COCO's names: s, m, l are small, medium and large annotations. */
export const cocoNumberNames = [
  ...(['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'] as const),
  ...(['AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl'] as const),
];

export type CocoNumbers = { readonly [Name in (typeof cocoNumberNames)[number]]: number };

export interface ClassNumbers {
  readonly label: string;
  readonly AP: number;
  readonly AP50: number;
  /** Annotations of the class, crowds not counted. */
  readonly groundTruths: number;
}

export interface CocoSummary extends CocoNumbers {
  readonly perClass: readonly ClassNumbers[];
}

/** Precision over recall, for drawing. */
export interface PrecisionCurves {
  readonly areaRanges: readonly AreaRange[];
  readonly classes: readonly string[];
  readonly iouThresholds: readonly number[];
  /** `[A, K, T, 101]` float64 at recall 0, 0.01... 1; -1 where there is no ground truth */
  readonly precision: Float64Array;
}

export interface CocoEvaluation extends CocoSummary {
  /** For sets of one's own: AP and AR over all classes and thresholds. */
  readonly perAreaRange: readonly { readonly name: string; readonly AP: number; readonly AR: number }[];
  /** AP and AR over all classes in the first area range. */
  readonly perIouThreshold: readonly { readonly iou: number; readonly AP: number; readonly AR: number }[];
  readonly curves: PrecisionCurves;
  /** For `bootstrapIntervals`. */
  readonly matches: Matches;
}

/**
 * Compares detections with the ground truth.
 *
 * With options of one's own: AP50 and AP75 are -1 where 0.5 and 0.75 are not among the thresholds, and so are figures of
 * an area range that is not there by its name (`all`, `small`, `medium`, `large`) and AR1 and AR10 without those caps.
 * AP, and AR100 with the rest, are measured at the last cap.
 */
export function evaluateDetections({
  groundTruth,
  detections,
  ...options
}: { readonly groundTruth: GroundTruth; readonly detections: Detections } & MatchOptions): CocoEvaluation {
  const matches = matchDetections(groundTruth, detections, options);
  const precision = new Float64Array(sizeOfCurves(matches));
  const averages = createAccumulator(matches)(undefined, precision);
  const { areaRanges, classes, iouThresholds } = matches;
  const lastCap = matches.maxDetections.length - 1;
  return {
    ...summarize(matches, averages),
    perAreaRange: areaRanges.map(({ name }, range) => ({
      name,
      AP: meanPrecision(matches, averages, { range }),
      AR: meanRecall(matches, averages, { range, cap: lastCap }),
    })),
    perIouThreshold: iouThresholds.map((iou, step) => ({
      iou,
      AP: meanPrecision(matches, averages, { range: 0, step }),
      AR: meanRecall(matches, averages, { range: 0, cap: lastCap, step }),
    })),
    curves: { areaRanges, classes, iouThresholds, precision },
    matches,
  };
}

/** The numbers of one accumulation; of a resample too. */
export function summarize(matches: Matches, averages: Averages): CocoSummary {
  const [all, small, medium, large] = ['all', 'small', 'medium', 'large'].map((name) =>
    matches.areaRanges.findIndex((range) => range.name === name),
  ) as [number, number, number, number];
  const at50 = matches.iouThresholds.indexOf(0.5);
  const at75 = matches.iouThresholds.indexOf(0.75);
  const lastCap = matches.maxDetections.length - 1;
  const cap1 = matches.maxDetections.indexOf(1);
  const cap10 = matches.maxDetections.indexOf(10);
  const precision = (where: Selection) => meanPrecision(matches, averages, where);
  const recall = (where: Selection & { cap: number }) => meanRecall(matches, averages, where);
  return {
    AP: precision({ range: all }),
    AP50: precision({ range: all, step: at50 }),
    AP75: precision({ range: all, step: at75 }),
    APs: precision({ range: small }),
    APm: precision({ range: medium }),
    APl: precision({ range: large }),
    AR1: recall({ range: all, cap: cap1 }),
    AR10: recall({ range: all, cap: cap10 }),
    AR100: recall({ range: all, cap: lastCap }),
    ARs: recall({ range: small, cap: lastCap }),
    ARm: recall({ range: medium, cap: lastCap }),
    ARl: recall({ range: large, cap: lastCap }),
    perClass: matches.classes.map((label, classIndex) => ({
      label,
      AP: precision({ range: all, classIndex }),
      AP50: precision({ range: all, classIndex, step: at50 }),
      groundTruths: countAnnotations(matches, classIndex),
    })),
  };
}

/** Classes whose figures rest on enough annotations to be read one by one. */
export const frequentClassMinimum = 10;

/** AP and AP50, averaged over the classes with at least ten annotations; -1 where there is none. */
export function meanOverFrequentClasses(
  perClass: readonly ClassNumbers[],
  minimum: number = frequentClassMinimum,
): { readonly classes: number; readonly AP: number; readonly AP50: number } {
  const frequent = perClass.filter(({ groundTruths }) => groundTruths >= minimum);
  return {
    classes: frequent.length,
    AP: meanOfKnown(frequent.map(({ AP }) => AP)),
    AP50: meanOfKnown(frequent.map(({ AP50 }) => AP50)),
  };
}

/** Which part of the averages to take the mean of; everything where left out, nothing at -1. */
interface Selection {
  readonly range: number;
  readonly classIndex?: number;
  readonly step?: number;
}

function meanPrecision(matches: Matches, { precision }: Averages, selection: Selection): number {
  return meanOfKnown(seriesOf(matches, selection).map((series) => precision[series]));
}

function meanRecall(matches: Matches, { recall }: Averages, selection: Selection & { readonly cap: number }): number {
  if (selection.cap === -1) return -1;
  const numCaps = matches.maxDetections.length;
  return meanOfKnown(seriesOf(matches, selection).map((series) => recall[series * numCaps + selection.cap]));
}

function seriesOf({ classes, iouThresholds }: Matches, { range, classIndex, step }: Selection): number[] {
  if (range === -1 || step === -1) return [];
  const chosen: number[] = [];
  for (let k = classIndex ?? 0; k < (classIndex === undefined ? classes.length : classIndex + 1); k++) {
    const first = (range * classes.length + k) * iouThresholds.length;
    if (step !== undefined) chosen.push(first + step);
    else for (let t = 0; t < iouThresholds.length; t++) chosen.push(first + t);
  }
  return chosen;
}

function meanOfKnown(values: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === -1) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? -1 : sum / count;
}

function countAnnotations({ annotationStarts, annotationCrowds }: Matches, classIndex: number): number {
  let count = 0;
  for (let place = annotationStarts[classIndex]; place < annotationStarts[classIndex + 1]; place++) {
    if (annotationCrowds[place] === 0) count += 1;
  }
  return count;
}
