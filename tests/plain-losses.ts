/**
 * @file The four losses on plain arrays: the oracle of the graph's, not for training.
 *
 * Shapes: `S` sampled anchors or regions, `K` classes with the background; of all images of the batch together.
 * Differs from torchvision: nothing sampled gives 0, not NaN.
 */

/** Below this difference the loss is quadratic: torchvision's and Detectron's, for the RPN and the box head. */
export const smoothL1Beta = 1 / 9;

/** Mean binary cross-entropy of logits over the labels that are not -1. `[N]` both; labels 0 or 1. */
export function objectnessLoss(logits: Float32Array, labels: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] < 0) continue;
    count++;
    sum += Math.max(logits[at], 0) - logits[at] * labels[at] + Math.log1p(Math.exp(-Math.abs(logits[at])));
  }
  return count === 0 ? 0 : sum / count;
}

/** Smooth L1 of positive anchors over the number of sampled ones. `[N, 4]` deltas, `[N]` labels of -1, 0, 1. */
export function rpnBoxLoss(predicted: Float32Array, wanted: Float32Array, labels: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= 0) count++;
    if (labels[row] === 1) sum += smoothL1(predicted, row * 4, wanted, row * 4);
  }
  return count === 0 ? 0 : sum / count;
}

/** Mean cross-entropy. `[S, K]` logits, `[S]` labels. */
export function classLoss(logits: Float32Array, labels: Int32Array): number {
  const numClasses = logits.length / labels.length;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const values = logits.subarray(row * numClasses, (row + 1) * numClasses);
    const highest = Math.max(...values);
    sum += highest + Math.log(values.reduce((total, value) => total + Math.exp(value - highest), 0)) - values[label];
  }
  return labels.length === 0 ? 0 : sum / labels.length;
}

/** Smooth L1 of positives, in their label's box, over all sampled. `[S, K, 4]` predicted, `[S, 4]` wanted, `[S]`. */
export function boxHeadLoss(predicted: Float32Array, wanted: Float32Array, labels: Int32Array): number {
  const numClasses = predicted.length / labels.length / 4;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    if (label > 0) sum += smoothL1(predicted, (row * numClasses + label) * 4, wanted, row * 4);
  }
  return labels.length === 0 ? 0 : sum / labels.length;
}

/** Summed over the four numbers from `from` and from `to`. */
function smoothL1(predicted: Float32Array, from: number, wanted: Float32Array, to: number): number {
  let sum = 0;
  for (let side = 0; side < 4; side++) {
    const difference = Math.abs(predicted[from + side] - wanted[to + side]);
    sum += difference < smoothL1Beta ? (0.5 * difference ** 2) / smoothL1Beta : difference - 0.5 * smoothL1Beta;
  }
  return sum;
}
