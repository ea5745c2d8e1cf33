/**
 * @file Which class is taken for which, at IoU 0.5 and from a score on.
 *
 * Detections first find annotations of their own class, as COCO matches them; those left over then take, best score first,
 * the annotation left over that they overlap most, by 0.5 or more, whatever its class. What is still left is a missed
 * annotation, or a detection where there is nothing (or nothing that was not found already). So the diagonal holds COCO's
 * true positives, and all counts add up to the annotations and the detections that share none.
 */
import type { MinScore } from '../detector/model-directory.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { annotationFates, detectionVerdicts, judgeDetections } from './judge-detections.ts';
import { overlap } from './match-detections.ts';
import { rowsInOrder, sortByScore } from './score-order.ts';

export interface ConfusionMatrix {
  /** Rows are what is there, columns what was said; after the last class stands nothing. */
  readonly classes: readonly string[];
  /** `[K + 1, K + 1]`: row K is nothing there, column K is nothing found; the last cell of all is 0 */
  readonly counts: Int32Array;
  /** One for all classes, or one a class. */
  readonly minScore: MinScore;
  /** Annotations without crowds: the sum of the first K rows. */
  readonly groundTruths: number;
  /** Detections that share no annotation: the sum of the last row. */
  readonly falsePositives: number;
}

export function confusionMatrix(
  groundTruth: GroundTruth,
  detections: Detections,
  { minScore, iou = 0.5 }: { readonly minScore: MinScore; readonly iou?: number },
): ConfusionMatrix {
  const { classes } = groundTruth;
  const { verdicts, subjects, fates } = judgeDetections(groundTruth, detections, { minScore, foregroundIou: iou });
  const size = classes.length + 1;
  const counts = new Int32Array(size * size);
  const count = (row: number, column: number) => {
    counts[row * size + column] += 1;
  };
  const nothing = classes.length;

  const leftOver = fates.map((fate) => (['missed', 'mistaken'].includes(annotationFates[fate]) ? 1 : 0));
  const rowsOf = Array.from({ length: groundTruth.numImages }, (): number[] => []);
  for (let row = 0; row < fates.length; row++) if (leftOver[row] === 1) rowsOf[groundTruth.images[row]].push(row);
  for (const row of sortByScore(rowsInOrder(verdicts.length), detections.scores)) {
    const verdict = detectionVerdicts[verdicts[row]];
    if (verdict === 'ignored' || verdict === 'left out') continue;
    const said = detections.labels[row] - 1;
    if (verdict === 'found') {
      count(groundTruth.labels[subjects[row]] - 1, said);
      continue;
    }
    let [taken, best] = [-1, iou];
    for (const annotation of rowsOf[detections.images[row]]) {
      if (leftOver[annotation] === 0) continue;
      const shared = overlap(detections.boxes, row * 4, groundTruth.boxes, annotation * 4, false);
      if (shared >= best) [taken, best] = [annotation, shared];
    }
    if (taken === -1) {
      count(nothing, said);
      continue;
    }
    leftOver[taken] = 0;
    count(groundTruth.labels[taken] - 1, said);
  }
  for (let row = 0; row < fates.length; row++) if (leftOver[row] === 1) count(groundTruth.labels[row] - 1, nothing);

  const falsePositives = counts.subarray(nothing * size).reduce((sum, value) => sum + value, 0);
  const groundTruths = counts.reduce((sum, value) => sum + value, 0) - falsePositives;
  return { classes, counts, minScore, groundTruths, falsePositives };
}
