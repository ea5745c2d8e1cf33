import { expect, test } from 'vitest';
import { recipeDifference } from './recipe-differences.ts';

test('settings that differ are named by their paths, lists as one, and what one lacks as none', () => {
  const one = { seed: 1, optimizer: { kind: 'sgd', momentum: 0.9 }, canvases: [[4, 4]], averageDecay: null };
  const other = { seed: 1, optimizer: { kind: 'adamw' }, canvases: [[4, 8]], averageDecay: null };
  expect(recipeDifference(one, other)).toEqual({
    expected: 'optimizer.kind "sgd", optimizer.momentum 0.9, canvases [[4,4]]',
    got: 'optimizer.kind "adamw", optimizer.momentum none, canvases [[4,8]]',
  });
});

test('remarks, the order of settings and what is not given make no difference', () => {
  const one = { description: 'a', notes: { by: 'me' }, seed: 1, steps: undefined, lr: 2 };
  expect(recipeDifference(one, { lr: 2, seed: 1, description: 'b' })).toBeNull();
});
