import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../tests/golden/expect-close.ts';
import {
  adamW,
  clipFactor,
  commonNorm,
  type Optimizer,
  type ParameterGroup,
  sgd,
  updateAverage,
} from './optimizers.ts';

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/nn-optimizers.json', import.meta.url), 'utf8'));

/** The golden runs train `p0` with decay and `p1` without, at a tenth of the rate. */
const groupOf = (name: string): ParameterGroup =>
  name === 'p0' ? { weightDecay: 0.1 } : { weightDecay: 0, learningRateFactor: 0.1 };

const named = (arrays: readonly (readonly number[])[]): Map<string, Float32Array> =>
  new Map(arrays.map((values, i) => [`p${i}`, Float32Array.from(values)]));

const optimizers: Record<string, Optimizer> = {
  sgd: sgd({ momentum: 0.9, groupOf }),
  adamW: adamW({ betas: [0.9, 0.99], epsilon: 1e-6, groupOf }),
};

for (const [name, optimizer] of Object.entries(optimizers)) {
  describe(name, () => {
    test("makes torch's ten steps, with a group of its own decay and rate", () => {
      const { start, gradients, after } = golden[name];
      const parameters = named(start);
      const state = optimizer.init(parameters);
      gradients.forEach((step: number[][], i: number) => {
        optimizer.step(parameters, named(step), state, 0.1);
        after[i].forEach((values: number[], p: number) => {
          expectClose(parameters.get(`p${p}`) as Float32Array, values, 2e-6, golden.source);
        });
      });
      expect(state.stepCount).toBe(10);
    });

    test('goes on from a copied state with the same bits', () => {
      const { start, gradients } = golden[name];
      const straight = named(start);
      const straightState = optimizer.init(straight);
      for (const step of gradients) optimizer.step(straight, named(step), straightState, 0.1);
      let parameters = named(start);
      let state = optimizer.init(parameters);
      for (const step of gradients) {
        parameters = structuredClone(parameters);
        state = structuredClone(state);
        optimizer.step(parameters, named(step), state, 0.1);
      }
      expect(parameters).toEqual(straight);
      expect(state).toEqual(straightState);
    });

    test('leaves parameters without a gradient alone', () => {
      const parameters = named([[1, 2], [3]]);
      const state = optimizer.init(parameters);
      optimizer.step(parameters, new Map([['p1', Float32Array.of(1)]]), state, 0.1);
      expect(parameters.get('p0')).toEqual(Float32Array.of(1, 2));
      expect(parameters.get('p1')).not.toEqual(Float32Array.of(3));
    });
  });
}

describe('clipping gradients', () => {
  test("equals torch's clip_grad_norm_", () => {
    const { gradients, maxNorm, norm, clipped } = golden.clip;
    const arrays = named(gradients);
    expect(commonNorm(arrays)).toBeCloseTo(norm, 5);
    const factor = clipFactor(commonNorm(arrays), maxNorm);
    clipped.forEach((values: number[], i: number) => {
      expectClose(
        (arrays.get(`p${i}`) as Float32Array).map((x) => factor * x),
        values,
        1e-6,
        golden.source,
      );
    });
  });

  test('brings any norm to at most the maximum and keeps smaller ones', () => {
    const list = fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(list, fc.double({ min: 0.01, max: 100, noNaN: true }), (values, maxNorm) => {
        const norm = commonNorm(named([values]));
        expect(norm).toBeCloseTo(Math.hypot(...values), 4);
        expect(norm * clipFactor(norm, maxNorm)).toBeLessThanOrEqual(maxNorm);
        if (norm < maxNorm - 1e-5) expect(clipFactor(norm, maxNorm)).toBe(1);
      }),
      { seed: 5 },
    );
  });

  for (const [name, optimizer] of Object.entries(optimizers)) {
    test(`a factor is as good as gradients multiplied by it: ${name}`, () => {
      const values = Array.from({ length: 7 }, (_, i) => i - 2.5);
      const [scaled, multiplied] = [named([values]), named([values])];
      const half = new Map([['p0', Float32Array.from(values, (x) => x / 2)]]);
      for (const [parameters, gradients, factor] of [
        [scaled, named([values]), 0.5] as const,
        [multiplied, half, 1] as const,
      ]) {
        const state = optimizer.init(parameters);
        for (let step = 0; step < 3; step++) optimizer.step(parameters, gradients, state, 0.1, factor);
      }
      expect(scaled).toEqual(multiplied);
      expect(scaled).not.toEqual(named([values]));
    });
  }
});

test('a running average moves by its share', () => {
  const average = named([[1, 0]]);
  updateAverage(average, named([[2, 4]]), 0.75);
  expect(average).toEqual(named([[1.25, 1]]));
});
