import fc from 'fast-check';
import { expect, test } from 'vitest';
import parts from '../../tests/golden/detector-parts.json' with { type: 'json' };
import { expectClose } from '../../tests/golden/expect-close.ts';
import { type DeltaWeights, decodeBoxes, encodeBoxes, unitWeights } from './box-coder.ts';

test('a shift by half a width and twice the height', () => {
  const reference = Float32Array.of(10, 20, 30, 30);
  const target = Float32Array.of(20, 15, 40, 35);
  const deltas = encodeBoxes(target, reference, [10, 10, 5, 5]);
  expect([...deltas]).toEqual([5, 0, 0, Math.fround(5 * Math.fround(Math.log(2)))]);
  expect([...decodeBoxes(deltas, reference, [10, 10, 5, 5])]).toEqual([20, 15, 40, 35]);
});

test('growth is clamped at 62.5 times', () => {
  const decoded = decodeBoxes(Float32Array.of(0, 0, 100, -100), Float32Array.of(0, 0, 16, 16), unitWeights);
  expect(decoded[2] - decoded[0]).toBeCloseTo(1000, 3);
  expect(decoded[3] - decoded[1]).toBe(0);
});

test('nothing decodes to nothing', () => {
  expect(decodeBoxes(new Float32Array(0), new Float32Array(0), unitWeights)).toHaveLength(0);
});

test.each(parts.coder.cases)('encoding and decoding equal torchvision with weights $weights', (golden) => {
  const [x, y, width, height] = golden.weights;
  const weights: DeltaWeights = [x, y, width, height];
  const references = Float32Array.from(parts.coder.references);
  const encoded = encodeBoxes(Float32Array.from(parts.coder.targets), references, weights);
  expectRelativelyClose(encoded, golden.encoded);
  expectRelativelyClose(decodeBoxes(Float32Array.from(golden.deltas), references, weights), golden.decoded);
});

test('decode(encode(b, a), a) is b', () => {
  const start = fc.float({ min: 0, max: 800, noNaN: true });
  const side = fc.float({ min: 16, max: 800, noNaN: true });
  const box = fc.tuple(start, start, side, side).map(([x, y, w, h]) => Float32Array.of(x, y, x + w, y + h));
  fc.assert(
    fc.property(box, box, fc.constantFrom<DeltaWeights>(unitWeights, [10, 10, 5, 5]), (b, a, weights) => {
      const back = decodeBoxes(encodeBoxes(b, a, weights), a, weights);
      for (let side = 0; side < 4; side++) expect(Math.abs(back[side] - b[side])).toBeLessThan(2e-3);
    }),
    { seed: 5 },
  );
});

/** Within five units in the last place of a float32: torch's exp and log round a little otherwise. */
function expectRelativelyClose(actual: Float32Array, wanted: readonly number[]): void {
  const differences = actual.map((value, at) => (value - wanted[at]) / Math.max(1, Math.abs(wanted[at])));
  expectClose(differences, new Float32Array(wanted.length), 3e-7, parts);
}
