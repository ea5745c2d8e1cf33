/**
 * @file The second of a model's two graphs: feature maps and any boxes to vectors.
 *
 * Shapes: R boxes, D numbers a vector.
 */
import { alignRegions } from '../detector/align-regions.ts';
import { alignRule, type DetectorConfig } from '../detector/config.ts';
import { channelsOf, type GarmentDescriptor, mapsOf } from '../detector/descriptors.ts';
import type { FeatureName } from '../detector/detector.ts';
import type { Model } from '../detector/model-directory.ts';
import { detectorNetwork } from '../detector/network.ts';
import { toUnitLength, vectorHead, vectorHeadInputs } from '../detector/vector-head.ts';
import { mean, mul } from '../graph/arithmetic.ts';
import { concat, expand, extentOf, reshape } from '../graph/layout.ts';
import { roiAlign } from '../graph/neural.ts';
import { input, integers, UNKNOWN, type Value } from '../graph/value.ts';
import type { GraphDefinition } from '../onnx/encode.ts';

/**
 * Vectors of boxes.
 *
 * @param maps of one photo, `[1, C, H / stride, W / stride]`
 * @param boxes `[R, 4]` pixels of the tensor
 * @param config of the detector whose box head is read
 * @returns `[R, D]` of unit length
 */
export function regionVectors(
  maps: Readonly<Record<FeatureName, Value>>,
  boxes: Value,
  definition: GarmentDescriptor,
  config: DetectorConfig,
): Value {
  if (definition.kind === 'learned') {
    return vectorHead(definition, config).vectors(vectorHeadInputs(maps, boxes, definition, config));
  }
  const { maps: names, keptMaps = [], head, size, samplingRatio } = definition;
  const photo = expand(integers([0]), extentOf(boxes, 0));
  const align = (name: FeatureName) =>
    roiAlign(maps[name], boxes, photo, { size, samplingRatio, scale: 1 / 2 ** Number(name.slice(1)), aligned: true });
  // Each part counts alike, however large its numbers are.
  const averaged = names.map((name) => toUnitLength(mean(align(name), [2, 3])));
  const kept = keptMaps.map((name) => {
    const channels = maps[name].shape[1];
    return toUnitLength(reshape(align(name), [-1, channels * size * size]));
  });
  const parts = [...averaged, ...kept];
  if (head !== undefined) {
    const levels = head.maps.map((name) => maps[name]);
    const regions = alignRegions(levels, boxes, photo, alignRule(config));
    parts.push(mul(toUnitLength(detectorNetwork(config).boxHead(regions).hidden), head.length));
  }
  return toUnitLength(concat(parts, 1));
}

/** Inputs: the maps by name, and `boxes`; output: `vectors`. Parameters are those of the box head and of a learned head, where they are read. */
export function regionGraph(
  definition: GarmentDescriptor,
  { config, parameters }: Pick<Model, 'config' | 'parameters'>,
): GraphDefinition {
  const maps = Object.fromEntries(
    mapsOf(definition).map((name) => [name, input(name, 'float32', [1, channelsOf(name, config), UNKNOWN, UNKNOWN])]),
  );
  const boxes = input('boxes', 'float32', [UNKNOWN, 4]);
  return { outputs: { vectors: regionVectors(maps, boxes, definition, config) }, bindings: parameters };
}
