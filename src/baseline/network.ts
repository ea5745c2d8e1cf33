/**
 * @file The paper's baseline (section 3.1): five convolution layers, one fully connected layer, and on it a class head and
 * a head of four numbers, the box.
 *
 * The text says no more than that. **Inferred**, with the reason:
 * - input 128 x 128, the photo squashed: a fully connected layer needs one size; small enough for two cores;
 * - 3 x 3 kernels of stride 2 and ReLU: five halvings take 128 to 4 places a side without pooling layers;
 * - channels 32, 64, 128, 256, 256, and 512 numbers in the fully connected layer: widths double as places vanish, as in the
 *   networks of its time;
 * - weights by He et al. (2015), for ReLU from random weights; biases 0;
 * - the class head tells the background (label 0) apart too, so that photos without a garment can be learnt from and one
 *   number says how sure a detection is; on a set where every photo has a garment, as DeepFashion, it never wins;
 * - the box is linear, corners x1, y1, x2, y2 as shares of the photo's width and height, and starts at the photo's centre.
 *
 * Shapes: N photos, S side, C classes with the background.
 */
import { relu } from '../graph/arithmetic.ts';
import { reshape } from '../graph/layout.ts';
import type { Value } from '../graph/value.ts';
import { convolution } from '../nn/convolution.ts';
import { constantInit, kaimingUniform, normalInit } from '../nn/initialisers.ts';
import { linear } from '../nn/linear.ts';
import { ParameterScope, type ParameterSpec } from '../nn/parameters.ts';
import type { BaselineConfig } from './config.ts';

export interface BaselineNetwork {
  readonly specs: readonly ParameterSpec[];
  /** @param pixels `[N, 3, S, S]` float32 */
  answer(pixels: Value): BaselineAnswerValues;
}

export interface BaselineAnswerValues {
  /** `[N, C]` */
  readonly classLogits: Value;
  /** `[N, 4]` corners in shares of the photo; in no way bound to lie within 0..1 */
  readonly boxes: Value;
}

/** Parameters of the class head begin with it. */
export const classHead = 'class_head.';

const STRIDE = 2;
const halvings = STRIDE ** 5;

export function baselineNetwork({ classes, channels, hidden, side }: BaselineConfig): BaselineNetwork {
  const root = ParameterScope.root();
  const forRelu = { weightInit: kaimingUniform(0), biasInit: constantInit(0) };
  const layers = channels.map((outputs, index) =>
    convolution(root.child(`conv${index + 1}`), {
      ...{ inputs: channels[index - 1] ?? 3, outputs, kernel: 3, stride: STRIDE },
      ...forRelu,
    }),
  );
  const flat = channels[4] * (side / halvings) ** 2;
  const connected = linear(root.child('fc'), { inputs: flat, outputs: hidden, ...forRelu });
  // Small, so that no class is preferred at first and all boxes are at the centre.
  const small = normalInit(0.01);
  const classifier = linear(root.child('class_head'), {
    ...{ inputs: hidden, outputs: classes.length + 1, weightInit: small, biasInit: constantInit(0) },
  });
  const regressor = linear(root.child('box_head'), {
    ...{ inputs: hidden, outputs: 4, weightInit: small, biasInit: constantInit(0.5) },
  });
  return {
    specs: root.specs,
    answer(pixels) {
      const maps = layers.reduce((x, layer) => relu(layer(x)), pixels);
      const represented = relu(connected(reshape(maps, [-1, flat])));
      return { classLogits: classifier(represented), boxes: regressor(represented) };
    },
  };
}
