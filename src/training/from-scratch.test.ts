/** @file A detector from random weights, trunk and all, learns two drawn photos by heart. */
import { expect, test } from 'vitest';
import { tinyPhoto } from '../../tests/tiny-detector.ts';
import { parseDetectorConfig } from '../detector/config.ts';
import { detectorNetwork } from '../detector/network.ts';
import { preprocess } from '../image/preprocess.ts';
import { sgd } from '../nn/optimizers.ts';
import { initialParameters, type ParameterScope } from '../nn/parameters.ts';
import { resnet } from '../nn/trunks/resnet.ts';
import { compile } from '../onnx/session-node.ts';
import { compileStep } from './training-step.ts';

const SIDE = 64;
const STEPS = 40;

/** One bottleneck a stage. */
const channels = [256, 512, 1024, 2048] as const;
const shortResNet = {
  channels,
  build: (scope: ParameterScope, { norm = 'frozen-batch' as const }: { norm?: 'group' | 'frozen-batch' }) =>
    resnet(scope, { blocks: [1, 1, 1, 1], groups: 1, widthPerGroup: 64, norm }),
};

test('with group norm the losses of all four kinds together fall to a fifth within forty steps', async () => {
  const config = parseDetectorConfig(
    {
      trunk: 'r50',
      norm: 'group',
      classes: ['left', 'right'],
      fpn: { strides: [8, 16, 32], width: 32, pooledLevel: false },
      anchors: { sizes: [[16], [32], [64]] },
      rpn: { batchSize: 64, preNmsTop: { train: 100, test: 100 }, postNmsTop: { train: 40, test: 40 } },
      boxHead: { hidden: [64], batchSize: 32 },
    },
    'test',
  );
  const network = detectorNetwork(config, shortResNet);
  const parameters = new Map([...initialParameters(network.specs, 1)].map(([name, { data }]) => [name, data]));
  const shape = { batchSize: 2, height: SIDE, width: SIDE, groundTruths: 1, crowds: 1 };
  const step = await compileStep({ network, config, shape, frozen: new Map(), withGradients: true, compile });
  const resize = { kind: 'long-side', longSide: SIDE } as const;
  const photos = [1, 2].map((seed) =>
    preprocess(tinyPhoto(seed, SIDE, SIDE), {
      resize,
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
      divisibleBy: 32,
    }),
  );
  const pixels = new Float32Array(2 * 3 * SIDE * SIDE);
  photos.forEach((photo, at) => {
    pixels.set(photo.pixels, at * 3 * SIDE * SIDE);
  });
  const truth = (box: readonly number[], label: number) => ({
    boxes: Float32Array.from(box),
    labels: Int32Array.of(label),
    crowdBoxes: new Float32Array(0),
  });
  const groundTruth = [truth([4, 6, 30, 50], 1), truth([28, 10, 62, 40], 2)];
  const batch = { pixels, imageSizes: new Int32Array(4).fill(SIDE), groundTruth };
  const optimizer = sgd({ momentum: 0.9, groupOf: () => ({ weightDecay: 0 }) });
  const state = optimizer.init(parameters);
  const totals: number[] = [];
  for (let at = 0; at < STEPS; at++) {
    // The same anchors and keys every time: what falls is what is learnt.
    const { losses, gradients } = await step.run(batch, parameters, 1);
    expect(gradients.size, 'every parameter learns').toBe(parameters.size);
    totals.push(losses.total);
    optimizer.step(parameters, gradients, state, 0.01);
  }
  await step.release();
  expect(Math.min(...totals.slice(-5)), totals.map((total) => total.toFixed(2)).join(' ')).toBeLessThan(totals[0] / 5);
}, 300_000);
