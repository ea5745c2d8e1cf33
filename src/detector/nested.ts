/** @file Boxes that lie within another of their class: a garment found twice, once in part. Overlap alone does not tell. */
import { pairwiseIntersectionOverArea } from '../boxes/iou.ts';
import type { DetectedGarments } from './detector.ts';

/** Share of the smaller of two boxes within the larger from which both are one garment. */
const nestedShare = 0.9;

/** Indices of detections, best first, without those that lie within a surer box of their class or around one. */
export function withoutNested({ boxes, labels, scores }: DetectedGarments): number[] {
  const covered = pairwiseIntersectionOverArea(boxes, boxes);
  const count = scores.length;
  const kept: number[] = [];
  for (let index = 0; index < count; index++) {
    const isNested = kept.some(
      (surer) =>
        labels[surer] === labels[index] &&
        Math.max(covered[index * count + surer], covered[surer * count + index]) >= nestedShare,
    );
    if (!isNested) kept.push(index);
  }
  return kept;
}
