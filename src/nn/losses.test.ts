import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectClose } from '../../tests/golden/expect-close.ts';
import { runGraph } from '../../tests/run-graph.ts';
import { gradients } from '../graph/gradients.ts';
import { constant, input, scalar, type Value } from '../graph/value.ts';
import { float32, int64, type Tensor } from '../tensor/tensor.ts';
import { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from './losses.ts';

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/nn-losses.json', import.meta.url), 'utf8'));
const shape = [3, 4];
const logits = input('logits', 'float32', shape);
const targets = constant(float32(golden.targets, shape));
const weights = constant(float32(golden.weights, shape));
const labels = constant(int64(golden.labels));
const rowWeights = constant(float32(golden.rowWeights));
const normaliser = scalar(golden.normaliser);

async function lossAndGradient(loss: Value, at: Tensor) {
  const [gradient] = gradients(loss, [logits]);
  return runGraph({ loss, gradient: gradient as Value }, new Map([['logits', at]]));
}

const cases: Record<string, Value> = {
  binaryCrossEntropy: binaryCrossEntropy(logits, targets, { weights, normaliser }),
  smoothL1: smoothL1(logits, targets, { beta: 1 / 9, weights, normaliser }),
  softmaxCrossEntropy: softmaxCrossEntropy(logits, labels, { weights: rowWeights, normaliser }),
};

for (const [name, loss] of Object.entries(cases)) {
  test(`${name} and its gradient equal torch's, logits of 100 too`, async () => {
    const found = await lossAndGradient(loss, float32(golden.logits, shape));
    const wanted = golden.cases[name];
    expectClose(found.loss.data, [wanted.loss], 1e-6 * Math.abs(wanted.loss), golden.source);
    expectClose(found.gradient.data, wanted.gradient, 1e-6, golden.source);
  });
}

test('rows of weight 0 may have the label -1', async () => {
  const ignored = constant(int64([1, 3, -1]));
  const loss = softmaxCrossEntropy(logits, ignored, { weights: rowWeights, normaliser });
  const found = await lossAndGradient(loss, float32(golden.logits, shape));
  expectClose(found.gradient.data, golden.cases.softmaxCrossEntropy.gradient, 1e-6, golden.source);
});

test('a binary loss of a certain and right answer is 0, of an undecided one log 2', async () => {
  const pair = input('logits', 'float32', [2]);
  const loss = binaryCrossEntropy(pair, constant(float32([1, 1])), {
    weights: constant(float32([1, 1])),
    normaliser: 1,
  });
  const { loss: found } = await runGraph({ loss }, new Map([['logits', float32([200, 0])]]));
  expect(found.data[0]).toBeCloseTo(Math.LN2, 6);
});
