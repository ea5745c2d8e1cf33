import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectClose } from '../../tests/golden/expect-close.ts';
import { cosine, linearWarmup, multiStep, product, type Schedule } from './schedules.ts';

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/nn-optimizers.json', import.meta.url), 'utf8'));

const schedules: Record<string, Schedule> = {
  linearWarmup: linearWarmup(5, 0.001),
  multiStep: multiStep([3, 7], 0.1),
  cosine: cosine({ to: 11 }),
};

for (const [name, schedule] of Object.entries(schedules)) {
  test(`${name} equals torch's`, () => {
    const factors = Array.from({ length: 12 }, (_, step) => schedule(step));
    expectClose(factors, golden.schedules[name], 1e-9, golden.source);
  });
}

test('a warm-up before a cosine: rises to 1, falls to 0, stays', () => {
  const schedule = product(linearWarmup(10, 0), cosine({ from: 10, to: 110 }));
  expect([0, 5, 10, 60, 110, 500].map(schedule).map((factor) => Math.round(factor * 1e9) / 1e9)).toEqual([
    0, 0.5, 1, 0.5, 0, 0,
  ]);
});

test('a warm-up of no steps is over at once', () => {
  expect(linearWarmup(0)(0)).toBe(1);
});
