/**
 * @file Boxes as deltas `[dx, dy, dw, dh]` from reference boxes (anchors or regions), and back.
 * `dx`, `dy`: shift of the centre in widths and heights of the reference; `dw`, `dh`: logarithm of the ratio of sizes;
 * each times its weight. Law: `decode(encode(b, a), a)` is `b`, where `b` is at most 62.5 times as large as `a`.
 *
 * Reference: Girshick et al., "Rich feature hierarchies" (R-CNN), appendix C; torchvision's `BoxCoder`.
 */

const { exp, fround, log, min } = Math;

/** Weights of `dx, dy, dw, dh`. */
export type DeltaWeights = readonly [number, number, number, number];

/** The RPN's weights. */
export const unitWeights: DeltaWeights = [1, 1, 1, 1];

/** The largest `dw` and `dh` after division by the weights: 16 pixels become at most 1000 (Detectron). */
const maxLogScale = fround(log(1000 / 16));

/**
 * Deltas that turn each reference into its target. Both must have positive sides, or the result is not finite.
 *
 * @param targets `[N, 4]` float32 boxes
 * @param references `[N, 4]` float32 boxes
 * @returns `[N, 4]` float32 deltas
 */
export function encodeBoxes(targets: Float32Array, references: Float32Array, weights: DeltaWeights): Float32Array {
  const [weightX, weightY, weightW, weightH] = weights;
  const deltas = new Float32Array(targets.length);
  for (let at = 0; at < targets.length; at += 4) {
    const width = fround(references[at + 2] - references[at]);
    const height = fround(references[at + 3] - references[at + 1]);
    const centerX = fround(references[at] + 0.5 * width);
    const centerY = fround(references[at + 1] + 0.5 * height);
    const targetWidth = fround(targets[at + 2] - targets[at]);
    const targetHeight = fround(targets[at + 3] - targets[at + 1]);
    const targetX = fround(targets[at] + 0.5 * targetWidth);
    const targetY = fround(targets[at + 1] + 0.5 * targetHeight);
    deltas[at] = fround(weightX * fround(targetX - centerX)) / width;
    deltas[at + 1] = fround(weightY * fround(targetY - centerY)) / height;
    deltas[at + 2] = weightW * fround(log(fround(targetWidth / width)));
    deltas[at + 3] = weightH * fround(log(fround(targetHeight / height)));
  }
  return deltas;
}

/**
 * Boxes from deltas.
 *
 * @param deltas `[N, K, 4]` float32; `K` is 1, or the number of classes where each has its own box
 * @param references `[N, 4]` float32 boxes; `K` follows from the two lengths
 * @returns `[N, K, 4]` float32 boxes, not clipped to any image
 */
export function decodeBoxes(deltas: Float32Array, references: Float32Array, weights: DeltaWeights): Float32Array {
  const [weightX, weightY, weightW, weightH] = weights;
  const boxes = new Float32Array(deltas.length);
  const stride = references.length === 0 ? 0 : (deltas.length / references.length) * 4;
  for (let reference = 0, at = 0; reference < references.length; reference += 4) {
    const width = fround(references[reference + 2] - references[reference]);
    const height = fround(references[reference + 3] - references[reference + 1]);
    const centerX = fround(references[reference] + 0.5 * width);
    const centerY = fround(references[reference + 1] + 0.5 * height);
    for (const end = at + stride; at < end; at += 4) {
      const x = fround(fround(fround(deltas[at] / weightX) * width) + centerX);
      const y = fround(fround(fround(deltas[at + 1] / weightY) * height) + centerY);
      const halfWidth = 0.5 * fround(fround(exp(min(fround(deltas[at + 2] / weightW), maxLogScale))) * width);
      const halfHeight = 0.5 * fround(fround(exp(min(fround(deltas[at + 3] / weightH), maxLogScale))) * height);
      boxes[at] = x - halfWidth;
      boxes[at + 1] = y - halfHeight;
      boxes[at + 2] = x + halfWidth;
      boxes[at + 3] = y + halfHeight;
    }
  }
  return boxes;
}
