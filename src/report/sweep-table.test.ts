import { describe, expect, test } from 'vitest';
import { tinyRecipe } from '../../tests/tiny-run.ts';
import { cocoNumberNames } from '../evaluation/evaluate-detections.ts';
import { parseRecipe } from '../training/recipe.ts';
import { runCurves } from './run-curves.ts';
import { type SweptRun, type SweptState, sweepJson, sweepLines, sweepMarkdown, sweepTable } from './sweep-table.ts';

const base = parseRecipe(tinyRecipe(), 'tiny');

/** A validation at a step, with one mAP@0.5 for each data set. */
function validation(step: number, loss: number, isBest: boolean, perSet: Record<string, number>): object {
  const rest = Object.fromEntries(cocoNumberNames.map((name) => [name, 0.125]));
  const perDataset = Object.fromEntries(
    Object.entries(perSet).map(([name, AP50]) => [name, { ...rest, AP50, photos: 20, boxes: 30 }]),
  );
  return { kind: 'validation', step, losses: { total: loss, box: 0.25, rpnBox: 0.0625 }, perDataset, isBest };
}

function runOf(lr: unknown, state: SweptState, records: readonly object[], more: Partial<SweptRun> = {}): SweptRun {
  const settings = [{ name: 'lr', value: lr }];
  return { name: `lr=${lr}`, settings, state, seconds: 61.25, message: null, curves: runCurves(records), ...more };
}

/** The columns of a run as text, by their heads. */
function cells(runs: readonly SweptRun[], index: number): Record<string, string> {
  const [head, , ...rows] = sweepMarkdown(sweepTable(base, runs))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(2, -2).split(' | '));
  return Object.fromEntries(head!.map((title, column) => [title, rows[index][column]]));
}

describe('the table of a sweep', () => {
  const start = { kind: 'start', step: 0, steps: 20, data: [{ name: 'shop', photos: 180 }] };
  const risen = runOf(0.5, 'ended', [
    start,
    validation(10, 0.75, true, { shop: 0.5 }),
    validation(20, 0.5, false, { shop: 0.25 }),
  ]);

  test('has the best and the final validation of each run, and what was not measured as a dash', () => {
    expect(cells([runOf(1, 'ended', [validation(20, 1, true, { shop: 0.75 })]), risen], 1)).toEqual({
      ...{ lr: '0.5', 'mAP@0.5 best': '0.500', 'mAP@0.5 final': '0.250', 'AP best': '0.125', 'AP final': '0.125' },
      ...{ 'loss best': '0.7500', 'loss final': '0.5000', 'box loss best': '0.2500', 'box loss final': '0.2500' },
      ...{ 'best at step': '10', seconds: '61.3', outcome: 'ended' },
    });
    const waiting = runOf(2, 'waiting', [], { seconds: null });
    expect(cells([waiting], 0)).toMatchObject({ 'loss best': '–', seconds: '–', outcome: 'waiting' });
  });

  test('the best run is the one with the highest mAP@0.5, then the lowest loss, among those that ended', () => {
    const higher = runOf(1, 'diverged', [validation(10, 1, true, { shop: 0.9 })], { message: 'not finite' });
    const alike = runOf(2, 'ended', [validation(20, 0.7, true, { shop: 0.5 })]);
    const table = sweepTable(base, [higher, risen, alike]);
    expect(table.rows.map(({ isBest }) => isBest)).toEqual([false, false, true]);
    expect(sweepJson(table)).toMatchObject({ best: 'lr=2' });
    expect(sweepLines(table)).toContain('lr=1 diverged: not finite');
  });

  test('names data sets, photos and boxes; with two of them the mean decides', () => {
    const runs = [
      runOf(1, 'ended', [start, validation(20, 1, true, { shop: 0.9, street: 0.1 })]),
      runOf(2, 'ended', [start, validation(20, 2, true, { shop: 0.6, street: 0.5 })]),
    ];
    expect(cells(runs, 1)).toMatchObject({ 'shop mAP@0.5 best': '**0.600**', 'street mAP@0.5 best': '**0.500**' });
    expect(sweepMarkdown(sweepTable(base, runs))).toContain(
      'trained on shop, train: 180 photos; validated on shop, dev fold: 20 photos, 30 boxes; validated on street, dev fold: 20 photos, 30 boxes.',
    );
  });

  test('of a setting that a run does not vary, has what the base recipe says', () => {
    const other = { ...risen, name: 'seed=9', settings: [{ name: 'seed', value: 9 }] };
    const { varied, rows } = sweepTable(base, [risen, other]);
    expect(varied).toEqual(['lr', 'seed']);
    expect(rows.map(({ values }) => values)).toEqual([
      [0.5, 3],
      [0.01, 9],
    ]);
  });

  test('keeps every loss, and -1 where there is no ground truth', () => {
    const runs = [runOf(1, 'ended', [validation(20, 1, true, { shop: -1 })])];
    expect(sweepJson(sweepTable(base, runs))).toMatchObject({
      runs: [{ values: { lr: 1 }, final: { losses: { total: 1, box: 0.25, rpnBox: 0.0625 }, meanAP50: -1 } }],
    });
    expect(cells(runs, 0)['mAP@0.5 best']).toBe('**-1**');
  });

  test('values and names are nothing but text in Markdown', () => {
    const value = '<b>|\n`x`';
    const markdown = sweepMarkdown(sweepTable(base, [runOf(value, 'failed', [], { message: '| <i>' })]));
    expect(markdown).toContain('| \\<b\\>\\| \\`x\\` |');
    expect(markdown).toContain('failed: \\| \\<i\\>');
  });
});
