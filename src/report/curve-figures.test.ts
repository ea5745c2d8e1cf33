import { expect, test } from 'vitest';
import { lossFigure } from './curve-figures.ts';
import { figureSvg, lightTheme } from './figure.ts';
import type { ReportRun } from './report-data.ts';
import { runCurves } from './run-curves.ts';

/** A run that logged these losses. */
function runOf(name: string, losses: readonly number[]): ReportRun {
  const curves = runCurves(losses.map((total, index) => ({ kind: 'step', step: 10 * (index + 1), total, box: total })));
  return { name, model: null, curves, kept: null, evaluations: [] };
}

const ticksOf = (runs: readonly ReportRun[]) => {
  const svg = figureSvg(lossFigure(runs), { width: 900, theme: lightTheme, font: 'system' });
  return [...svg.matchAll(/>([\d,.]+)<\/text>/g)].map(([, text]) => Number(text!.replaceAll(',', '')));
};

test('a run that blows up does not flatten the losses of the others', () => {
  const calm = runOf('calm', [1.4, 1.2, 1, 0.9, 0.8]);
  const wild = runOf('wild', [1.5, 4e6, 3e7]);
  expect(ticksOf([calm, wild])).toEqual(ticksOf([calm]));
});

test('losses of which most are 0 have an axis too', () => {
  expect(ticksOf([runOf('done', [0.5, 0, 0, 0])]).filter((tick) => tick >= 0.4 && tick < 1)).not.toEqual([]);
});
