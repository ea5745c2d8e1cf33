/** @file Applies an operator: checks shapes, makes the node, returns its values. */
import { GraphError } from './graph-error.ts';
import type { OperatorAttributes, OpType } from './operator-attributes.ts';
import { shapeRules } from './shape-rules.ts';
import type { Node, Value } from './value.ts';

/** All outputs of one operator. Errors name the operator and the shapes of its operands. */
export function applyAll<T extends OpType>(
  op: T,
  inputs: readonly Value[],
  attributes: OperatorAttributes[T],
): readonly Value[] {
  const outputs: Value[] = [];
  const node: Node<T> = { op, inputs, attributes, outputs, customGradient: null };
  try {
    shapeRules[op](inputs, attributes).forEach(({ dtype, shape }, outputIndex) => {
      outputs.push({ dtype, shape, node, outputIndex, name: null, constant: null });
    });
  } catch (error) {
    const operands = inputs.map((value) => `${value.name ?? value.node?.op ?? 'constant'} [${value.shape}]`).join(', ');
    throw new GraphError(`${op}(${operands}): ${(error as Error).message}`);
  }
  return outputs;
}

/** The first output of one operator. */
export function apply<T extends OpType>(op: T, inputs: readonly Value[], attributes: OperatorAttributes[T]): Value {
  return applyAll(op, inputs, attributes)[0];
}
