import { expect, test } from 'vitest';
import { Random } from '../random/random.ts';
import { cocoAreaRanges, type Matches, matchDetections, outcome } from './match-detections.ts';
import { expectedCalibrationError, lowestScore, reliabilityBins } from './reliability.ts';

/** `right` of `count` detections of one score lie on their photo's box. */
function fold(...groups: readonly { score: number; count: number; right: number }[]) {
  const each = groups.flatMap(({ score, count, right }) =>
    Array.from({ length: count }, (_, index) => ({ score, isRight: index < right })),
  );
  const numImages = each.length;
  const rows = Int32Array.from(each, (_, image) => image);
  const labels = new Int32Array(numImages).fill(1);
  return matchDetections(
    {
      classes: ['hat'],
      numImages,
      images: rows,
      labels,
      boxes: Float64Array.from(each.flatMap(() => [0, 0, 10, 10])),
      areas: new Float64Array(numImages).fill(100),
      crowds: new Uint8Array(numImages),
    },
    {
      images: rows,
      labels,
      boxes: Float64Array.from(each.flatMap(({ isRight }) => (isRight ? [0, 0, 10, 10] : [50, 50, 10, 10]))),
      scores: Float64Array.from(each, ({ score }) => score),
    },
    { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) },
  );
}

const errorOf = (matches: Matches) => expectedCalibrationError(reliabilityBins(matches));

test('scores that mean what they say have no error', () => {
  const matches = fold({ score: 0.75, count: 20, right: 15 }, { score: 0.25, count: 8, right: 2 });
  expect(errorOf(matches)).toBeCloseTo(0, 12);
});

test('the error is the distance of score and share, bins weighed by their counts', () => {
  const matches = fold({ score: 0.9, count: 4, right: 2 }, { score: 0.6, count: 12, right: 12 });
  expect(errorOf(matches)).toBeCloseTo((4 * 0.4 + 12 * 0.4) / 16, 12);
});

test('a sure score has a bin, doubtful ones have none, and nothing has no error', () => {
  expect(errorOf(fold({ score: 1, count: 1, right: 0 }))).toBe(1);
  expect(errorOf(fold({ score: 0.03, count: 3, right: 0 }))).toBe(-1);
});

test('a bin has the mean of its scores, the share that is right, and their number', () => {
  const bins = reliabilityBins(
    fold({ score: 0.72, count: 3, right: 3 }, { score: 0.78, count: 1, right: 0 }, { score: 0.05, count: 2, right: 1 }),
  );
  expect(bins).toHaveLength(10);
  expect(bins[0]).toEqual({ from: 0, to: 0.1, count: 2, meanScore: 0.05, share: 0.5 });
  expect(bins[7]).toMatchObject({ from: 0.7, to: 0.8, count: 4, share: 0.75 });
  expect(bins[7]!.meanScore).toBeCloseTo(0.735, 12);
  expect(bins[4]).toEqual({ from: 0.4, to: 0.5, count: 0, meanScore: null, share: null });
});

test('bins and error are those of a plain calculation over all columns', () => {
  const random = new Random(3);
  const groups = Array.from({ length: 200 }, () => {
    const count = 1 + random.below(4);
    return { score: random.between(0, 1), count, right: random.below(count + 1) };
  });
  const matches = fold(...groups);
  // Some lie in crowd regions.
  for (let place = 0; place < matches.outcomes.length; place += 9) matches.outcomes[place] = outcome.ignored;

  // numpy: keep = (score >= 0.05) & (outcome != 2); bin = np.minimum(9, np.floor(score[keep] * 10))
  const rows = Array.from(matches.detectionScores, (score, place) => ({ score, kind: matches.outcomes[place] }));
  const kept = rows.filter(({ score, kind }) => score >= lowestScore && kind !== 2);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  let error = 0;
  for (const [bin, { count, meanScore, share }] of reliabilityBins(matches).entries()) {
    const members = kept.filter(({ score }) => Math.min(9, Math.floor(score * 10)) === bin);
    const score = mean(members.map((member) => member.score));
    const right = mean(members.map(({ kind }) => (kind === 1 ? 1 : 0)));
    expect(count).toBe(members.length);
    expect(meanScore).toBeCloseTo(score, 12);
    expect(share).toBeCloseTo(right, 12);
    error += (members.length / kept.length) * Math.abs(score - right);
  }
  expect(kept.length).toBeLessThan(rows.length);
  expect(errorOf(matches)).toBeCloseTo(error, 12);
});
