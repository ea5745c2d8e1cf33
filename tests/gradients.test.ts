/** @file Every gradient rule against central differences, through the real runtime. */
import { describe, expect, test } from 'vitest';
import { mul, total } from '../src/graph/arithmetic.ts';
import { gradients } from '../src/graph/gradients.ts';
import { constant, input } from '../src/graph/value.ts';
import { compile } from '../src/onnx/session-node.ts';
import { Random } from '../src/random/random.ts';
import { float32, sizeOf, type Tensor } from '../src/tensor/tensor.ts';
import { type GradientCase, gradientCases } from './gradient-cases.ts';

const STEP = 1e-2;

/** Distinct values at least 4 steps apart where it can be, so that no kink lies between the two differences. */
function drawInputs({ shapes, from: [low, high] = [-2, 2] }: GradientCase): Tensor[] {
  const random = new Random(7);
  return shapes.map((shape) => {
    const count = sizeOf(shape);
    const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
    const width = (high - low) / count;
    return float32(
      order.map((slot) => low + width * (slot + random.between(0.3, 0.7))),
      shape,
    );
  });
}

async function check(given: GradientCase): Promise<void> {
  const values = drawInputs(given);
  const inputs = values.map(({ shape }, i) => input(`x${i}`, 'float32', shape));
  const result = given.build(...inputs);
  const random = new Random(11);
  // A random weighted sum, so that no two elements' gradients can cancel.
  const probeFeeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
  const probe = await compile({ outputs: { result } });
  const { shape, data } = (await probe.run(probeFeeds)).result as Tensor<'float32'>;
  const weights = float32(
    Array.from(data, () => random.between(0.5, 1.5)),
    shape,
  );
  const loss = total(mul(result, constant(weights)));
  const derived = gradients(loss, inputs);
  const outputs = Object.fromEntries(derived.flatMap((value, i) => (value === null ? [] : [[`g${i}`, value]])));
  const backward = await compile({ outputs });
  const found = await backward.run(probeFeeds);
  for (const [i, value] of values.entries()) {
    const gradient = found[`g${i}`];
    expect(gradient, `gradient of input ${i}`).toBeDefined();
    expect(gradient!.shape).toEqual(value.shape);
    for (let element = 0; element < value.data.length; element++) {
      const shifted = async (step: number) => {
        const moved = Float32Array.from(value.data as Float32Array);
        moved[element] += step;
        const out = await probe.run({ ...probeFeeds, [`x${i}`]: float32(moved, value.shape) });
        return (out.result!.data as Float32Array).reduce((sum, y, k) => sum + y * weights.data[k], 0);
      };
      const expected = ((await shifted(STEP)) - (await shifted(-STEP))) / (2 * STEP);
      expect(gradient!.data[element], `input ${i}, element ${element}`).toBeCloseTo(expected, 1);
      expect(Math.abs((gradient!.data[element] as number) - expected)).toBeLessThan(0.01 + 0.01 * Math.abs(expected));
    }
  }
}

for (const [op, cases] of Object.entries(gradientCases)) {
  describe(op, () => {
    test('has a case', () => expect(cases.length).toBeGreaterThan(0));
    for (const given of cases) test(`${given.name ?? 'gradient'} agrees with central differences`, () => check(given));
  });
}
