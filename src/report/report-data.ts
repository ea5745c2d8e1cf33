/** @file What a report is made from: runs, their curves, and their evaluations on data sets, each with its size. */
import type { MinScore } from '../detector/model-directory.ts';
import type { BootstrapIntervals } from '../evaluation/bootstrap.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import type { Detections, GroundTruth } from '../evaluation/columns.ts';
import type { ConfusionMatrix } from '../evaluation/confusion-matrix.ts';
import type { ErrorBreakdown } from '../evaluation/error-breakdown.ts';
import type { CocoEvaluation } from '../evaluation/evaluate-detections.ts';
import type { ReliabilityBin } from '../evaluation/reliability.ts';
import type { TopClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { plural, wordFor } from '../text/plural.ts';
import { formatCount } from './axis.ts';
import type { RunCurves, ValidationRecord } from './run-curves.ts';

/** What stands beside every figure. null: the log does not say. */
export interface DataDescription {
  readonly name: string;
  /** `val`, `dev`, `all`... */
  readonly part: string;
  readonly photos: number | null;
  readonly boxes: number | null;
  readonly crowdRegions: number | null;
  readonly classes: number | null;
}

/** Whether a model's scores mean what they say, at IoU 0.5. */
export interface Reliability {
  /** Of the scores as the model gives them. */
  readonly bins: readonly ReliabilityBin[];
  /** Of those that it would give without calibration; null where it has none. */
  readonly rawBins: readonly ReliabilityBin[] | null;
}

/** One run's answers on one data set. */
export interface SetEvaluation {
  readonly data: DataDescription;
  readonly groundTruth: CocoGroundTruth;
  readonly detections: Detections;
  readonly evaluation: CocoEvaluation;
  readonly intervals: BootstrapIntervals | null;
  readonly topClass: TopClassAccuracy;
  /** -1 where no region was sampled. */
  readonly roiAccuracy: number;
  readonly confusion: ConfusionMatrix;
  readonly errors: ErrorBreakdown;
  readonly reliability: Reliability;
}

export interface ReportRun {
  /** Unique in the report. */
  readonly name: string;
  /** Name and trunk of its model; null for a log alone. */
  readonly model: { readonly name: string; readonly trunk: string } | null;
  readonly curves: RunCurves | null;
  /** The validation of the model that was kept; null where nothing tells. */
  readonly kept: ValidationRecord | null;
  readonly evaluations: readonly SetEvaluation[];
}

export function dataOf(
  name: string,
  part: string,
  { numImages, crowds, classes }: Pick<GroundTruth, 'numImages' | 'crowds' | 'classes'>,
): DataDescription {
  const crowdRegions = crowds.reduce((sum, flag) => sum + flag, 0);
  return {
    name,
    part,
    photos: numImages,
    boxes: crowds.length - crowdRegions,
    crowdRegions,
    classes: classes.length,
  };
}

/** `cc0, val: 545 photos, 530 boxes in 13 classes`. */
export function describeData({ name, part, photos, boxes, crowdRegions, classes }: DataDescription): string {
  const counts = [
    ...(photos === null ? [] : [`${formatCount(photos)} ${wordFor(photos, 'photo')}`]),
    ...(boxes === null
      ? []
      : [
          `${formatCount(boxes)} ${wordFor(boxes, 'box', 'boxes')}${classes === null ? '' : ` in ${plural(classes, 'class', 'classes')}`}`,
        ]),
    ...(crowdRegions ? [`${formatCount(crowdRegions)} ${wordFor(crowdRegions, 'region')} not judged`] : []),
  ];
  return `${name}, ${part}: ${counts.length === 0 ? 'photos and boxes not counted in the log' : counts.join(', ')}`;
}

/** `0.5`, or `0.15 to 0.65 (by class)`. */
export function describeMinScore(minScore: MinScore): string {
  const scores = typeof minScore === 'number' ? [minScore] : Object.values(minScore);
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  return lowest === highest ? String(lowest) : `${lowest} to ${highest} (by class)`;
}

/** The dev folds that a run was validated on. */
export function devDataOf(kept: ValidationRecord | null): DataDescription[] {
  return Object.entries(kept?.perDataset ?? {}).map(([name, { photos = null, boxes = null }]) => ({
    ...{ name, part: 'dev fold', photos, boxes },
    ...{ crowdRegions: null, classes: null },
  }));
}

/** Every data set that some run was evaluated on, once, in the order of their first evaluation. */
export function dataSetsOf(runs: readonly ReportRun[]): DataDescription[] {
  const sets = new Map<string, DataDescription>();
  for (const { evaluations } of runs) for (const { data } of evaluations) sets.set(keyOf(data), data);
  return [...sets.values()];
}

/** The evaluations on one data set, with the place of their run in the report. */
export function evaluationsOn(
  runs: readonly ReportRun[],
  data: DataDescription,
): { readonly run: ReportRun; readonly series: number; readonly found: SetEvaluation }[] {
  return runs.flatMap((run, series) =>
    run.evaluations.filter((found) => keyOf(found.data) === keyOf(data)).map((found) => ({ run, series, found })),
  );
}

/** For file names: letters, digits and dashes. */
export function slug(...parts: readonly string[]): string {
  return parts
    .map(
      (part) =>
        part
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-+|-+$/g, '')
          .slice(0, 40) || 'x',
    )
    .join('-');
}

function keyOf({ name, part }: DataDescription): string {
  return JSON.stringify([name, part]);
}

/** A share as people read it: `0.834`; -1 is no figure. */
export function formatShare(value: number, decimals = 3): string {
  return value === -1 ? 'none there' : value.toFixed(decimals);
}
