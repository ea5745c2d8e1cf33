/** @file A whole model as one graph: photo tensor in; boxes, labels, scores and garment vectors out. */

import { mapsOf } from '../detector/descriptors.ts';
import { type FeatureName, featureMap } from '../detector/detector.ts';
import { inferenceGraph } from '../detector/inference-graph.ts';
import type { Model } from '../detector/model-directory.ts';
import { detectorNetwork } from '../detector/network.ts';
import type { Value } from '../graph/value.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import { regionVectors } from './region-graph.ts';

/**
 * Inputs `pixels` and `imageSizes`; outputs `boxes`, `labels`, `scores` and, where the model has the descriptor,
 * `vectors` of the boxes. What a program needs to know besides is in the metadata, as JSON.
 */
export function exportGraph(model: Model & { readonly modelId: string }): GraphDefinition {
  const { config, parameters, calibration, descriptors, name, modelId, minScore, preprocessing } = model;
  const { garment } = descriptors;
  const { detections, features } = inferenceGraph(detectorNetwork(config), config, calibration);
  const outputs: Record<string, Value> = { ...detections };
  if (garment !== undefined) {
    const maps = Object.fromEntries(mapsOf(garment).map((map) => [map, featureMap(features, config, map)]));
    outputs.vectors = regionVectors(maps as Record<FeatureName, Value>, detections.boxes, garment, config);
  }
  return {
    outputs,
    bindings: parameters,
    metadata: {
      name,
      modelId,
      classes: JSON.stringify(config.classes),
      preprocessing: JSON.stringify(preprocessing),
      minScore: JSON.stringify(minScore),
      ...(garment === undefined ? {} : { spaceId: garment.spaceId, metric: 'cosine' }),
      inputs:
        'pixels: RGB, (value / 255 - mean) / std, zero-padded right and below to multiples of 32; imageSizes: height, width without the padding',
      outputs:
        'boxes: x1, y1, x2, y2 in pixels of the tensor; labels: 1 is the first class; vectors: of the boxes, unit length',
    },
  };
}
