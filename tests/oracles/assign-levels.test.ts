import { expect, test } from 'vitest';
import parts from '../golden/detector-parts.json' with { type: 'json' };
import { howToRegenerate } from '../golden/expect-close.ts';
import { assignLevels } from './assign-levels.ts';

const canonical = { canonicalScale: 224, canonicalLevel: 4 };

test('the canonical box belongs to the canonical level, one of half its side to the level below', () => {
  const boxes = Float32Array.of(0, 0, 224, 224, 0, 0, 223, 223, 0, 0, 112, 112, 5, 5, 5, 9, 0, 0, 5000, 5000);
  expect([...assignLevels(boxes, { minLevel: 2, maxLevel: 5, ...canonical })]).toEqual([2, 1, 1, 0, 3]);
});

test.each(parts.levels.cases)('levels equal torchvision between $minLevel and $maxLevel', (golden) => {
  const levels = assignLevels(Float32Array.from(parts.levels.boxes), { ...golden, ...canonical });
  expect([...levels], howToRegenerate(parts)).toEqual(golden.levels);
});
