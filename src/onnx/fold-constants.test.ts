import { expect, test } from 'vitest';
import { add, mul, sqrt } from '../graph/arithmetic.ts';
import { input, nodesOf, scalar } from '../graph/value.ts';
import { float32 } from '../tensor/tensor.ts';
import { foldConstants } from './fold-constants.ts';
import { compile } from './session-node.ts';

const x = input('x', 'float32', [2]);
const w = input('w', 'float32', [2]);
const bindings = new Map([['w', float32([4, 9])]]);
// x * (sqrt(w) + 1) + w
const scale = add(sqrt(w), scalar(1));
const outputs = { y: add(mul(x, scale), w), scale };

test('what constants alone decide is worked out, the rest stays', async () => {
  const folded = await foldConstants({ outputs, bindings }, compile);
  expect(nodesOf(Object.values(folded.outputs)).map(({ op }) => op)).toEqual(['Mul', 'Add']);
  expect(folded.outputs.scale!.constant!.data).toEqual(Float32Array.of(3, 4));
});

test('the answers stay', async () => {
  const folded = await compile(await foldConstants({ outputs, bindings }, compile));
  const { y } = await folded.run({ x: float32([10, 20]) });
  expect([...y!.data]).toEqual([34, 89]);
  await folded.release();
});

test('a graph without constants is the same graph', async () => {
  const plain = { y: add(x, w) };
  const folded = await foldConstants({ outputs: plain }, compile);
  expect(nodesOf(Object.values(folded.outputs))).toHaveLength(1);
});
