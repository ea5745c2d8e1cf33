/**
 * @file What the baseline should have said about a photo: the class and box of its largest garment.
 *
 * The paper's photos have one labelled garment each. Where there are several, the largest is the one that a network with
 * one answer is asked for; a photo without any teaches the background, and its box is not judged; one with nothing but
 * regions to ignore may hide a garment and is not judged at all.
 */
import type { GroundTruth } from '../detector/rpn-targets.ts';
import { newArray, type Tensor, tensor } from '../tensor/tensor.ts';

/** -1: not judged, 0: background. */
export interface PhotoTarget {
  readonly label: number;
  /** Where the garment starts among the boxes; null where there is none. */
  readonly at: number | null;
}

/** Of boxes of one area, the first. */
export function targetOf({ boxes, labels, crowdBoxes }: GroundTruth): PhotoTarget {
  if (labels.length === 0) return { label: crowdBoxes.length > 0 ? -1 : 0, at: null };
  const areas = Array.from(labels, (_, index) => {
    const [x1, y1, x2, y2] = boxes.subarray(4 * index, 4 * index + 4);
    return (x2! - x1!) * (y2! - y1!);
  });
  const largest = areas.indexOf(Math.max(...areas));
  return { label: labels[largest], at: 4 * largest };
}

/**
 * Targets of a batch, by the names of the training graph's inputs: `labels` `[N]` int64, `boxes` `[N, 4]` in shares of the
 * photo, and which of both are judged.
 *
 * @param side of the squashed photos, which the boxes are in pixels of
 */
export function baselineTargets(
  groundTruth: readonly GroundTruth[],
  side: number,
): Record<'labels' | 'boxes' | 'judged' | 'hasBox', Tensor> {
  const n = groundTruth.length;
  const labels = newArray('int64', n);
  const boxes = newArray('float32', 4 * n);
  const judged = newArray('float32', n);
  const hasBox = newArray('float32', n);
  for (const [photo, truth] of groundTruth.entries()) {
    const { label, at } = targetOf(truth);
    labels[photo] = BigInt(label);
    judged[photo] = label === -1 ? 0 : 1;
    if (at === null) continue;
    hasBox[photo] = 1;
    boxes.set(
      truth.boxes.subarray(at, at + 4).map((edge) => edge / side),
      4 * photo,
    );
  }
  return {
    labels: tensor('int64', [n], labels),
    boxes: tensor('float32', [n, 4], boxes),
    judged: tensor('float32', [n], judged),
    hasBox: tensor('float32', [n, 1], hasBox),
  };
}
