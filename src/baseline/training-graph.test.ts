import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectClose } from '../../tests/golden/expect-close.ts';
import { hashedNumbers } from '../../tests/golden/hashed-numbers.ts';
import { runGraph } from '../../tests/run-graph.ts';
import { input } from '../graph/value.ts';
import type { Parameters } from '../nn/parameters.ts';
import { sizeOf, type Tensor, tensor } from '../tensor/tensor.ts';
import type { BaselineConfig } from './config.ts';
import { baselineNetwork } from './network.ts';
import { baselineTargets } from './targets.ts';
import { baselineLossNames, baselineTrainingGraph } from './training-graph.ts';

interface Golden {
  readonly source: { readonly generator: string; readonly versions: Record<string, string> };
  readonly config: BaselineConfig;
  readonly alpha: number;
  readonly photos: readonly Readonly<Record<'boxes' | 'crowdBoxes', number[][]> & { labels: number[] }>[];
  readonly classLogits: number[];
  readonly boxes: number[];
  readonly losses: Readonly<Record<(typeof baselineLossNames)[number] | 'total', number>>;
  readonly gradients: Readonly<Record<string, number[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../tests/golden/baseline.json', import.meta.url), 'utf8'));
const { config, source, photos } = golden;
const network = baselineNetwork(config);
const parameters: Parameters = new Map(
  network.specs.map(({ name, shape }) => {
    const scale = shape.length === 1 ? 0.2 : Math.sqrt(6 / sizeOf(shape.slice(1)));
    const data = Float32Array.from(hashedNumbers(name, sizeOf(shape)), (value) => scale * (value * 2 - 1));
    return [name, tensor('float32', shape, data)];
  }),
);
const shape = [photos.length, 3, config.side, config.side];
const pixels = tensor(
  'float32',
  shape,
  Float32Array.from(hashedNumbers('pixels', sizeOf(shape)), (value) => value * 2 - 1),
);
const groundTruth = photos.map(({ boxes, labels, crowdBoxes }) => ({
  boxes: Float32Array.from(boxes.flat()),
  labels: Int32Array.from(labels),
  crowdBoxes: Float32Array.from(crowdBoxes.flat()),
}));
const stepOf = (alpha: number) =>
  baselineTrainingGraph(network, { batchSize: photos.length, side: config.side, alpha, withGradients: true });
const feeds = new Map<string, Tensor>([
  ...parameters,
  ...Object.entries(baselineTargets(groundTruth, config.side)),
  ['pixels', pixels],
]);

test("class logits and boxes equal PyTorch's", async () => {
  const { classLogits, boxes } = network.answer(input('pixels', 'float32', shape));
  const found = await runGraph({ classLogits, boxes }, feeds);
  expectClose(found.classLogits.data, golden.classLogits, 2e-5, source);
  expectClose(found.boxes.data, golden.boxes, 2e-5, source);
});

test("every loss and every gradient of a step equals PyTorch's", async () => {
  const found = await runGraph(stepOf(golden.alpha), feeds);
  for (const name of [...baselineLossNames, 'total'] as const) {
    expectClose(found[name].data, [golden.losses[name]], 2e-6 * golden.losses[name], source);
  }
  const wanted = Object.entries(golden.gradients);
  expect(wanted.map(([name]) => name).sort()).toEqual(network.specs.map(({ name }) => name).sort());
  for (const [name, numbers] of wanted) {
    const largest = Math.max(...numbers.map(Math.abs));
    expectClose(found[`gradient/${name}`].data, numbers, 1e-5 * Math.max(1, largest), source);
  }
});

test('alpha adds 2 alpha times the parameter to its gradient: a weight decay', async () => {
  const [plain, decayed] = [await runGraph(stepOf(0), feeds), await runGraph(stepOf(0.5), feeds)];
  for (const [name, { data }] of parameters) {
    const [without, with_] = [plain[`gradient/${name}`].data, decayed[`gradient/${name}`].data];
    const difference = data.map((value, at) => Math.abs(with_[at] - without[at] - value));
    expect(Math.max(...difference), name).toBeLessThan(1e-5);
  }
});

test('a batch without a judged photo has no loss but that of its parameters', async () => {
  const blind = photos.map(() => ({ ...groundTruth[3] }));
  const targets = Object.entries(baselineTargets(blind, config.side));
  const found = await runGraph(stepOf(golden.alpha), new Map([...feeds, ...targets]));
  expect(found.classification!.data[0]).toBe(0);
  expect(found.box!.data[0]).toBe(0);
  expectClose(found.total!.data, [golden.losses.regularisation], 1e-6, source);
});
