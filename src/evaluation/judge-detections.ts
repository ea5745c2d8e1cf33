/**
 * @file What became of each detection and each annotation at one IoU threshold, and why: the kinds of error of TIDE.
 *
 * A detection that finds its annotation is `found`, as COCO's matching has it (the same greedy rule as
 * `match-detections.ts`, caps included). Every other one is of one kind, the first that fits:
 *
 * | kind | the detection... |
 * |---|---|
 * | ignored | lies in a crowd region of its class: neither right nor wrong |
 * | localisation | overlaps an annotation of its class by 0.1 up to 0.5 |
 * | class | overlaps one of another class by 0.5 or more |
 * | duplicate | overlaps one of its class by 0.5 or more that a better detection has found |
 * | background | overlaps no annotation by more than 0.1 |
 * | both | is left: one of another class, by 0.1 up to 0.5 |
 *
 * An annotation that no detection found is `mistaken` where a localisation or class error is about it, else `missed`.
 *
 * Reference: Bolya et al., TIDE: A General Toolbox for Identifying Object Detection Errors, ECCV 2020, section 2.
 * Differs from its code: an overlap of exactly 0.5 with an annotation already found is a duplicate, not a localisation error.
 *
 * Shape letters: D detections, G annotations, in the rows of the columns given.
 */
import { type MinScore, minScoreOf } from '../detector/model-directory.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { cocoMaxDetections, overlap } from './match-detections.ts';
import { bucketRows, rowsInOrder, sortByScore } from './score-order.ts';

/** By their number in {@link Judgement.verdicts}. `left out`: under the lowest score, or past the cap of 100 a class and photo. */
export const detectionVerdicts = [
  ...(['found', 'localisation', 'class', 'both', 'duplicate', 'background', 'ignored', 'left out'] as const),
];
export type DetectionVerdict = (typeof detectionVerdicts)[number];

/** By their number in {@link Judgement.fates}. */
export const annotationFates = ['found', 'mistaken', 'missed', 'ignored'] as const;
export type AnnotationFate = (typeof annotationFates)[number];

export interface Judgement {
  /** `[D]` places in {@link detectionVerdicts} */
  readonly verdicts: Uint8Array;
  /** `[D]` int32 row of the annotation that was found or that the error is about; -1 for none */
  readonly subjects: Int32Array;
  /** `[G]` places in {@link annotationFates} */
  readonly fates: Uint8Array;
}

export interface JudgeOptions {
  /** Overlap from which a detection finds an annotation: 0.5 if left out. */
  readonly foregroundIou?: number;
  /** Overlap up to which a detection is of background: 0.1 if left out. */
  readonly backgroundIou?: number;
  /** Detections below are left out, one score for all classes or one a class: 0, none, if left out. */
  readonly minScore?: MinScore;
}

const verdictCodes = Object.fromEntries(detectionVerdicts.map((name, code) => [name, code])) as {
  readonly [Name in DetectionVerdict]: number;
};
const fateCodes = Object.fromEntries(annotationFates.map((name, code) => [name, code])) as {
  readonly [Name in AnnotationFate]: number;
};

