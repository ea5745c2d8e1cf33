/** @file Compiles values, runs them once on ONNX Runtime and gives the numbers of each: for tests of layers. */
import type { Value } from '../src/graph/value.ts';
import { compile } from '../src/onnx/session-node.ts';
import type { Tensor } from '../src/tensor/tensor.ts';

export type Feeds = ReadonlyMap<string, Tensor>;

/** Feeds that an output does not need are left out; `bindings` become constants of the graph. */
export async function runGraph<K extends string>(
  outputs: Readonly<Record<K, Value>>,
  feeds: Feeds,
  bindings: Feeds = new Map(),
): Promise<Record<K, Tensor<'float32'>>> {
  const session = await compile({ outputs, bindings });
  const needed = Object.fromEntries(session.inputNames.map((name) => [name, feeds.get(name) as Tensor]));
  const results = await session.run(needed);
  await session.release();
  return results as Record<K, Tensor<'float32'>>;
}
