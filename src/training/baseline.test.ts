/** @file The five-layer baseline through the same training as the detectors. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyBaselineRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { createBaseline, readAnyModel } from '../baseline/model-node.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { detectFiles } from '../detector/detector-node.ts';
import { parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections } from '../evaluation/columns.ts';
import { evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { parseRecipe } from './recipe.ts';
import { startRun } from './start-node.ts';
import { type StepProgress, train } from './train-node.ts';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-baseline-'));
  data = await writeTinyDataset(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const optionsFor = (out: string, changes: Record<string, unknown> = {}, resume = false) => ({
  recipe: parseRecipe(tinyBaselineRecipe(changes), 'tiny'),
  data: [{ directory: data, weight: 1 }],
  out: join(folder, out),
  from: { tensors: new Map(), classes: null },
  resume,
});

const logOf = async (out: string) =>
  (await readFile(join(folder, out, 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the baseline', () => {
  test('learns a few photos by heart: class and box of each, one detection an image', async () => {
    const changes = {
      steps: 120,
      learningRate: 0.003,
      averageDecay: 0.98,
      augmentation: { ...(tinyBaselineRecipe().augmentation as object), flip: 0, colour: null },
      checkpointEverySteps: 1000,
    };
    await train(optionsFor('learnt', changes));
    const { kind, model } = await readAnyModel(join(folder, 'learnt', 'last'));
    if (kind !== 'baseline') throw new Error('the model says what it is');
    const { coco, records } = await openDataset(data, 'train');
    const detector = await createBaseline(model);
    const answers = await detectFiles(
      detector,
      records.map(({ photoPath }) => photoPath),
    );
    await detector.release();
    expect(answers.every(({ scores }) => scores.length === 1)).toBe(true);
    const [groundTruth, detections] = [parseCocoGroundTruth(coco, data), gatherDetections(answers)];
    const { AP50, AP75 } = evaluateDetections({ groundTruth, detections });
    expect(AP50).toBeGreaterThan(0.99);
    expect(AP75).toBeGreaterThan(0.7);
    expect(topClassAccuracy(groundTruth, detections).accuracy).toBe(1);
  }, 300_000);

  test('logs its three losses, and no accuracy over regions: it has none', async () => {
    await train(optionsFor('logged', { steps: 10 }));
    const records = await logOf('logged');
    const step = records.find(({ kind }) => kind === 'step')!;
    expect(Object.keys(step)).toEqual(expect.arrayContaining(['classification', 'box', 'regularisation', 'total']));
    expect(step).not.toHaveProperty('roiAccuracy');
    const validation = records.find(({ kind }) => kind === 'validation')!;
    expect(Object.keys(validation.losses as object).sort()).toEqual([
      'box',
      'classification',
      'regularisation',
      'total',
    ]);
    const [numbers] = Object.values(validation.perDataset as Record<string, Record<string, number>>);
    expect(numbers!.topClassAccuracy).toBeGreaterThanOrEqual(0);
  }, 120_000);

  test('stopped and resumed ends with the same bytes as a run left alone', async () => {
    await train(optionsFor('undisturbed'));
    for (const [index, fatal] of [3, 6].entries()) {
      const onStep = ({ step }: StepProgress) => {
        if (step === fatal) throw new Error('power cut');
      };
      await expect(train({ ...optionsFor('stopped', {}, index > 0), onStep })).rejects.toThrow('power cut');
    }
    const steps: number[] = [];
    await train({ ...optionsFor('stopped', {}, true), onStep: ({ step }) => steps.push(step) });
    expect(steps, 'the last checkpoint was of step 4').toEqual([5, 6, 7, 8]);
    const weights = (out: string) => readFile(join(folder, out, 'last', 'weights.safetensors'));
    expect(await weights('stopped')).toEqual(await weights('undisturbed'));
  }, 180_000);

  test('starts from a model of other classes without its class head, and not from weights of another network', async () => {
    const { specs } = (await startRun(optionsFor('specs'))).trainable;
    const { initial } = await startRun(optionsFor('first', { seed: 8 }));
    const start = (classes: readonly string[]) =>
      startRun({ ...optionsFor('from'), from: { tensors: initial, classes } });
    expect((await start(['red', 'blue'])).initialised).toEqual([]);
    const fresh = specs.map(({ name }) => name).filter((name) => name.startsWith('class_head.'));
    expect((await start(['left', 'right'])).initialised).toEqual(fresh);
    const foreign = new Map([...initial].map(([name, tensor]) => [`trunk.${name}`, tensor]));
    await expect(
      startRun({ ...optionsFor('foreign'), from: { tensors: foreign, classes: null } }),
    ).rejects.toMatchObject({ code: 'parameters-mismatch', message: expect.stringMatching(/none of the starting/) });
  });
});
