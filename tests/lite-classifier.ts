/** @file The ImageNet classifier over EfficientNet-Lite, by which tests check trunk and weights against timm. */
import { mean } from '../src/graph/arithmetic.ts';
import type { Value } from '../src/graph/value.ts';
import { relu6 } from '../src/nn/activations.ts';
import { convolutionNorm } from '../src/nn/convolution-norm.ts';
import { linear } from '../src/nn/linear.ts';
import type { ParameterScope } from '../src/nn/parameters.ts';
import { trunks } from '../src/nn/trunks/trunk.ts';

interface LiteClassification {
  /** `[N, 1280, H / 32, W / 32]`, before pooling. */
  readonly features: Value;
  /** `[N, 1000]`. */
  readonly logits: Value;
}

const headChannels = 1280;
const classes = 1000;

/** Declares trunk, head and classifier under timm's names. From `[N, 3, H, W]`, H and W multiples of 32. */
export function liteClassifier(
  scope: ParameterScope,
  name: 'lite0' | 'lite1' | 'lite2' = 'lite0',
): (image: Value) => LiteClassification {
  const trunk = trunks[name].build(scope, { padding: 'same' });
  const head = convolutionNorm(
    scope,
    { conv: 'conv_head', norm: 'bn2' },
    { inputs: trunks[name].channels[3], outputs: headChannels, kernel: 1, epsilon: 1e-3 },
  );
  const classifier = linear(scope.child('classifier'), { inputs: headChannels, outputs: classes });
  return (image) => {
    const features = relu6(head(trunk(image)[3]!));
    return { features, logits: classifier(mean(features, [2, 3])) };
  };
}
