/** @file What a model finds on prepared data sets, and the figures of its card from it. */
import { basename, resolve } from 'node:path';
import { gatherBoxes } from '../src/boxes/boxes.ts';
import type { DatasetPart } from '../src/dataset/dataset.ts';
import { openDataset } from '../src/dataset/dataset-node.ts';
import type { ScoreCalibration } from '../src/detector/detect-graph.ts';
import type { DetectedGarments } from '../src/detector/detector.ts';
import { type createDetector, detectFiles } from '../src/detector/detector-node.ts';
import { withoutNested } from '../src/detector/nested.ts';
import { type BootstrapIntervals, bootstrapIntervals } from '../src/evaluation/bootstrap.ts';
import { calibratedMatches } from '../src/evaluation/calibrate-scores.ts';
import { parseCocoGroundTruth } from '../src/evaluation/coco-files.ts';
import { type Detections, type GroundTruth, gatherDetections } from '../src/evaluation/columns.ts';
import { type CocoSummary, evaluateDetections } from '../src/evaluation/evaluate-detections.ts';
import { cocoAreaRanges, type Matches, matchDetections } from '../src/evaluation/match-detections.ts';
import { type ReliabilityBin, reliabilityBins } from '../src/evaluation/reliability.ts';
import { countsAt, type ShownCounts } from '../src/evaluation/shown-counts.ts';
import { topClassAccuracy } from '../src/evaluation/top-class-accuracy.ts';
import { type DataDescription, dataOf } from '../src/report/report-data.ts';

type Detector = Awaited<ReturnType<typeof createDetector>>;

/** Raw scores: the detector has no calibration. */
export interface Answers {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** Of them, what a shopper may see: none within another. */
  readonly shown: Detections;
}

export async function answersOn(detector: Detector, directory: string, part: DatasetPart): Promise<Answers> {
  const { coco, records } = await openDataset(directory, part);
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const photos = await detectFiles(
    detector,
    records.map(({ photoPath }) => photoPath),
  );
  const shown = photos.map((found) => pickDetections(found, withoutNested(found)));
  return { groundTruth, detections: gatherDetections(photos), shown: gatherDetections(shown) };
}

/** Some of the detections of a photo, by index. */
function pickDetections({ boxes, labels, scores }: DetectedGarments, indices: readonly number[]): DetectedGarments {
  return {
    boxes: gatherBoxes(boxes, Int32Array.from(indices)),
    labels: Int32Array.from(indices, (index) => labels[index]),
    scores: Float32Array.from(indices, (index) => scores[index]),
  };
}

/** At IoU 0.5, over boxes of any size. */
export function halfOverlap({ groundTruth, detections }: Pick<Answers, 'groundTruth' | 'detections'>): Matches {
  return matchDetections(groundTruth, detections, { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) });
}

/** The figures of one data set. */
export interface SetFigures {
  readonly data: DataDescription;
  readonly photos: number;
  readonly boxes: number;
  readonly summary: CocoSummary;
  readonly intervals: BootstrapIntervals;
  /** Share of the photos with a label whose best detection names one of them. */
  readonly topClass: number;
  readonly shown: ShownCounts;
  readonly reliability: { readonly bins: readonly ReliabilityBin[]; readonly rawBins: readonly ReliabilityBin[] };
}

/** On the val side, scores calibrated, each class shown from its own score on. */
export async function measureSet(
  detector: Detector,
  directory: string,
  {
    calibration,
    minScore,
  }: { readonly calibration: ScoreCalibration; readonly minScore: Readonly<Record<string, number>> },
): Promise<SetFigures> {
  const { groundTruth, detections, shown } = await answersOn(detector, directory, 'val');
  const { matches, ...summary } = evaluateDetections({ groundTruth, detections });
  const raw = halfOverlap({ groundTruth, detections });
  const data = dataOf(basename(resolve(directory)), 'val', groundTruth);
  return {
    data,
    photos: groundTruth.numImages,
    boxes: groundTruth.crowds.filter((crowd) => crowd === 0).length,
    summary,
    intervals: bootstrapIntervals(matches, { resamples: 500, seed: 1 }),
    topClass: topClassAccuracy(groundTruth, detections).accuracy,
    shown: shownOn(calibratedMatches(halfOverlap({ groundTruth, detections: shown }), calibration), minScore),
    reliability: { bins: reliabilityBins(calibratedMatches(raw, calibration)), rawBins: reliabilityBins(raw) },
  };
}

/** At IoU 0.5, each class from its own score on. */
function shownOn(matches: Matches, minScore: Readonly<Record<string, number>>): ShownCounts {
  const counts = matches.classes.map((label, classIndex) => countsAt(matches, classIndex, minScore[label]));
  const sum = (of: keyof ShownCounts) => counts.reduce((total, each) => total + each[of], 0);
  return { found: sum('found'), falseAlarms: sum('falseAlarms'), missed: sum('missed') };
}
