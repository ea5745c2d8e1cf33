/**
 * @file Anchors: reference boxes on a grid over each feature map.
 *
 * Shapes: `L` levels, `A` anchors of all levels, `a` anchors at one place. Order: level, y, x, then the anchor within
 * its place (ratio outer, size inner), which is the order of the RPN's outputs laid out as `[H, W, a]`.
 * Reference: torchvision's `AnchorGenerator`.
 */
import { assert } from '../errors/assert.ts';

const { floor, fround, sqrt } = Math;

/** The anchors of every place of a level. */
export interface AnchorShapes {
  /** Square roots of areas in pixels of the tensor, one list a level, all of one length. */
  readonly sizes: readonly (readonly number[])[];
  /** Height over width, the same at every level. */
  readonly ratios: readonly number[];
  /** How sides become whole pixels; left out: torchvision's. */
  readonly rounding?: AnchorRounding;
  /** Of a place's centre from its corner, in strides; left out: 0. */
  readonly offset?: number;
}

/**
 * `torchvision`: half sides, halves to even. `detectron`: sides of an anchor as large as the stride, then enlarged.
 * `none`: Detectron2 rounds nothing.
 */
export type AnchorRounding = 'torchvision' | 'detectron' | 'none';

export interface FeatureSize {
  readonly height: number;
  readonly width: number;
}

export interface Anchors {
  /** `[A, 4]` float32 boxes in pixels of the padded tensor; they may reach over its edges. */
  readonly boxes: Float32Array;
  /** `boxes` level by level: views, not copies. */
  readonly perLevel: readonly Float32Array[];
  /** `[L + 1]`: anchors of level `l` are those from `levelStarts[l]` to `levelStarts[l + 1]`. */
  readonly levelStarts: readonly number[];
}

/** Boxes `[a, 4]` around the origin. @param stride of the level, which Detectron's rounding depends on */
export function cellAnchors(
  sizes: readonly number[],
  ratios: readonly number[],
  rounding: AnchorRounding = 'torchvision',
  stride = 1,
): Float32Array {
  const halves = halfSides[rounding];
  const boxes = ratios.flatMap((ratio) =>
    sizes.flatMap((size) => {
      const [x, y] = halves(size, ratio, stride);
      return [-x, -y, x, y];
    }),
  );
  return Float32Array.from(boxes);
}

/** The anchors of a level's first place. */
export function placedCell({ sizes, ratios, rounding, offset = 0 }: AnchorShapes, level: number, stride: number) {
  const cell = cellAnchors(sizes[level], ratios, rounding, stride);
  return cell.map((edge) => edge + offset * stride);
}

/** Half the width and half the height of an anchor. */
const halfSides: {
  readonly [R in AnchorRounding]: (size: number, ratio: number, stride: number) => readonly [number, number];
} = {
  torchvision: (size, ratio) => {
    const heightFactor = fround(sqrt(fround(ratio)));
    const widthFactor = fround(1 / heightFactor);
    const half = (factor: number) => roundHalfToEven(fround(factor * fround(size)) / 2);
    return [half(widthFactor), half(heightFactor)];
  },
  detectron: (size, ratio, stride) => {
    const width = roundHalfToEven(sqrt((stride * stride) / ratio));
    const height = roundHalfToEven(width * ratio);
    return [(width * size) / stride / 2, (height * size) / stride / 2];
  },
  none: (size, ratio) => {
    const width = sqrt((size * size) / ratio);
    return [width / 2, (ratio * width) / 2];
  },
};

/**
 * Anchors of an image of `height` x `width` (the padded tensor). The step between places is the image's size over the
 * feature map's, rounded down.
 *
 * @param featureSizes one a level, in the order of `shapes.sizes`
 */
export function anchorsFor(
  featureSizes: readonly FeatureSize[],
  height: number,
  width: number,
  shapes: AnchorShapes,
): Anchors {
  const { sizes, ratios } = shapes;
  assert(featureSizes.length === sizes.length, 'as many feature maps as lists of anchor sizes');
  const levelStarts = [0];
  for (const [level, size] of featureSizes.entries()) {
    levelStarts.push(levelStarts[level] + size.height * size.width * sizes[level].length * ratios.length);
  }
  const boxes = new Float32Array(levelStarts[sizes.length] * 4);
  const finestStride = width / featureSizes[0].width;
  const perLevel = featureSizes.map((size, level) => {
    const view = boxes.subarray(levelStarts[level] * 4, levelStarts[level + 1] * 4);
    const steps = { x: floor(width / size.width), y: floor(height / size.height) };
    fillGrid(view, size, steps, placedCell(shapes, level, finestStride * 2 ** level));
    return view;
  });
  return { boxes, perLevel, levelStarts };
}

function fillGrid(boxes: Float32Array, size: FeatureSize, steps: { x: number; y: number }, cell: Float32Array): void {
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      for (let of = 0; of < cell.length; of += 2) {
        boxes[at++] = cell[of] + column * steps.x;
        boxes[at++] = cell[of + 1] + row * steps.y;
      }
    }
  }
}

function roundHalfToEven(value: number): number {
  const below = floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
