/**
 * @file The network behind a learned descriptor: what lies in a box of the detector's own maps, to a vector of unit length.
 * Trained to find a garment again (`embedding/train-vector-node.ts`); the detector stays as it is, boxes included.
 *
 * Shapes: R boxes, C channels of all maps together, S places along each side of a box, H hidden numbers of the box head, D
 * numbers a vector.
 */
import { div, maximum, mul, relu, softmax, sqrt, sum } from '../graph/arithmetic.ts';
import { concat, expand, extentOf, reshape, transpose } from '../graph/layout.ts';
import { conv, matmul, roiAlign } from '../graph/neural.ts';
import { input, integers, UNKNOWN, type Value } from '../graph/value.ts';
import { constantInit, normalInit } from '../nn/initialisers.ts';
import { linear } from '../nn/linear.ts';
import { ParameterScope, type ParameterSpec } from '../nn/parameters.ts';
import { alignRegions } from './align-regions.ts';
import { alignRule, type DetectorConfig } from './config.ts';
import { channelsOf, type LearnedDescriptor, vectorHeadScope } from './descriptors.ts';
import type { FeatureName } from './detector.ts';
import { detectorNetwork } from './network.ts';

/** Below every length that features have; keeps that of a black map finite. */
const SHORTEST = 1e-12;

/** What the detector says of boxes, before anything was learned from it. */
export interface VectorHeadInputs {
  /** `[R, C, S, S]`: every map's part of a box, each map's numbers of mean square 1. */
  readonly places: Value;
  /** `[R, H]` of mean square 1. */
  readonly hidden: Value;
}

export interface VectorHead {
  readonly specs: readonly ParameterSpec[];
  /** @returns `[R, D]` of unit length */
  vectors(inputs: VectorHeadInputs): Value;
}

/** How many numbers a box gives: C, S and H. */
export function vectorHeadExtents(
  { maps, size }: LearnedDescriptor,
  config: DetectorConfig,
): { readonly channels: number; readonly size: number; readonly hidden: number } {
  const channels = maps.reduce((total, map) => total + channelsOf(map, config), 0);
  return { channels, size, hidden: config.boxHead.hidden.at(-1)! };
}

/**
 * Reads boxes out of a photo's maps.
 *
 * @param maps of one photo, `[1, C, H / stride, W / stride]`
 * @param boxes `[R, 4]` pixels of the tensor
 */
export function vectorHeadInputs(
  maps: Readonly<Record<FeatureName, Value>>,
  boxes: Value,
  { maps: names, head, size, samplingRatio }: LearnedDescriptor,
  config: DetectorConfig,
): VectorHeadInputs {
  const photo = expand(integers([0]), extentOf(boxes, 0));
  const parts = names.map((name) => {
    const scale = 1 / 2 ** Number(name.slice(1));
    const aligned = roiAlign(maps[name], boxes, photo, { size, samplingRatio, scale, aligned: true });
    const length = channelsOf(name, config) * size * size;
    return reshape(toMeanSquareOne(reshape(aligned, [-1, length]), length), [-1, length / size ** 2, size, size]);
  });
  const levels = head.maps.map((name) => maps[name]);
  const regions = alignRegions(levels, boxes, photo, alignRule(config));
  const { hidden } = detectorNetwork(config).boxHead(regions);
  return { places: concat(parts, 1), hidden: toMeanSquareOne(hidden, config.boxHead.hidden.at(-1)!) };
}

/** Declares the parameters of a learned descriptor. */
export function vectorHead(definition: LearnedDescriptor, config: DetectorConfig): VectorHead {
  const { width, looks, keptWidth, classWidth, dimension } = definition;
  const { channels, size, hidden: numHidden } = vectorHeadExtents(definition, config);
  const root = ParameterScope.root();
  const scope = root.child(vectorHeadScope);
  const places = size * size;
  const each = (name: string, inputs: number, outputs: number) => {
    const weight = scope.child(name).parameter('weight', [outputs, inputs, 1, 1], normalInit(Math.sqrt(2 / inputs)));
    const bias = scope.child(name).parameter('bias', [outputs], constantInit(0));
    return (x: Value) => conv(x, weight, bias);
  };
  const seen = each('seen', channels, width);
  const look = each('look', width, looks);
  const kept = each('kept', width, keptWidth);
  const classed = linear(scope.child('class'), { inputs: numHidden, outputs: classWidth });
  const joined = linear(scope.child('joined'), {
    inputs: looks * width + keptWidth * places + classWidth + channels,
    outputs: dimension,
  });
  return {
    specs: root.specs,
    vectors({ places: regions, hidden }) {
      const features = relu(seen(regions));
      // Where to look: the garment rather than what is behind it.
      const weights = softmax(reshape(look(features), [-1, looks, places]), 2);
      const columns = transpose(reshape(features, [-1, width, places]), [0, 2, 1]);
      const looked = reshape(matmul(weights, columns), [-1, looks * width]);
      const flat = reshape(regions, [-1, channels, places]);
      const mean = mul(sum(flat, [2]), 1 / places);
      const parts = [looked, reshape(kept(features), [-1, keptWidth * places]), relu(classed(hidden)), mean];
      return toUnitLength(joined(concat(parts, 1)));
    },
  };
}

/** The inputs of a head whose boxes were read before, to be fed. @param count R, or unknown */
export function fedVectorHeadInputs(
  definition: LearnedDescriptor,
  config: DetectorConfig,
  { count = UNKNOWN, prefix = '' }: { readonly count?: number; readonly prefix?: string } = {},
): VectorHeadInputs {
  const { channels, size, hidden } = vectorHeadExtents(definition, config);
  return {
    places: input(`${prefix}places`, 'float32', [count, channels, size, size]),
    hidden: input(`${prefix}hidden`, 'float32', [count, hidden]),
  };
}

/** Rows of `[R, N]` divided by their Euclidean length. */
export function toUnitLength(rows: Value): Value {
  return div(rows, maximum(sqrt(sum(mul(rows, rows), [1], { keep: true })), SHORTEST));
}

function toMeanSquareOne(rows: Value, length: number): Value {
  return mul(toUnitLength(rows), Math.sqrt(length));
}
