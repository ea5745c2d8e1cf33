/** @file Operators that pick: gather, scatter, top-k, non-maximum suppression. Indices are int64. */
import { apply, applyAll } from './apply.ts';
import { constant, integers, type Value } from './value.ts';

/** Slices of `x` along an axis; `indices` may have any shape. */
export const gather = (x: Value, indices: Value, axis = 0): Value => apply('Gather', [x, indices], { axis });

/** Elements of `x` along an axis, one for each index of the same rank. */
export const gatherElements = (x: Value, indices: Value, axis: number): Value =>
  apply('GatherElements', [x, indices], { axis });

/** Slices addressed by the last extent of `indices`, after `batchDims` shared leading extents. */
export const gatherND = (x: Value, indices: Value, batchDims = 0): Value =>
  apply('GatherND', [x, indices], { batch_dims: batchDims });

/**
 * `data` with the addressed slices replaced. Indices must not repeat: with repeats the result would depend on the
 * order of threads, and a reduction would lose additions (measured on ONNX Runtime 1.30's CPU kernel).
 */
export const scatterND = (data: Value, indices: Value, updates: Value): Value =>
  apply('ScatterND', [data, indices, updates], {});

/** Index of the largest element along an axis; of equal ones, the first. */
export const argMax = (x: Value, axis: number): Value => apply('ArgMax', [x], { axis, keepdims: 0 });

/** The `k` largest along an axis in falling order, and their indices; of equal ones, the lower index first. */
export function topK(x: Value, k: number | Value, axis: number): { values: Value; indices: Value } {
  const count = typeof k === 'number' ? integers([k]) : k;
  const [values, indices] = applyAll('TopK', [x, count], { axis, largest: 1, sorted: 1 });
  return { values, indices };
}

/**
 * Greedy suppression of boxes that overlap a better one of the same image and class.
 *
 * @param boxes `[N, B, 4]` corners
 * @param scores `[N, classes, B]`
 * @returns `[K, 3]` int64 rows (image, class, box), by image, then class, then falling score
 */
export function nonMaxSuppression(
  boxes: Value,
  scores: Value,
  { maxPerClass, iouThreshold, scoreThreshold }: { maxPerClass: number; iouThreshold: number; scoreThreshold: number },
): Value {
  const single = (value: number) => constant({ dtype: 'float32', shape: [1], data: Float32Array.of(value) });
  return apply(
    'NonMaxSuppression',
    [boxes, scores, integers([maxPerClass]), single(iouThreshold), single(scoreThreshold)],
    { center_point_box: 0 },
  );
}

/** Indices of the elements that are not zero: `[rank, K]`. */
export const nonZero = (x: Value): Value => apply('NonZero', [x], {});

/** 1 at each index along a new last axis of extent `depth`, 0 elsewhere; float32. */
export const oneHot = (indices: Value, depth: number): Value =>
  apply(
    'OneHot',
    [indices, integers([depth]), constant({ dtype: 'float32', shape: [2], data: Float32Array.of(0, 1) })],
    { axis: -1 },
  );
