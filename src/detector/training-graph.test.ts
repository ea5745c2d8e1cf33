import { expect, test } from 'vitest';
import golden from '../../tests/golden/detector-training.json' with { type: 'json' };
import { howToRegenerate } from '../../tests/golden/expect-close.ts';
import { hashedNumbers } from '../../tests/golden/hashed-numbers.ts';
import { tinyDetector, tinyPixels } from '../../tests/golden/tiny-detector.ts';
import { type Arrays, sgd } from '../nn/optimizers.ts';
import { compile } from '../onnx/session-node.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { anchorsFor } from './anchors.ts';
import { regionStrides } from './config.ts';
import { rpnTargets } from './rpn-targets.ts';
import { lossNames, trainingGraph } from './training-graph.ts';

const { config, network, parameters } = tinyDetector(golden.config);
const { side, places, imageSizes } = golden;
const n = imageSizes.length;
const help = howToRegenerate(golden);

const mapSizes = [...regionStrides(config), regionStrides(config).at(-1)! * 2].map((stride) => ({
  height: side / stride,
  width: side / stride,
}));
const anchors = anchorsFor(mapSizes, side, side, config.anchors);
const graph = trainingGraph(
  network,
  config,
  { batchSize: n, height: side, width: side, groundTruths: places, crowds: 1 },
  anchors,
  () => true,
);

function feeds(): Record<string, Tensor> {
  const numAnchors = anchors.boxes.length / 4;
  const truths = golden.groundTruth.map(({ boxes, labels }) => ({
    boxes: Float32Array.from(boxes.flat()),
    labels: Int32Array.from(labels),
    crowdBoxes: new Float32Array(0),
  }));
  const targets = truths.map((truth, image) =>
    rpnTargets(anchors.boxes, truth, Float32Array.from(hashedNumbers(`anchorKeys${image}`, numAnchors)), config.rpn),
  );
  const joined = (rows: readonly ArrayLike<number>[], width: number) => {
    const all = new Float32Array(n * width);
    rows.forEach((row, image) => {
      all.set(row, image * width);
    });
    return all;
  };
  const numKeys = graph.proposals + places;
  return {
    pixels: tinyPixels(n, side, side),
    imageSizes: tensor('float32', [n, 2], Float32Array.from(imageSizes.flat())),
    rpnLabels: tensor(
      'float32',
      [n, numAnchors],
      joined(
        targets.map(({ labels }) => labels),
        numAnchors,
      ),
    ),
    rpnDeltas: tensor(
      'float32',
      [n, numAnchors, 4],
      joined(
        targets.map(({ deltas }) => deltas),
        numAnchors * 4,
      ),
    ),
    groundTruthBoxes: tensor(
      'float32',
      [n, places, 4],
      joined(
        truths.map(({ boxes }) => boxes),
        places * 4,
      ),
    ),
    groundTruthLabels: tensor(
      'int64',
      [n, places],
      BigInt64Array.from(
        joined(
          truths.map(({ labels }) => labels),
          places,
        ),
        BigInt,
      ),
    ),
    crowdBoxes: tensor('float32', [n, 1, 4], new Float32Array(n * 4)),
    keys: tensor(
      'float32',
      [n, numKeys],
      joined(
        truths.map((_, image) => Float32Array.from(hashedNumbers(`regionKeys${image}`, numKeys))),
        numKeys,
      ),
    ),
  };
}

const isClose = (actual: number, wanted: number, tolerance: number, scale = Math.abs(wanted)) =>
  Math.abs(actual - wanted) <= tolerance * scale;

test('losses and gradients of one step, and the losses of ten, are those of torchvision', async () => {
  const trained = [...parameters].filter(([name]) => `gradient/${name}` in graph.outputs);
  expect(trained.map(([name]) => name).sort()).toEqual(Object.keys(golden.gradients).sort());
  const bindings = new Map([...parameters].filter(([name]) => !(`gradient/${name}` in graph.outputs)));
  const session = await compile({ outputs: graph.outputs, bindings });
  const values: Arrays = new Map(trained.map(([name, { data }]) => [name, data]));
  const { momentum, weightDecay, learningRate } = golden.sgd;
  const optimizer = sgd({ momentum, groupOf: () => ({ weightDecay }) });
  const state = optimizer.init(values);
  const fed = feeds();
  const wrong: string[] = [];
  for (const [step, wanted] of golden.losses.entries()) {
    const found = await session.run({ ...fed, ...Object.fromEntries(trained) });
    const gradients: Arrays = new Map(trained.map(([name]) => [name, found[`gradient/${name}`].data as Float32Array]));
    lossNames.forEach((name, at) => {
      const loss = found[name].data[0] as number;
      if (!isClose(loss, wanted[at], 1e-3)) wrong.push(`step ${step}, ${name}: ${loss} for ${wanted[at]}`);
    });
    if (step === 0) wrong.push(...wrongGradients(gradients));
    optimizer.step(values, gradients, state, learningRate);
  }
  expect(wrong, help).toEqual([]);
});

/** Norm, weighted sum and two elements of each gradient: relative 1e-3 of the norm, of an element's share of it. */
function wrongGradients(gradients: Arrays): string[] {
  return Object.entries(golden.gradients).flatMap(([name, [norm, probe, first, middle]]) => {
    const gradient = gradients.get(name)!;
    const weights = hashedNumbers(`probe/${name}`, gradient.length);
    const own = [
      Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)),
      gradient.reduce((sum, value, at) => sum + value * (weights[at] - 0.5), 0),
      gradient[0],
      gradient[Math.floor(gradient.length / 2)],
    ];
    return [norm!, probe!, first!, middle!].flatMap((wanted, at) =>
      isClose(own[at], wanted, 1e-3, norm!)
        ? []
        : [`gradient of ${name}, number ${at}: ${own[at]} for ${wanted} (norm ${norm})`],
    );
  });
}
