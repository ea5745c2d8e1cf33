import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type BlockCase, checkBlock } from '../../../tests/golden/blocks.ts';
import { liteClassifier } from '../../../tests/lite-classifier.ts';
import { runGraph } from '../../../tests/run-graph.ts';
import { mean, softmax } from '../../graph/arithmetic.ts';
import { input, UNKNOWN } from '../../graph/value.ts';
import { float32 } from '../../tensor/tensor.ts';
import { renameTensors, trunkNames } from '../../weights/name-maps.ts';
import { readSafetensors } from '../../weights/safetensors-node.ts';
import { ParameterScope, parameterCount, parametersFrom } from '../parameters.ts';
import { invertedBottleneck, type LiteBlockConfig } from './efficientnet-lite.ts';
import { trunks } from './trunk.ts';

const golden = JSON.parse(readFileSync(new URL('../../../tests/golden/nn-lite-blocks.json', import.meta.url), 'utf8'));

describe('inverted bottleneck', () => {
  for (const block of golden.blocks as BlockCase<LiteBlockConfig>[]) {
    test(`equals timm's ${block.name}, gradients too`, () => checkBlock(invertedBottleneck, block, golden.source));
  }
});

describe('EfficientNet-Lite', () => {
  test.each([
    ['lite0', 4_652_008],
    ['lite1', 5_416_680],
    ['lite2', 6_092_072],
  ] as const)('%s has as many weights as timm counts', (name, count) => {
    const scope = ParameterScope.root();
    liteClassifier(scope, name);
    const weights = scope.specs.filter((spec) => !spec.name.includes('running_'));
    expect(parameterCount(weights)).toBe(count);
  });

  test('refuses sides that are not multiples of 32', () => {
    const trunk = trunks.lite0.build(ParameterScope.root(), { padding: 'same' });
    expect(() => trunk(input('pixels', 'float32', [1, 3, 64, 72]))).toThrow(/multiples of 32/);
  });
});

const data = process.env.DEEPSHOP_DATA;

interface ReferencePhoto {
  readonly file: string;
  readonly top5: readonly { readonly index: number; readonly label: string; readonly probability: number }[];
  readonly logits0to9: readonly number[];
  readonly logitSum: number;
  readonly featureMean: number;
}

describe.skipIf(data === undefined)('ImageNet weights (needs DEEPSHOP_DATA)', () => {
  test('classify three crops as timm does, probabilities to 1e-4', async () => {
    const folder = join(data as string, 'weights');
    const reference = JSON.parse(readFileSync(join(folder, 'efficientnet-lite0-reference.json'), 'utf8'));
    const weights = await readSafetensors(join(folder, 'efficientnet-lite0-imagenet.safetensors'));
    const scope = ParameterScope.root();
    const classify = liteClassifier(scope.child('trunk'));
    const parameters = parametersFrom(scope.specs, renameTensors(weights.tensors, trunkNames), 'ImageNet weights');
    expect(weights.tensors.size).toBe(scope.specs.length);
    const { logits, features } = classify(input('pixels', 'float32', [1, 3, UNKNOWN, UNKNOWN]));
    const outputs = { logits, probabilities: softmax(logits), featureMean: mean(features, [0, 1, 2, 3]) };
    for (const photo of reference.photos as ReferencePhoto[]) {
      const pixels = await readCrop(join(folder, photo.file));
      const found = await runGraph(outputs, new Map([['pixels', pixels]]), parameters);
      for (const { index, label, probability } of photo.top5) {
        expect(Math.abs(found.probabilities.data[index] - probability), `${photo.file}: ${label}`).toBeLessThan(1e-4);
      }
      photo.logits0to9.forEach((logit, i) => {
        expect(found.logits.data[i]).toBeCloseTo(logit, 3);
      });
      expect(found.logits.data.reduce((sum, logit) => sum + logit, 0)).toBeCloseTo(photo.logitSum, 1);
      expect(found.featureMean.data[0]).toBeCloseTo(photo.featureMean, 4);
    }
  });
});

/** A PNG as `[1, 3, H, W]`, `(x - 127) / 128`. */
async function readCrop(path: string) {
  const { data: bytes, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const places = info.width * info.height;
  const planes = Float32Array.from({ length: 3 * places }, (_, i) => {
    const [channel, place] = [Math.floor(i / places), i % places];
    return (bytes[place * 3 + channel] - 127) / 128;
  });
  return float32(planes, [1, 3, info.height, info.width]);
}
