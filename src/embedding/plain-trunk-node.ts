/**
 * @file Features that no garment was trained on: a trunk with its ImageNet weights, its last two maps averaged over a box.
 * What a trained vector is compared with; never stored or served.
 */
import type { BoxTuple } from '../boxes/boxes.ts';
import { toTensorBoxes } from '../detector/detector.ts';
import { toUnitLength } from '../detector/vector-head.ts';
import { mean } from '../graph/arithmetic.ts';
import { concat, expand, extentOf } from '../graph/layout.ts';
import { roiAlign } from '../graph/neural.ts';
import { input, integers, UNKNOWN } from '../graph/value.ts';
import type { Photo } from '../image/photo.ts';
import { type PreprocessingConfig, preprocess } from '../image/preprocess.ts';
import { ParameterScope, parametersFrom } from '../nn/parameters.ts';
import { trunks } from '../nn/trunks/trunk.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { renameTensors, trunkNames } from '../weights/name-maps.ts';
import { readSafetensors } from '../weights/safetensors-node.ts';

/** As the weights were trained, at the size that the bundled detector first had. */
const preprocessing: PreprocessingConfig = {
  resize: { kind: 'long-side', longSide: 320 },
  mean: [0.498, 0.498, 0.498],
  std: [0.50196, 0.50196, 0.50196],
  divisibleBy: 32,
};

export interface PlainTrunk {
  /** @returns one vector of unit length a box, C4's part and C5's, each of unit length too */
  describe(photo: Photo, boxes: readonly BoxTuple[]): Promise<Float32Array[]>;
  release(): Promise<void>;
}

/** @param weights file of EfficientNet-Lite0's weights: safetensors, timm's names */
export async function openPlainTrunk(weights: string, options: SessionOptions = {}): Promise<PlainTrunk> {
  const scope = ParameterScope.root();
  const trunk = trunks.lite0.build(scope.child('trunk'), { padding: 'same' });
  const parameters = parametersFrom(
    scope.specs,
    renameTensors((await readSafetensors(weights)).tensors, trunkNames),
    weights,
  );
  const pixels = input('pixels', 'float32', [1, 3, UNKNOWN, UNKNOWN]);
  const boxes = input('boxes', 'float32', [UNKNOWN, 4]);
  const batchIndices = expand(integers([0]), extentOf(boxes, 0));
  const parts = trunk(pixels)
    .slice(2)
    .map((map, level) => {
      const scale = 1 / 2 ** (4 + level);
      const regions = roiAlign(map, boxes, batchIndices, { size: 3, samplingRatio: 2, scale, aligned: true });
      return toUnitLength(mean(regions, [2, 3]));
    });
  const session = await compile(
    { outputs: { vectors: toUnitLength(concat(parts, 1)) }, bindings: parameters },
    options,
  );
  return {
    async describe(photo, wanted) {
      const prepared = preprocess(photo, preprocessing);
      const { vectors } = await session.run({
        pixels: { dtype: 'float32', shape: [1, 3, prepared.height, prepared.width], data: prepared.pixels },
        boxes: {
          dtype: 'float32',
          shape: [wanted.length, 4],
          data: toTensorBoxes(Float32Array.from(wanted.flat()), prepared),
        },
      });
      const data = vectors!.data as Float32Array;
      const length = data.length / wanted.length;
      return wanted.map((_, row) => data.slice(row * length, (row + 1) * length));
    },
    release: () => session.release(),
  };
}
