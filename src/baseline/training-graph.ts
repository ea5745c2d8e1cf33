/**
 * @file One training step of the baseline as one graph: the loss J of section 3.1 and its gradients.
 *
 *     J = 1/n sum_i (cross-entropy of the class of photo i + squared L2 distance of its box) + alpha * squared L2 of all parameters
 *
 * **Inferred**: the mean is over both terms of a photo; boxes are in shares of the photo, as the network gives them; n
 * counts the photos that are judged (`targets.ts`), and a photo without a garment has no box term; all parameters means
 * biases too. A gradient step on the last term is a weight decay of 2 alpha, which is why such a run has no other.
 *
 * Shapes: N photos, S side.
 */
import { add, div, maximum, mul, sub, total } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { input, inputsOf, type Value } from '../graph/value.ts';
import { softmaxCrossEntropy } from '../nn/losses.ts';
import type { BaselineNetwork } from './network.ts';

export const baselineLossNames = ['classification', 'box', 'regularisation'] as const;

/**
 * Inputs: `pixels` `[N, 3, S, S]`, the targets (`targets.ts`), the parameters. Outputs: the losses by name, `total`, and
 * `gradient/NAME` of every parameter where they are asked for.
 */
export function baselineTrainingGraph(
  network: BaselineNetwork,
  {
    batchSize: n,
    side,
    alpha,
    withGradients,
  }: {
    readonly batchSize: number;
    readonly side: number;
    readonly alpha: number;
    readonly withGradients: boolean;
  },
): Readonly<Record<string, Value>> {
  const { classLogits, boxes } = network.answer(input('pixels', 'float32', [n, 3, side, side]));
  const judged = input('judged', 'float32', [n]);
  const normaliser = maximum(total(judged), 1);
  const classification = softmaxCrossEntropy(classLogits, input('labels', 'int64', [n]), {
    weights: judged,
    normaliser,
  });
  const distance = mul(sub(boxes, input('boxes', 'float32', [n, 4])), input('hasBox', 'float32', [n, 1]));
  const box = div(total(mul(distance, distance)), normaliser);
  const inputs = inputsOf([classLogits, boxes]);
  const parameters = network.specs.map(({ name }) => inputs.get(name) as Value);
  const squares = parameters.map((parameter) => total(mul(parameter, parameter))).reduce(add);
  const regularisation = mul(squares, alpha);
  const loss = [classification, box, regularisation].reduce(add);
  const slopes = withGradients ? gradients(loss, parameters) : [];
  return {
    ...{ classification, box, regularisation, total: loss },
    ...Object.fromEntries(
      slopes.map((slope, index) => [`gradient/${network.specs[index].name}`, slope as Value] as const),
    ),
  };
}
