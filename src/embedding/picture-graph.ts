/**
 * @file The paper's descriptor: the top of the pyramid for the whole photo squashed to a small square.
 *
 * At 64 x 64 pixels P6 is a single place, so that the paper's max pooling has nothing left to choose from.
 */

import type { PictureDescriptor } from '../detector/descriptors.ts';
import { type DetectorParts, featureMap } from '../detector/detector.ts';
import { detectorNetwork } from '../detector/network.ts';
import { reshape } from '../graph/layout.ts';
import { input } from '../graph/value.ts';
import type { Photo } from '../image/photo.ts';
import { type PreprocessingConfig, writePlanes } from '../image/preprocess.ts';
import { resizeSmoothly } from '../image/resample.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import { type Tensor, zeros } from '../tensor/tensor.ts';

/** Input: `pixels` `[1, 3, side, side]`; output: `vectors` `[1, D]`. */
export function pictureGraph(
  { map, side }: PictureDescriptor,
  { config, parameters }: Pick<DetectorParts, 'config' | 'parameters'>,
): GraphDefinition {
  const pixels = input('pixels', 'float32', [1, 3, side, side]);
  const features = detectorNetwork(config).features(pixels);
  return { outputs: { vectors: reshape(featureMap(features, config, map), [1, -1]) }, bindings: parameters };
}

/** A photo stretched over the square: `[1, 3, side, side]`. */
export function squashedPhoto(photo: Photo, side: number, config: PreprocessingConfig): Tensor<'float32'> {
  const pixels = zeros('float32', [1, 3, side, side]);
  writePlanes(resizeSmoothly(photo, side, side), config, pixels.data, 0, side, side);
  return pixels;
}
