/**
 * @file One step of metric learning as a graph: two views of each garment in, the loss and its gradients out.
 *
 * The first view of a garment must be nearer to its second than to the second of any other garment of the batch, and the
 * other way around (InfoNCE, symmetric); and vectors must lie near the proxy of their class. Only the vectors are kept:
 * proxies are scaffolding.
 *
 * Shapes: G garments a batch, D numbers a vector, K classes.
 * References: van den Oord et al., Representation learning with contrastive predictive coding (2018); Movshovitz-Attias et
 * al., No fuss distance metric learning using proxies (2017).
 */
import type { DetectorConfig } from '../detector/config.ts';
import type { LearnedDescriptor } from '../detector/descriptors.ts';
import { fedVectorHeadInputs, toUnitLength, vectorHead } from '../detector/vector-head.ts';
import { add, mul } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { transpose } from '../graph/layout.ts';
import { gemm } from '../graph/neural.ts';
import { constant, input, inputsOf, type Value } from '../graph/value.ts';
import { normalInit } from '../nn/initialisers.ts';
import { softmaxCrossEntropy } from '../nn/losses.ts';
import { ParameterScope, type ParameterSpec } from '../nn/parameters.ts';
import type { GraphDefinition } from '../onnx/encode.ts';
import { float32 } from '../tensor/tensor.ts';

export interface VectorLossConfig {
  /** Divides cosines of views. */
  readonly temperature: number;
  /** Divides cosines with proxies. */
  readonly classTemperature: number;
  /** Weight of the loss of classes beside that of views. */
  readonly classWeight: number;
}

export interface VectorStep extends GraphDefinition {
  /** What is learned: the head's parameters and the proxies. */
  readonly specs: readonly ParameterSpec[];
}

/**
 * Inputs `first.places`, `first.hidden`, `second.places`, `second.hidden` and `labels` `[G]` int64 from 0; outputs `loss`,
 * `viewLoss`, `classLoss` and `gradient/NAME` of every parameter.
 */
export function vectorStep(
  definition: LearnedDescriptor,
  config: DetectorConfig,
  { temperature, classTemperature, classWeight }: VectorLossConfig,
  count: number,
): VectorStep {
  const head = vectorHead(definition, config);
  const scope = ParameterScope.root();
  const shape = [config.classes.length, definition.dimension];
  const proxies = toUnitLength(scope.child('class_proxies').parameter('weight', shape, normalInit(1)));
  const specs = [...head.specs, ...scope.specs];
  const [first, second] = ['first.', 'second.'].map((prefix) =>
    head.vectors(fedVectorHeadInputs(definition, config, { count, prefix })),
  );
  const labels = input('labels', 'int64', [count]);
  const own = constant({
    dtype: 'int64',
    shape: [count],
    data: BigInt64Array.from({ length: count }, (_, index) => BigInt(index)),
  });
  const weighting = { weights: constant(float32(new Array(count).fill(1), [count])), normaliser: 2 * count };
  const similarities = mul(gemm(first, second, { transB: true }), 1 / temperature);
  const viewLoss = add(
    softmaxCrossEntropy(similarities, own, weighting),
    softmaxCrossEntropy(transpose(similarities, [1, 0]), own, weighting),
  );
  const classLossOf = (vectors: Value) =>
    softmaxCrossEntropy(mul(gemm(vectors, proxies, { transB: true }), 1 / classTemperature), labels, weighting);
  const classLoss = add(classLossOf(first), classLossOf(second));
  const loss = add(viewLoss, mul(classLoss, classWeight));
  const inputs = inputsOf([loss]);
  const slopes = gradients(
    loss,
    specs.map(({ name }) => inputs.get(name)!),
  );
  const outputs = Object.fromEntries(specs.map(({ name }, index) => [`gradient/${name}`, slopes[index]!]));
  return { specs, outputs: { loss, viewLoss, classLoss, ...outputs } };
}
