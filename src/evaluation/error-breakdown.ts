/**
 * @file How much each kind of error costs, after TIDE (kinds: `judge-detections.ts`).
 *
 * Two views. Counts: of the detections that a user would see (from a score on), how many are of each kind, and what became
 * of the annotations. Cost: by how much mAP@0.5 over all detections would rise if one kind alone were put right. The costs
 * do not add up to what is missing to 1: errors hide each other.
 *
 * Reference: Bolya et al., TIDE, ECCV 2020, section 2.2; `fix_main_errors` of tidecv 1.0.1.
 */
import type { MinScore } from '../detector/model-directory.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { evaluateDetections } from './evaluate-detections.ts';
import { annotationFates, detectionVerdicts, type Judgement, judgeDetections } from './judge-detections.ts';
import { cocoAreaRanges } from './match-detections.ts';

/** In TIDE's order. */
export const errorKinds = ['class', 'localisation', 'both', 'duplicate', 'background', 'missed'] as const;
export type ErrorKind = (typeof errorKinds)[number];

export interface ErrorBreakdown {
  /** One for all classes, or one a class. */
  readonly minScore: MinScore;
  /** Detections that found something, from the score on. */
  readonly found: number;
  /** From the score on; all but `missed` are detections and add up to the false positives. */
  readonly counts: { readonly [Kind in ErrorKind]: number };
  /** Annotations that a class or localisation error is about: with `found` and `missed` they are all there are. */
  readonly mistaken: number;
  /** Over all detections, crowds apart; -1 without annotations. */
  readonly AP50: number;
  /** Rise of mAP@0.5 with this kind put right, 0 to 1. */
  readonly cost: { readonly [Kind in ErrorKind]: number };
}

export function errorBreakdown(
  groundTruth: GroundTruth,
  detections: Detections,
  { minScore }: { readonly minScore: MinScore },
): ErrorBreakdown {
  const shown = judgeDetections(groundTruth, detections, { minScore });
  const all = judgeDetections(groundTruth, detections);
  const AP50 = meanPrecision(groundTruth, detections);
  const cost = (kind: ErrorKind) => {
    const fixed = withoutErrors(groundTruth, detections, all, kind);
    return Math.max(0, meanPrecision(fixed.groundTruth, fixed.detections) - AP50);
  };
  const numFates = (fate: (typeof annotationFates)[number]) => countOf(shown.fates, annotationFates.indexOf(fate));
  const numVerdicts = (verdict: (typeof detectionVerdicts)[number]) =>
    countOf(shown.verdicts, detectionVerdicts.indexOf(verdict));
  return {
    minScore,
    found: numVerdicts('found'),
    counts: byKind((kind) => (kind === 'missed' ? numFates('missed') : numVerdicts(kind))),
    mistaken: numFates('mistaken'),
    AP50,
    cost: byKind(cost),
  };
}

function byKind(value: (kind: ErrorKind) => number): { readonly [Kind in ErrorKind]: number } {
  return Object.fromEntries(errorKinds.map((kind) => [kind, value(kind)])) as { [Kind in ErrorKind]: number };
}

function countOf(codes: Uint8Array, wanted: number): number {
  return codes.reduce((sum, code) => sum + (code === wanted ? 1 : 0), 0);
}

function meanPrecision(groundTruth: GroundTruth, detections: Detections): number {
  const options = { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) };
  return evaluateDetections({ groundTruth, detections, ...options }).AP50;
}

/** The columns with one kind of error put right: a box or class corrected, or a row taken out. */
function withoutErrors(
  groundTruth: GroundTruth,
  detections: Detections,
  { verdicts, subjects, fates }: Judgement,
  kind: ErrorKind,
): { readonly groundTruth: GroundTruth; readonly detections: Detections } {
  if (kind === 'missed') {
    const missed = annotationFates.indexOf('missed');
    return { groundTruth: takeAnnotations(groundTruth, (row) => fates[row] !== missed), detections };
  }
  const code = detectionVerdicts.indexOf(kind);
  const correctable = kind === 'class' || kind === 'localisation' ? bestErrors(detections, verdicts, subjects) : null;
  const isMistaken = (row: number) => annotationFates[fates[subjects[row]]] === 'mistaken';
  const isCorrected = (row: number) => correctable?.get(subjects[row]) === row && isMistaken(row);
  const kept = [...verdicts.keys()].filter((row) => verdicts[row] !== code || isCorrected(row));
  const boxes = new Float64Array(kept.length * 4);
  const labels = new Int32Array(kept.length);
  for (const [place, row] of kept.entries()) {
    const isFixed = verdicts[row] === code;
    const box = kind === 'localisation' && isFixed ? groundTruth.boxes : detections.boxes;
    const source = kind === 'localisation' && isFixed ? subjects[row] : row;
    boxes.set(box.subarray(source * 4, source * 4 + 4), place * 4);
    labels[place] = isFixed ? groundTruth.labels[subjects[row]] : detections.labels[row];
  }
  return {
    groundTruth,
    detections: {
      images: Int32Array.from(kept, (row) => detections.images[row]),
      labels,
      boxes,
      scores: Float64Array.from(kept, (row) => detections.scores[row]),
    },
  };
}

/** Of the class and localisation errors about one annotation, the one with the best score: it alone can be put right. */
function bestErrors({ scores }: Detections, verdicts: Uint8Array, subjects: Int32Array): Map<number, number> {
  const best = new Map<number, number>();
  for (let row = 0; row < verdicts.length; row++) {
    const verdict = detectionVerdicts[verdicts[row]];
    if (verdict !== 'class' && verdict !== 'localisation') continue;
    const rival = best.get(subjects[row]);
    if (rival === undefined || scores[row] > scores[rival]) best.set(subjects[row], row);
  }
  return best;
}

function takeAnnotations(groundTruth: GroundTruth, keeps: (row: number) => boolean): GroundTruth {
  const { idZero, ...rest } = groundTruth;
  const rows = [...groundTruth.labels.keys()].filter(keeps);
  const place = idZero === undefined ? -1 : rows.indexOf(idZero);
  return {
    ...rest,
    images: Int32Array.from(rows, (row) => groundTruth.images[row]),
    labels: Int32Array.from(rows, (row) => groundTruth.labels[row]),
    boxes: Float64Array.from(rows.flatMap((row) => [...groundTruth.boxes.subarray(row * 4, row * 4 + 4)])),
    areas: Float64Array.from(rows, (row) => groundTruth.areas[row]),
    crowds: Uint8Array.from(rows, (row) => groundTruth.crowds[row]),
    ...(place === -1 ? {} : { idZero: place }),
  };
}