export function judgeDetections(
  groundTruth: GroundTruth,
  detections: Detections,
  options: JudgeOptions = {},
): Judgement {
  const { foregroundIou = 0.5, backgroundIou = 0.1, minScore = 0 } = options;
  const { numImages, crowds, classes } = groundTruth;
  const lowest = classes.map((label) => minScoreOf(minScore, label));
  const judgement = {
    verdicts: new Uint8Array(detections.scores.length).fill(verdictCodes['left out']),
    subjects: new Int32Array(detections.scores.length).fill(-1),
    fates: Uint8Array.from(crowds, (crowd) => (crowd === 1 ? fateCodes.ignored : fateCodes.missed)),
  };
  const byScore = sortByScore(rowsInOrder(detections.scores.length), detections.scores);
  const found = bucketRows(byScore, detections.images, numImages);
  const wanted = bucketRows(rowsInOrder(crowds.length), groundTruth.images, numImages);
  for (let image = 0; image < numImages; image++) {
    const rows = found.rows.subarray(found.starts[image], found.starts[image + 1]);
    const judged = withinCaps(rows, detections).filter(
      (row) => detections.scores[row] >= lowest[detections.labels[row] - 1],
    );
    const annotations = wanted.rows.subarray(wanted.starts[image], wanted.starts[image + 1]);
    judgePhoto(judged, annotations);
  }
  return judgement;

  function judgePhoto(rows: Int32Array, annotations: Int32Array): void {
    const { verdicts, subjects, fates } = judgement;
    const iouOf = (row: number, annotation: number) =>
      overlap(detections.boxes, row * 4, groundTruth.boxes, annotation * 4, crowds[annotation] === 1);
    const isOfClass = (row: number, annotation: number) => groundTruth.labels[annotation] === detections.labels[row];
    const solid = annotations.filter((annotation) => crowds[annotation] === 0);

    for (const row of rows) {
      let best = Math.min(foregroundIou, 1 - 1e-10);
      for (const annotation of solid) {
        if (fates[annotation] === fateCodes.found || !isOfClass(row, annotation)) continue;
        const iou = iouOf(row, annotation);
        // Of equal ones the later, as pycocotools.
        if (iou < best) continue;
        best = iou;
        subjects[row] = annotation;
      }
      if (subjects[row] === -1) continue;
      verdicts[row] = verdictCodes.found;
      fates[subjects[row]] = fateCodes.found;
    }

    for (const row of rows) {
      if (verdicts[row] === verdictCodes.found) continue;
      const isInCrowd = annotations.some(
        (annotation) =>
          crowds[annotation] === 1 && isOfClass(row, annotation) && iouOf(row, annotation) >= foregroundIou,
      );
      if (isInCrowd) {
        verdicts[row] = verdictCodes.ignored;
        continue;
      }
      const ofClass = nearest(row, (annotation) => isOfClass(row, annotation));
      const ofOthers = nearest(row, (annotation) => !isOfClass(row, annotation));
      const [kind, subject] = kindOf(ofClass, ofOthers);
      verdicts[row] = verdictCodes[kind];
      subjects[row] = subject;
      if ((kind === 'localisation' || kind === 'class') && fates[subject] === fateCodes.missed) {
        fates[subject] = fateCodes.mistaken;
      }
    }

    function nearest(row: number, among: (annotation: number) => boolean): Nearest {
      let [annotation, iou] = [-1, 0];
      for (const candidate of solid) {
        if (!among(candidate)) continue;
        const candidateIou = iouOf(row, candidate);
        if (candidateIou > iou) [annotation, iou] = [candidate, candidateIou];
      }
      return { annotation, iou };
    }
  }

  function kindOf(ofClass: Nearest, ofOthers: Nearest): readonly [DetectionVerdict, subject: number] {
    if (ofClass.iou >= backgroundIou && ofClass.iou < foregroundIou) return ['localisation', ofClass.annotation];
    if (ofOthers.iou >= foregroundIou) return ['class', ofOthers.annotation];
    if (ofClass.iou >= foregroundIou) return ['duplicate', ofClass.annotation];
    if (ofOthers.iou <= backgroundIou) return ['background', -1];
    return ['both', ofOthers.annotation];
  }
}

interface Nearest {
  readonly annotation: number;
  readonly iou: number;
}

/** Rows of one photo, best first, without those past COCO's cap for their class. */
function withinCaps(rows: Int32Array, { labels }: Detections): Int32Array {
  const counts = new Map<number, number>();
  return rows.filter((row) => {
    const count = (counts.get(labels[row]) ?? 0) + 1;
    counts.set(labels[row], count);
    return count <= cocoMaxDetections.at(-1)!;
  });
}
