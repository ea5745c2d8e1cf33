/** @file Reverse-mode differentiation: a graph of ordinary operators from a graph of ordinary operators. */
import { assert } from '../errors/assert.ts';
import { add, sumToShape } from './arithmetic.ts';
import { gradientRules } from './gradient-rules.ts';
import { type Node, nodesOf, scalar, type Value } from './value.ts';

/**
 * The gradient of a scalar with respect to each value; null where the scalar does not depend on it.
 *
 * What leads to none of the values is not walked. The new nodes only run if their results are asked for.
 */
export function gradients(loss: Value, wrt: readonly Value[]): (Value | null)[] {
  assert(loss.shape.length === 0, 'the gradient of a scalar is asked for');
  const order = nodesOf([loss]);
  const relevant = new Set<Value>(wrt);
  for (const node of order) {
    if (flowInputs(node).some((value) => relevant.has(value))) for (const output of node.outputs) relevant.add(output);
  }
  const found = new Map<Value, Value>([[loss, scalar(1)]]);
  for (const node of order.reverse()) {
    const output = node.outputs[0];
    const dy = found.get(output);
    if (dy === undefined || !relevant.has(output)) continue;
    const operands = flowInputs(node);
    const flows = node.customGradient?.rule(dy) ?? ruleOf(node)(node, dy);
    operands.forEach((operand, index) => {
      const flow = flows[index];
      if (flow == null || !relevant.has(operand)) return;
      const shaped = sumToShape(flow, operand.shape);
      const before = found.get(operand);
      found.set(operand, before === undefined ? shaped : add(before, shaped));
    });
  }
  return wrt.map((value) => found.get(value) ?? null);
}

const flowInputs = (node: Node): readonly Value[] => node.customGradient?.inputs ?? node.inputs;

/** The table is keyed by the node's own operator; the compiler cannot see that the two agree. */
const ruleOf = (node: Node) => gradientRules[node.op] as (node: Node, dy: Value) => readonly (Value | null)[];
