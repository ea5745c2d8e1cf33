import { expect, test } from 'vitest';
import { type DeltaWeights, decodeBoxes, encodeBoxes } from '../boxes/box-coder.ts';
import { clipBoxes } from '../boxes/boxes.ts';
import { pairwiseIntersectionOverArea, pairwiseIou } from '../boxes/iou.ts';
import { input } from '../graph/value.ts';
import { compile } from '../onnx/session-node.ts';
import { Random } from '../random/random.ts';
import { tensor } from '../tensor/tensor.ts';
import * as graph from './box-graph.ts';

const COUNT = 24;
const random = new Random(1);
const draw = (): Float32Array =>
  Float32Array.from(
    Array.from({ length: COUNT }, () => {
      const [x, y] = [random.between(-30, 90), random.between(-30, 90)];
      return [x, y, x + random.between(2, 60), y + random.between(2, 60)];
    }).flat(),
  );
const [a, b] = [draw(), draw()];
const deltas = Float32Array.from({ length: COUNT * 4 }, () => 3 * random.normal());

async function evaluate(
  build: (a: ReturnType<typeof input>, b: ReturnType<typeof input>) => ReturnType<typeof input>,
  left: Float32Array,
  right: Float32Array,
): Promise<Float32Array> {
  const shape = [1, left.length / 4, 4];
  const [x, y] = [input('left', 'float32', shape), input('right', 'float32', [1, right.length / 4, 4])];
  const session = await compile({ outputs: { result: build(x, y) } });
  const feeds = { left: tensor('float32', shape, left), right: tensor('float32', y.shape, right) };
  const { result } = await session.run(feeds);
  await session.release();
  return result!.data as Float32Array;
}

function expectNear(actual: Float32Array, wanted: Float32Array, tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((value, at) => {
    expect(Math.abs(actual[at] - value), `${at}: ${actual[at]} for ${value}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
  });
}

test.each<{ weights: DeltaWeights }>([{ weights: [1, 1, 1, 1] }, { weights: [10, 10, 5, 5] }])(
  'boxes to deltas and back, weights $weights',
  async ({ weights }) => {
    expectNear(await evaluate((x, y) => graph.encodeBoxes(x, y, weights), a, b), encodeBoxes(a, b, weights), 1e-5);
    expectNear(
      await evaluate((x, y) => graph.decodeBoxes(x, y, weights), deltas, b),
      decodeBoxes(deltas, b, weights),
      1e-5,
    );
  },
);

test('weights of the two axes must agree', () => {
  const boxes = input('boxes', 'float32', [1, 4]);
  expect(() => graph.decodeBoxes(boxes, boxes, [1, 2, 1, 1])).toThrow(RangeError);
});

test('clipping to each image', async () => {
  const sizes = tensor('float32', [2, 2], Float32Array.of(50, 70, 20, 30));
  const boxes = tensor('float32', [2, COUNT / 2, 4], a);
  const clipped = graph.clipBoxes(input('boxes', 'float32', boxes.shape), input('sizes', 'float32', [2, 2]));
  const session = await compile({ outputs: { clipped } });
  const found = (await session.run({ boxes, sizes })).clipped!.data as Float32Array;
  expect(found.subarray(0, COUNT * 2)).toEqual(clipBoxes(a.subarray(0, COUNT * 2), 50, 70));
  expect(found.subarray(COUNT * 2)).toEqual(clipBoxes(a.subarray(COUNT * 2), 20, 30));
});

test('overlaps, to the bit, with boxes that touch, are equal or empty', async () => {
  const special = Float32Array.of(0, 0, 4, 4, 4, 0, 8, 4, 0, 0, 4, 4, 1, 1, 1, 1, 0, 0, 0, 0, 2, 0, 6, 4);
  for (const [x, y] of [
    [a, b],
    [special, special],
    [special, b],
  ] as const) {
    expect(await evaluate(graph.pairwiseIou, x, y)).toEqual(pairwiseIou(x, y));
    expect(await evaluate(graph.pairwiseIntersectionOverArea, x, y)).toEqual(pairwiseIntersectionOverArea(x, y));
  }
});

test('areas and shorter sides', async () => {
  const boxes = Float32Array.of(0, 0, 4, 2, 1, 1, 2, 5);
  expect([...(await evaluate((x) => graph.areas(x), boxes, boxes))]).toEqual([8, 4]);
  expect([...(await evaluate((x) => graph.shorterSide(x), boxes, boxes))]).toEqual([2, 1]);
});

test('the overlap of boxes place by place is the IoU of those pairs, 0 of empty ones', async () => {
  const [left, right] = [a.slice(), a.map((edge, at) => edge + ((at * 7) % 11))];
  left.set([5, 5, 5, 5], 0);
  right.set([5, 5, 5, 5], 0);
  const found = await evaluate(graph.overlapIou, left, right);
  const wanted = Float32Array.from({ length: COUNT }, (_, row) => {
    const at = row * 4;
    return row === 0 ? 0 : pairwiseIou(left.subarray(at, at + 4), right.subarray(at, at + 4))[0];
  });
  expect(wanted.filter((overlap) => overlap > 0.05).length).toBeGreaterThan(3);
  expectNear(found, wanted, 1e-6);
});
