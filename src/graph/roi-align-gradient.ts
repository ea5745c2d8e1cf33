/**
 * @file The gradient of RoIAlign as matrix products.
 *
 * A bilinear sample is separable: what bin (i, j) of box r takes from feature pixel (y, x) is `Wy[r, i, y] Wx[r, j, x]`.
 * So dX is a sum over boxes of `Wyᵀ dY Wx`: two batched products, in a fixed order, where scattering with repeated
 * indices would race between threads.
 *
 * Shape letters: R boxes, N images, B = R / N boxes an image, C channels, S bins an axis, H x W features.
 *
 * Reference: He et al., Mask R-CNN, section 3; torchvision's `roi_align` for the borders.
 */
import {
  add,
  and,
  cast,
  clip,
  div,
  equal,
  floor,
  greater,
  less,
  maximum,
  mean,
  minimum,
  mul,
  not,
  sub,
  where,
} from './arithmetic.ts';
import { range, reshape, slice, transpose } from './layout.ts';
import { matmul, type RoiAlignOptions } from './neural.ts';
import { type Node, scalar, staticShape, type Value } from './value.ts';

/**
 * How much bin s of each box takes from each position of one axis: `[R, S, extent]`.
 *
 * @param low `[R]` start of the boxes along the axis, image pixels
 * @param high `[R]` end
 */
function axisWeights(
  low: Value,
  high: Value,
  extent: number,
  { size, samplingRatio, scale, aligned }: RoiAlignOptions,
): Value {
  const shift = aligned ? 0.5 : 0;
  const count = low.shape[0];
  const start = sub(mul(low, scale), shift);
  const span = sub(sub(mul(high, scale), shift), start);
  const length = aligned ? span : maximum(span, 1);
  // Sample positions `[R, S * ratio]`.
  const steps = add(cast(range(size * samplingRatio), 'float32'), 0.5);
  const position = add(reshape(start, [count, 1]), mul(reshape(div(length, size * samplingRatio), [count, 1]), steps));
  // Outside by more than a pixel: nothing. Otherwise pulled inside.
  const outside = cast(not(and(not(less(position, -1)), not(greater(position, extent)))), 'float32');
  const inside = clip(position, 0, extent - 1);
  const lower = floor(inside);
  const fraction = sub(inside, lower);
  const slots = cast(range(extent), 'float32');
  const [p, f, o] = [lower, fraction, outside].map((v) => reshape(v, [count, size, samplingRatio, 1])) as [
    Value,
    Value,
    Value,
  ];
  const upper = minimum(add(p, 1), scalar(extent - 1));
  const weights = add(where(equal(slots, p), sub(1, f), 0), where(equal(slots, upper), f, 0));
  return mean(mul(weights, sub(1, o)), [2]);
}

/**
 * dX for boxes that are grouped by image: box r belongs to image floor(r / B).
 *
 * @param dy `[R, C, S, S]`
 * @param boxes `[R, 4]` image pixels
 * @param active `[R]` float32: 0 leaves a box out (it took from another level)
 * @returns `[N, C, H, W]`
 */
export function groupedRoiAlignGradient(
  dy: Value,
  boxes: Value,
  active: Value,
  features: readonly number[],
  options: RoiAlignOptions,
): Value {
  const [n, c, h, w] = features;
  const [r, s] = [boxes.shape[0], options.size];
  const b = r / n;
  const corner = (index: number) => reshape(slice(boxes, { axis: 1, start: index, end: index + 1 }), [r]);
  const alongX = mul(axisWeights(corner(0), corner(2), w, options), reshape(active, [r, 1, 1]));
  const alongY = axisWeights(corner(1), corner(3), h, options);
  // Rows of bins before channels: then `[R, S C, S] x [R, S, W]` already is `[N, B S, C W]`, the second product's operand.
  const rows = matmul(reshape(transpose(dy, [0, 2, 1, 3]), [r, s * c, s]), alongX);
  const stacked = reshape(rows, [n, b * s, c * w]);
  const columns = transpose(reshape(alongY, [n, b * s, h]), [0, 2, 1]);
  return transpose(reshape(matmul(columns, stacked), [n, h, c, w]), [0, 2, 1, 3]);
}

/** The general rule of the operator: boxes in any order, so each image looks at all of them. */
export function roiAlignInputGradient(node: Node<'RoiAlign'>, dy: Value): Value {
  const [x, boxes, batchIndices] = node.inputs;
  const [n, c, h, w] = staticShape(x);
  const r = staticShape(boxes)[0];
  const { output_height, sampling_ratio, spatial_scale, coordinate_transformation_mode } = node.attributes;
  const s = output_height;
  const options = {
    size: s,
    samplingRatio: sampling_ratio,
    scale: spatial_scale,
    aligned: coordinate_transformation_mode === 'half_pixel',
  };
  const corner = (index: number) => reshape(slice(boxes, { axis: 1, start: index, end: index + 1 }), [r]);
  const alongX = axisWeights(corner(0), corner(2), w, options);
  const alongY = axisWeights(corner(1), corner(3), h, options);
  const rows = reshape(matmul(reshape(transpose(dy, [0, 2, 1, 3]), [r, s * c, s]), alongX), [r * s, c * w]);
  const belongs = cast(equal(reshape(range(n), [n, 1, 1, 1]), reshape(batchIndices, [1, r, 1, 1])), 'float32');
  const columns = transpose(reshape(mul(reshape(alongY, [1, r, s, h]), belongs), [n, r * s, h]), [0, 2, 1]);
  return transpose(reshape(matmul(columns, rows), [n, h, c, w]), [0, 2, 1, 3]);
}
