/**
 * @file Values and the nodes that make them: a graph is what its outputs reach, nothing more.
 *
 * There is no graph object to build up. Operator functions (`arithmetic.ts`, `layout.ts`, `neural.ts`, `selection.ts`)
 * return values that remember their node; `onnx/` writes out whatever the wanted outputs depend on, so work that
 * nobody asks for (the gradient of a frozen layer) is never written.
 */
import { assert } from '../errors/assert.ts';
import type { DType, Shape, Tensor } from '../tensor/tensor.ts';
import type { OperatorAttributes, OpType } from './operator-attributes.ts';

/** An extent that is known only when the graph runs (the height of a photo). */
export const UNKNOWN = -1;

/** One edge of the graph. `shape` may hold {@link UNKNOWN} extents. */
export interface Value {
  readonly dtype: DType;
  readonly shape: Shape;
  /** The node that makes it; null for inputs and constants. */
  readonly node: Node | null;
  /** Which output of the node. */
  readonly outputIndex: number;
  /** Given to inputs: what feeds and weights are matched by. */
  readonly name: string | null;
  /** Given to constants. */
  readonly constant: Tensor | null;
}

/** One operator applied. `outputs` are its values. */
export interface Node<T extends OpType = OpType> {
  readonly op: T;
  readonly inputs: readonly Value[];
  readonly attributes: OperatorAttributes[T];
  readonly outputs: readonly Value[];
  /** Replaces the operator's gradient rule; see {@link withGradient}. */
  readonly customGradient: CustomGradient | null;
}

/** A gradient given by hand for a whole region of the graph. */
export interface CustomGradient {
  /** What the region's result is a function of. */
  readonly inputs: readonly Value[];
  /** From the gradient of the result to the gradient of each input; null where nothing flows. */
  readonly rule: (dy: Value) => readonly (Value | null)[];
}

/**
 * A placeholder. Bound when a graph is compiled (to a weight, which the runtime then folds and lays out) or fed at
 * every run (a photo, a weight that is being trained).
 */
export function input(name: string, dtype: DType, shape: Shape): Value {
  return { dtype, shape, node: null, outputIndex: 0, name, constant: null };
}

/** A tensor known now. */
export function constant(tensor: Tensor): Value {
  return { dtype: tensor.dtype, shape: tensor.shape, node: null, outputIndex: 0, name: null, constant: tensor };
}

/** A float32 scalar constant. */
export function scalar(value: number): Value {
  return constant({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
}

/** An int64 constant of one dimension: axes, shapes, starts and ends. */
export function integers(values: readonly number[]): Value {
  return constant({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
}

/** The shape of a value when every extent is known; gradient rules need that. */
export function staticShape(value: Value): Shape {
  assert(
    value.shape.every((extent) => extent !== UNKNOWN),
    `a shape known before the run is needed here, not [${value.shape}]`,
  );
  return value.shape;
}

/**
 * The same value, with a gradient of our own instead of the one that the rules would derive. For regions whose
 * derivative has a better form than the chain of their operators (RoIAlign over a pyramid, softmax cross-entropy).
 */
export function withGradient(value: Value, inputs: readonly Value[], rule: CustomGradient['rule']): Value {
  const outputs: Value[] = [];
  const node: Node<'Identity'> = {
    op: 'Identity',
    inputs: [value],
    attributes: {},
    outputs,
    customGradient: { inputs, rule },
  };
  outputs.push({ dtype: value.dtype, shape: value.shape, node, outputIndex: 0, name: null, constant: null });
  return outputs[0];
}

/** Every node that the values depend on, each after the nodes it needs. */
export function nodesOf(values: readonly Value[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // A stack of our own: graphs of a training step are deeper than the call stack likes.
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node | null) => {
    if (node !== null && !seen.has(node)) {
      seen.add(node);
      stack.push({ node, next: 0 });
    }
  };
  for (const { node: root } of values) {
    visit(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: Node; next: number };
      const operand = top.node.inputs[top.next++];
      if (operand !== undefined) visit(operand.node);
      else order.push((stack.pop() as { node: Node }).node);
    }
  }
  return order;
}

/** The inputs that the values depend on, by name. */
export function inputsOf(values: readonly Value[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const node of nodesOf(values)) {
    for (const value of node.inputs) if (value.name !== null) found.set(value.name, value);
  }
  return found;
}
