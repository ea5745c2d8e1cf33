/** @file An evaluation as text for people: the twelve numbers and the classes, with counts and intervals. */
import { printable } from '../errors/printable.ts';
import { plural } from '../text/plural.ts';
import type { BootstrapIntervals } from './bootstrap.ts';
import type { GroundTruth } from './columns.ts';
import {
  type CocoEvaluation,
  type CocoSummary,
  cocoNumberNames,
  frequentClassMinimum,
  meanOverFrequentClasses,
} from './evaluate-detections.ts';
import type { Interval } from './interval.ts';

const meanings: { readonly [Name in (typeof cocoNumberNames)[number]]: string } = {
  AP: 'precision, IoU 0.50 to 0.95',
  AP50: 'precision, IoU 0.50',
  AP75: 'precision, IoU 0.75',
  APs: 'precision, small (up to 32 x 32)',
  APm: 'precision, medium',
  APl: 'precision, large (from 96 x 96)',
  AR1: 'recall, best 1 of a photo and class',
  AR10: 'recall, best 10',
  AR100: 'recall, best 100',
  ARs: 'recall, small',
  ARm: 'recall, medium',
  ARl: 'recall, large',
};

/** Tables that end in a line break. Names of classes are made safe for a terminal. */
export function describeEvaluation(summary: CocoSummary, intervals?: BootstrapIntervals): string {
  const numbers = cocoNumberNames.map((name) => [
    name,
    meanings[name],
    formatNumber(summary[name]),
    ...(intervals ? [formatInterval(intervals.numbers[name])] : []),
  ]);
  const range = intervals ? [headOfIntervals(intervals)] : [];
  const lines = alignColumns([['number', 'what', 'value', ...range], ...numbers], 2);
  return [...lines, '', ...describeClasses(summary, intervals)].join('\n');
}

/** The same for thresholds and area ranges of one's own, for which COCO's twelve names say nothing. */
export function describeOwnSets(evaluation: CocoEvaluation, intervals?: BootstrapIntervals): string {
  const { perAreaRange, perIouThreshold, curves } = evaluation;
  const areas = perAreaRange.map(({ name, AP, AR }, range) => {
    const { min, max } = curves.areaRanges[range];
    return [printable(name), `${min} to ${max >= 1e10 ? 'any' : max}`, formatNumber(AP), formatNumber(AR)];
  });
  const thresholds = perIouThreshold.map(({ iou, AP, AR }) => [
    String(Number(iou.toFixed(6))),
    formatNumber(AP),
    formatNumber(AR),
  ]);
  const lines = [
    ...alignColumns([['area range', 'square pixels', 'AP', 'AR'], ...areas], 2),
    '',
    ...alignColumns([['IoU, all areas', 'AP', 'AR'], ...thresholds], 1),
    '',
    ...describeClasses(
      evaluation,
      intervals,
      [...perAreaRange, ...perIouThreshold].flatMap(({ AP, AR }) => [AP, AR]),
    ),
  ];
  return lines.join('\n');
}

/** The classes, and what -1 and the intervals mean where there are any. */
function describeClasses(
  summary: CocoSummary,
  intervals: BootstrapIntervals | undefined,
  shown: readonly number[] = cocoNumberNames.map((name) => summary[name]),
): string[] {
  const { perClass } = summary;
  const classes = perClass.map(({ label, AP, AP50, groundTruths }, index) => [
    printable(label),
    String(groundTruths),
    ...withInterval(AP, intervals?.perClass[index]?.AP),
    ...withInterval(AP50, intervals?.perClass[index]?.AP50),
  ]);
  const frequent = meanOverFrequentClasses(perClass);
  const mean = [
    `mean of ${frequent.classes} with at least ${frequentClassMinimum}`,
    '',
    ...withInterval(frequent.AP, intervals?.frequentClasses.AP),
    ...withInterval(frequent.AP50, intervals?.frequentClasses.AP50),
  ];
  const range = intervals ? [headOfIntervals(intervals)] : [];
  const lines = alignColumns([['class', 'boxes', 'AP', ...range, 'AP50', ...range], ...classes, mean], 1);
  const figures = [...shown, ...perClass.map(({ AP }) => AP), frequent.AP];
  if (figures.includes(-1)) lines.push('', '-1: no ground truth of this kind');
  if (intervals) {
    lines.push('', `Intervals: ${intervals.resamples} resamples of the photos, seed ${intervals.seed}.`);
    lines.push('Those of rare classes, and of means over them, are too narrow and lean high.');
  }
  return lines;

  function withInterval(value: number, interval: Interval | undefined): string[] {
    return interval === undefined ? [formatNumber(value)] : [formatNumber(value), formatInterval(interval)];
  }
}

function headOfIntervals({ level }: BootstrapIntervals): string {
  return `${level * 100} % interval`;
}

/** What was compared: `96 photos, 412 boxes and 3 crowd regions in 13 classes; 1200 detections`. */
export function describeSize({ numImages, crowds, classes }: GroundTruth, numDetections: number): string {
  const numCrowds = crowds.reduce((sum, flag) => sum + flag, 0);
  const boxes = `${plural(crowds.length - numCrowds, 'box', 'boxes')} and ${plural(numCrowds, 'crowd region')}`;
  return `${plural(numImages, 'photo')}, ${boxes} in ${plural(classes.length, 'class', 'classes')}; ${plural(numDetections, 'detection')}`;
}

function formatNumber(value: number): string {
  return value === -1 ? '-1' : value.toFixed(4);
}

function formatInterval(interval: Interval): string {
  return interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
}

/** Rows as lines; the first columns flush left, the others right. */
function alignColumns(rows: readonly (readonly string[])[], numLeft: number): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column < numLeft ? text.padEnd(widths[column]) : text.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
