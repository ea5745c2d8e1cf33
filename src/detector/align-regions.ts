/**
 * @file Reads regions out of a pyramid: each from the level that fits its size, by RoIAlign.
 *
 * Forward, each level aligns only its own regions. Backward, the gradient goes to all levels as matrix products
 * (`graph/roi-align-gradient.ts`), which never add in an order that threads decide.
 *
 * Shapes: N images, R regions (R / N an image, grouped by image), C channels, S bins.
 * Reference: torchvision's `MultiScaleRoIAlign`.
 */
import { add, cast, clip, div, equal, floor, log, maximum, mul, sqrt } from '../graph/arithmetic.ts';
import { concat, expand, extentOf, range, reshape } from '../graph/layout.ts';
import { type RoiAlignOptions, roiAlign } from '../graph/neural.ts';
import { groupedRoiAlignGradient } from '../graph/roi-align-gradient.ts';
import { gather, nonZero, scatterND } from '../graph/selection.ts';
import { constant, integers, UNKNOWN, type Value, withGradient } from '../graph/value.ts';
import { float32 } from '../tensor/tensor.ts';
import { areas } from './box-graph.ts';

/** Which map a region is read from: large regions from coarse maps (equation 1 of the FPN paper, arXiv 1612.03144). */
export interface LevelRule {
  /** Logarithm (base 2) of the stride of the finest map that regions are read from. */
  readonly minLevel: number;
  /** The same of the coarsest. */
  readonly maxLevel: number;
  /** A square of this side, in pixels, is read from... */
  readonly canonicalScale: number;
  /** ...the map with stride two to the power of this. */
  readonly canonicalLevel: number;
}

export interface AlignRule {
  readonly levels: LevelRule;
  readonly pooledSize: number;
  readonly samplingRatio: number;
  readonly aligned: boolean;
  /** Read up to one pixel short of the far edges: Detectron's boxes end with their last pixel. Left out: false. */
  readonly inclusiveEdges?: boolean;
}

/** The level of each box, 0 the finest: `[R, 4]` to `[R]` float32. See `tests/oracles/assign-levels.ts`. */
export function levelsOf(boxes: Value, { minLevel, maxLevel, canonicalScale, canonicalLevel }: LevelRule): Value {
  const side = sqrt(maximum(areas(boxes), 1e-12));
  const octave = mul(log(div(side, canonicalScale)), Math.LOG2E);
  const level = clip(floor(add(add(octave, canonicalLevel), 1e-6)), minLevel, maxLevel);
  return reshape(add(level, -minLevel), [-1]);
}

/**
 * @param pyramid the levels that regions are read from, `[N, C, H_l, W_l]`
 * @param boxes `[R, 4]` image pixels
 * @param batchIndices `[R]` int64
 * @returns `[R, C, S, S]`
 */
export function alignRegions(pyramid: readonly Value[], boxes: Value, batchIndices: Value, rule: AlignRule): Value {
  const optionsOf = (level: number): RoiAlignOptions => ({
    size: rule.pooledSize,
    samplingRatio: rule.samplingRatio,
    scale: 1 / 2 ** (rule.levels.minLevel + level),
    aligned: rule.aligned,
  });
  const count = boxes.shape[0];
  const levels = levelsOf(boxes, rule.levels);
  const read = rule.inclusiveEdges === true ? add(boxes, constant(float32([0, 0, -1, -1], [1, 4]))) : boxes;
  const members = pyramid.map((_, level) => reshape(nonZero(equal(levels, level)), [-1]));
  const perLevel = pyramid.map((features, level) =>
    roiAlign(features, gather(read, members[level]), gather(batchIndices, members[level]), optionsOf(level)),
  );
  // Rows come out level by level; each goes back to the place of its region.
  const order = concat(members, 0);
  const extent = count === UNKNOWN ? extentOf(boxes, 0) : integers([count]);
  const inverse = scatterND(
    expand(integers([0]), extent),
    reshape(order, [-1, 1]),
    range(count === UNKNOWN ? extent : count),
  );
  const gathered = gather(concat(perLevel, 0), inverse);
  const [, ...rest] = gathered.shape;
  const aligned = reshape(gathered, [count, ...rest]);
  return withGradient(aligned, pyramid, (dy) =>
    pyramid.map((features, level) =>
      groupedRoiAlignGradient(dy, read, cast(equal(levels, level), 'float32'), features.shape, {
        ...optionsOf(level),
        samplingRatio: rule.samplingRatio || 2,
      }),
    ),
  );
}
