import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCurves, thinned, validationPoint } from './run-curves.ts';

const records = readFileSync(new URL('../../docs/runs/lite0-street13-leg1.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('the curves of a real log', () => {
  const curves = runCurves(records);

  test('are what it says', () => {
    expect(curves).toMatchObject({ recipe: 'lite0-street13', steps: 2800, isFinished: true });
    expect(curves.training).toHaveLength(280);
    expect(curves.training[0]).toEqual({
      step: 10,
      loss: 1.033374547958374,
      boxLoss: 0.12658563256263733,
      roiAccuracy: 0.9619140625,
    });
    expect(curves.validation.map(({ step }) => step)).toEqual([571, 1142, 1713, 2284, 2800]);
    expect(validationPoint(curves.validation.at(-1)!)).toMatchObject({ step: 2800, boxLoss: 0.13382017778025732 });
    expect(curves.kept).toMatchObject({ step: 2800, perDataset: { cc0: { AP50: 0.8814677256873577 } } });
  });

  test('of a run that goes on end where it is', () => {
    const half = runCurves(records.slice(0, 80));
    expect(half).toMatchObject({ isFinished: false, steps: 2800 });
    expect(half.training.at(-1)!.step).toBeLessThan(800);
  });
});

test('what is no record of ours is passed over, and folders are cut from the names of data sets', () => {
  const validation = records.find(({ kind }) => kind === 'validation');
  const { cc0 } = validation.perDataset;
  const odd = [null, 7, {}, { kind: 'step', step: 'x' }, { ...validation, perDataset: { '/data/of me/cc0': cc0 } }];
  const curves = runCurves(odd);
  expect(curves.training).toEqual([]);
  expect(Object.keys(curves.validation[0].perDataset)).toEqual(['cc0']);
  expect(runCurves([])).toMatchObject({ kept: null, steps: null, data: [], isFinished: false });
});

test('alternating training has phases, and steps without a box loss', () => {
  const phases = [
    { name: 'rpn', end: 10 },
    { name: 'detector', end: 20 },
  ];
  const rpn = { kind: 'step', step: 10, phase: 'rpn', objectness: 0.1, rpnBox: 0.1, total: 0.2 };
  const detector = { kind: 'step', step: 20, phase: 'detector', classification: 0.2, box: 0.1, total: 0.3 };
  const curves = runCurves([{ kind: 'start', steps: 20, phases }, rpn, detector]);
  expect(curves.phases).toEqual(phases);
  expect(curves.training.map(({ boxLoss }) => boxLoss)).toEqual([null, 0.1]);
  expect(thinned(curves.training, 1)).toEqual([{ step: 15, loss: 0.25, boxLoss: 0.1, roiAccuracy: null }]);
});

test('thinned curves keep their mean', () => {
  const points = Array.from({ length: 100 }, (_, step) => ({ step, loss: step % 7, boxLoss: 1, roiAccuracy: null }));
  const fewer = thinned(points, 10);
  expect(fewer).toHaveLength(10);
  expect(fewer[0]).toEqual({ step: 4.5, loss: 2.4, boxLoss: 1, roiAccuracy: null });
});
