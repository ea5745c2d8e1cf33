/**
 * @file Works out once what a graph would work out from constants and bound inputs at every start: the kernels of
 * convolutions with their batch norm in them, anchors of one place, shapes.
 */
import { type Node, nodesOf, type Value } from '../graph/value.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { GraphDefinition } from './encode.ts';
import type { Session } from './session.ts';

/**
 * The same graph with every value that no fed input reaches as a constant.
 *
 * @param compile runs the part that is folded, so that its numbers are those that the runtime itself would come to
 */
export async function foldConstants(
  definition: GraphDefinition,
  compile: (definition: GraphDefinition) => Promise<Session>,
): Promise<GraphDefinition> {
  const { outputs, bindings = new Map() } = definition;
  const nodes = nodesOf(Object.values(outputs));
  const isKnown = (value: Value): boolean =>
    value.node === null ? value.constant !== null || bindings.has(value.name ?? '') : foldable.has(value.node);
  const foldable = new Set<Node>();
  for (const node of nodes) if (node.inputs.every(isKnown)) foldable.add(node);

  const wanted = new Set<Value>();
  const note = (value: Value) => value.node !== null && foldable.has(value.node) && wanted.add(value);
  for (const node of nodes) if (!foldable.has(node)) node.inputs.forEach(note);
  Object.values(outputs).forEach(note);
  const tensors = await evaluate([...wanted], bindings, compile);

  const replaced = new Map<Value, Value>();
  for (const [value, tensor] of tensors)
    replaced.set(value, { ...value, shape: tensor.shape, node: null, constant: tensor });
  const rebuilt = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of nodes) {
    if (foldable.has(node)) continue;
    const copies: Value[] = [];
    const copy: Node = { ...node, inputs: node.inputs.map(rebuilt), outputs: copies };
    for (const value of node.outputs) {
      copies.push({ ...value, node: copy });
      replaced.set(value, copies.at(-1)!);
    }
  }
  return {
    ...definition,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, rebuilt(value)])),
  };
}

async function evaluate(
  values: readonly Value[],
  bindings: ReadonlyMap<string, Tensor>,
  compile: (definition: GraphDefinition) => Promise<Session>,
): Promise<Map<Value, Tensor>> {
  if (values.length === 0) return new Map();
  const named = Object.fromEntries(values.map((value, index) => [`folded${index}`, value]));
  const session = await compile({ outputs: named, bindings });
  const results = await session.run({});
  await session.release();
  return new Map(values.map((value, index) => [value, results[`folded${index}`]]));
}
