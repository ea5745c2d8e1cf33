import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatherBoxes } from '../../src/boxes/boxes.ts';
import { pairwiseIou } from '../../src/boxes/iou.ts';
import parts from '../golden/detector-parts.json' with { type: 'json' };
import { howToRegenerate } from '../golden/expect-close.ts';
import { suppressOverlaps } from './nms.ts';

test('the better of two that overlap stays; of equal ones the first', () => {
  const boxes = Float32Array.of(0, 0, 10, 10, 1, 0, 11, 10, 40, 40, 50, 50, 41, 40, 51, 50);
  const scores = Float32Array.of(0.5, 0.6, 0.7, 0.7);
  expect([...suppressOverlaps(boxes, scores, { threshold: 0.5 })]).toEqual([2, 1]);
  expect([...suppressOverlaps(boxes, scores, { threshold: 0.9 })]).toEqual([2, 3, 1, 0]);
  expect([...suppressOverlaps(boxes, scores, { threshold: 0.9, limit: 2 })]).toEqual([2, 3]);
});

test('boxes of different groups leave each other alone', () => {
  const boxes = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10);
  const scores = Float32Array.of(0.5, 0.6, 0.7);
  expect([...suppressOverlaps(boxes, scores, { threshold: 0.5, groups: Int32Array.of(4, 0, 4) })]).toEqual([2, 1]);
});

test('an overlap of exactly the threshold is allowed', () => {
  const boxes = Float32Array.of(0, 0, 4, 4, 0, 0, 4, 2);
  expect(suppressOverlaps(boxes, Float32Array.of(1, 0), { threshold: 0.5 })).toHaveLength(2);
});

test('suppression equals torchvision, with equal scores and equal boxes, in groups too', () => {
  const { boxes, scores, groups, threshold, kept, keptInGroups } = parts.suppression;
  const suppress = (groups?: Int32Array) => [
    ...suppressOverlaps(Float32Array.from(boxes), Float32Array.from(scores), { threshold, groups }),
  ];
  expect(suppress(), howToRegenerate(parts)).toEqual(kept);
  expect(suppress(Int32Array.from(groups)), howToRegenerate(parts)).toEqual(keptInGroups);
});

const place = fc.integer({ min: 0, max: 40 });
const scene = fc.record({
  list: fc.array(fc.tuple(place, place, place, place, fc.integer({ min: 0, max: 5 }), fc.nat(2)), { maxLength: 40 }),
  threshold: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
});

test('what stays overlaps by at most the threshold, and what goes overlaps a better one that stays', () => {
  fc.assert(
    fc.property(scene, ({ list, threshold }) => {
      const boxes = Float32Array.from(list.flatMap(([x, y, w, h]) => [x, y, x + w + 1, y + h + 1]));
      const scores = Float32Array.from(list, ([, , , , score]) => score / 5);
      const groups = Int32Array.from(list, ([, , , , , group]) => group);
      const kept = suppressOverlaps(boxes, scores, { threshold, groups });
      const overlap = pairwiseIou(boxes, gatherBoxes(boxes, kept));
      for (let index = 0; index < list.length; index++) {
        const position = kept.indexOf(index);
        const rivals = [...kept.keys()].filter(
          (rank) =>
            groups[kept[rank]] === groups[index] &&
            kept[rank] !== index &&
            overlap[index * kept.length + rank] > threshold,
        );
        if (position >= 0) expect(rivals).toHaveLength(0);
        else expect(rivals.some((rank) => scores[kept[rank]] >= scores[index])).toBe(true);
      }
    }),
    { seed: 7 },
  );
});
