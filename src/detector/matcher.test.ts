import fc from 'fast-check';
import { expect, test } from 'vitest';
import parts from '../../tests/golden/detector-parts.json' with { type: 'json' };
import { howToRegenerate } from '../../tests/golden/expect-close.ts';
import { leaveOutCrowds, matchBoxes, matchByQuality } from './matcher.ts';

const rpnRule = { foregroundIou: 0.7, backgroundIou: 0.3, allowLowQuality: true };
const regionRule = { foregroundIou: 0.5, backgroundIou: 0.5, allowLowQuality: false };

test('a match, one between the thresholds, one below', () => {
  const quality = Float32Array.of(0.7, 0.69, 0.3, 0.29, 0.1, 0.65, 0.2, 0);
  expect([...matchByQuality(quality, 2, 4, { ...rpnRule, allowLowQuality: false })]).toEqual([0, -2, -2, -1]);
});

test('the best candidates of a ground truth are promoted, all that tie, to their own best ground truth', () => {
  // The second ground truth prefers candidates 1 and 2 equally; candidate 1 itself prefers the first.
  const quality = Float32Array.of(0.8, 0.4, 0, 0, 0, 0.25, 0.25, 0.2);
  expect([...matchByQuality(quality, 2, 4, rpnRule)]).toEqual([0, 0, 1, -1]);
});

test('of equal ground truths the first is matched', () => {
  expect([...matchByQuality(Float32Array.of(0.9, 0.9), 2, 1, rpnRule)]).toEqual([0]);
});

test('a ground truth that nothing overlaps promotes nothing', () => {
  expect([...matchByQuality(Float32Array.of(0.8, 0, 0, 0), 2, 2, rpnRule)]).toEqual([0, -1]);
});

test('without ground truth everything is negative', () => {
  expect([...matchBoxes(new Float32Array(0), Float32Array.of(0, 0, 1, 1, 0, 0, 2, 2), rpnRule)]).toEqual([-1, -1]);
});

test('matches equal torchvision, with many ties of low quality', () => {
  const { groundTruth, candidates, withLowQuality, without } = parts.matching;
  const boxes = [Float32Array.from(groundTruth), Float32Array.from(candidates)] as const;
  expect([...matchBoxes(...boxes, rpnRule)], howToRegenerate(parts)).toEqual(withLowQuality);
  expect([...matchBoxes(...boxes, regionRule)], howToRegenerate(parts)).toEqual(without);
});

test('with low quality allowed, every ground truth that is overlapped has a positive among its best', () => {
  const row = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const matches = matchByQuality(
        Float32Array.from(rows.flat(), (value) => value / 10),
        rows.length,
        5,
        rpnRule,
      );
      for (const values of rows) {
        const highest = Math.max(...values);
        if (highest > 0) expect(matches[values.indexOf(highest)]).toBeGreaterThanOrEqual(0);
      }
    }),
    { seed: 8 },
  );
});

test('a crowd leaves out what it covers by half or more, positives too', () => {
  const labels = Int32Array.of(1, 0, 2, 0);
  const candidates = Float32Array.of(0, 0, 4, 4, 1, 0, 5, 4, 2, 2, 3, 3, 3, 0, 20, 20);
  leaveOutCrowds(labels, candidates, Float32Array.of(50, 50, 60, 60, 0, 0, 2.99, 9));
  expect([...labels]).toEqual([-1, 0, -1, 0]);
  leaveOutCrowds(labels, candidates, Float32Array.of(0, 0, 3, 9));
  expect([...labels]).toEqual([-1, -1, -1, 0]);
  leaveOutCrowds(labels, candidates, new Float32Array(0));
  expect([...labels]).toEqual([-1, -1, -1, 0]);
});
