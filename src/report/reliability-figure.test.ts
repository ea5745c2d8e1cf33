import { describe, expect, test } from 'vitest';
import type { ReliabilityBin } from '../evaluation/reliability.ts';
import { figureSvg, lightTheme } from './figure.ts';
import { reliabilityBySet, reliabilityFigure } from './reliability-figure.ts';
import type { Reliability } from './report-data.ts';

const data = { name: 'street', part: 'val', photos: 2, boxes: 3, crowdRegions: 0, classes: 1 };

/** Tenths with so many detections each, whose scores lie in the middle and of which a share of `shareOf(score)` is right. */
function binsOf(counts: readonly number[], shareOf: (score: number) => number): ReliabilityBin[] {
  return Array.from({ length: 10 }, (_, bin) => {
    const [from, to, count] = [bin / 10, (bin + 1) / 10, counts[bin] ?? 0];
    const score = (from + to) / 2;
    return { from, to, count, meanScore: count === 0 ? null : score, share: count === 0 ? null : shareOf(score) };
  });
}

const calibrated: Reliability = { bins: binsOf([120, 0, 4, 40], (score) => score), rawBins: null };
const withRaw: Reliability = { ...calibrated, rawBins: binsOf([20, 40, 4, 100], (score) => score - 0.05) };
const canvas = { width: 900, theme: lightTheme, font: 'system' } as const;
const draw = (reliability: Reliability) =>
  figureSvg(reliabilityFigure(data, [{ run: { name: 'a' }, series: 0, found: { reliability } }]), canvas);

/** `[x, y]` of every filled or hollow point, and of the ends of the dashed line. */
const pointsIn = (svg: string) => [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [x, y]);
const dashesIn = (svg: string) =>
  [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke-dasharray/g)].map((found) =>
    found.slice(1, 5).map(Number),
  );

describe('a reliability diagram', () => {
  test('has scores that mean what they say on the dashed line from corner to corner', () => {
    const svg = draw(calibrated);
    const [[left, bottom, right, top]] = dashesIn(svg) as [[number, number, number, number]];
    // A square: the line rises as it goes.
    expect(right - left).toBeCloseTo(bottom - top, 1);
    const points = pointsIn(svg);
    expect(points).toHaveLength(3);
    for (const [index, score] of [0.05, 0.25, 0.35].entries()) {
      expect(Number(points[index]![0])).toBeCloseTo(left + score * (right - left), 1);
      expect(Number(points[index]![1])).toBeCloseTo(bottom - score * (bottom - top), 1);
    }
    expect(svg).toContain('error 0.000<');
  });

  test('is below the line where the model is too sure, and names the error of its raw scores', () => {
    const svg = draw(withRaw);
    // (20 + 40 + 4 + 100) x 0.05 / 164
    expect(svg).toContain('error 0.000, raw 0.050<');
    expect(svg).toContain('stroke-opacity="0.5"');
    expect(svg).toContain('before calibration');
    expect(draw(calibrated)).not.toMatch(/stroke-opacity="0.5"|before calibration/);
  });

  test('has the number of detections over each bar, and hollow points for fewer than ten', () => {
    const svg = draw(calibrated);
    for (const count of [120, 4, 40]) expect(svg).toContain(`>${count}</text>`);
    expect(svg.match(/<circle [^>]*fill="#ffffff"/g)).toHaveLength(1);
    expect(svg).toContain('Hollow: fewer than 10 detections');
    expect(draw({ bins: binsOf([10, 10], (score) => score), rawBins: null })).not.toContain('Hollow');
  });

  test('of a model that finds nothing says so', () => {
    const svg = draw({ bins: binsOf([], () => 0), rawBins: null });
    expect(svg).toContain('none from 0.05 on');
    expect(svg).not.toMatch(/NaN|Infinity|<circle/);
  });

  test('of several runs leaves numbers out where they would run into each other', () => {
    const models = ['a', 'b', 'c'].map((name, series) => ({
      run: { name },
      series,
      found: { reliability: calibrated },
    }));
    const svg = figureSvg(reliabilityFigure(data, models), { ...canvas, width: 390 });
    expect(svg).not.toContain('>120</text>');
    expect(svg.match(/error 0\.000</g)).toHaveLength(3);
  });

  test('of one model has a row a data set, escaped, on a ground that hides the page', () => {
    const sets = [data, { ...data, name: '<b>' }].map((each) => ({ data: each, reliability: withRaw }));
    const svg = figureSvg(reliabilityBySet('m', sets), canvas);
    expect(svg).toContain('street: share that is right');
    expect(svg).toContain('&lt;b&gt;: how many');
    expect(dashesIn(svg)).toHaveLength(2);
    expect(svg).toContain('fill="#ffffff"/>');
  });
});
