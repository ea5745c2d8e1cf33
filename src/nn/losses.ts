/**
 * @file Losses. Each is a sum over elements, weighted (a mask of 0 and 1, or finer) and divided by a given value.
 *
 * Every loss is `sum(weights * loss) / normaliser`, a scalar. Gradients flow to the predictions alone and are written
 * by hand: shorter than the chain of the forward operators, and finite where that chain is not. Targets must be finite
 * even where the weight is 0.
 *
 * Shapes: N rows, C classes.
 */
import {
  abs,
  add,
  clip,
  div,
  exp,
  log,
  logSoftmax,
  minimum,
  mul,
  neg,
  sigmoid,
  softmax,
  sub,
  sum,
  total,
} from '../graph/arithmetic.ts';
import { reshape } from '../graph/layout.ts';
import { oneHot } from '../graph/selection.ts';
import { type Value, withGradient } from '../graph/value.ts';

export interface LossWeighting {
  /** Float32, broadcasts against the elements (against rows in {@link softmaxCrossEntropy}). */
  readonly weights: Value;
  /** Float32 scalar; a number for one that is known when the graph is built. */
  readonly normaliser: Value | number;
}

/** `sum(weights * elements) / normaliser`, whose gradient with respect to the predictions is `weights * slope / normaliser`. */
function weightedLoss(
  predictions: Value,
  elements: Value,
  slope: Value,
  weights: Value,
  normaliser: Value | number,
): Value {
  const loss = div(total(mul(elements, weights)), normaliser);
  return withGradient(loss, [predictions], (dy) => [mul(slope, mul(weights, div(dy, normaliser)))]);
}

/**
 * Binary cross-entropy of logits, torch's `binary_cross_entropy_with_logits`.
 *
 * @param logits any shape
 * @param targets same shape, float32 in `[0, 1]`
 */
export function binaryCrossEntropy(logits: Value, targets: Value, { weights, normaliser }: LossWeighting): Value {
  // max(x, 0) - x z + log(1 + exp(-|x|)), with max(x, 0) = (x + |x|) / 2; exp never overflows.
  const magnitude = abs(logits);
  const positivePart = mul(add(logits, magnitude), 0.5);
  const elements = add(sub(positivePart, mul(logits, targets)), log(add(exp(neg(magnitude)), 1)));
  return weightedLoss(logits, elements, sub(sigmoid(logits), targets), weights, normaliser);
}

/**
 * Quadratic below `beta`, linear above: torch's `smooth_l1_loss`.
 *
 * @param beta above 0; 1 / 9 in torchvision's RPN and RoI heads
 */
export function smoothL1(
  predictions: Value,
  targets: Value,
  { beta, weights, normaliser }: LossWeighting & { readonly beta: number },
): Value {
  const difference = sub(predictions, targets);
  const magnitude = abs(difference);
  // With m = min(|d|, beta): m (|d| - m / 2) / beta is both branches at once.
  const capped = minimum(magnitude, beta);
  const elements = div(mul(capped, sub(magnitude, mul(capped, 0.5))), beta);
  return weightedLoss(predictions, elements, clip(div(difference, beta), -1, 1), weights, normaliser);
}

/**
 * Cross-entropy of the softmax over classes.
 *
 * @param logits `[N, C]`
 * @param labels `[N]` int64 in `[0, C)`; rows of weight 0 may hold -1
 * @param weighting `weights` `[N]`
 */
export function softmaxCrossEntropy(logits: Value, labels: Value, { weights, normaliser }: LossWeighting): Value {
  const targets = oneHot(labels, logits.shape[1]);
  const elements = neg(sum(mul(logSoftmax(logits), targets), [1], { keep: true }));
  return weightedLoss(logits, elements, sub(softmax(logits), targets), reshape(weights, [-1, 1]), normaliser);
}
