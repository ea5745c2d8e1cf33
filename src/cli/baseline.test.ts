/** @file The commands on a five-layer baseline: those that find and measure work, those that need vectors say why not. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { tinyBaselineRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { parseRecipe } from '../training/recipe.ts';
import { train } from '../training/train-node.ts';
import { detectCommand } from './detect.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { indexCommand } from './index-catalogue.ts';
import { recommendCommand } from './recommend.ts';
import { reportCommand } from './report.ts';

let folder: string;
let data: string;
const at = (...parts: string[]) => join(folder, ...parts);
const photo = () => at('images', 'photo-1.png');
const model = () => at('run', 'best');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-baseline-command-'));
  data = await writeTinyDataset(folder);
  await train({
    recipe: parseRecipe(tinyBaselineRecipe({ steps: 10 }), 'tiny'),
    data: [{ directory: data, weight: 1 }],
    out: at('run'),
    from: { tensors: new Map(), classes: null },
    resume: false,
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = async (command: Command, ...argv: string[]) =>
  (await captureOutput(() => command.exitOverride().parseAsync(argv, { from: 'user' }))).out;

test('detect finds one garment a photo', async () => {
  const out = await run(detectCommand(openEngine), photo(), '--model', model(), '--json');
  const [{ detections }] = JSON.parse(out).images;
  expect(detections).toHaveLength(1);
  expect(['red', 'blue']).toContain(detections[0].label);
});

test('evaluate measures it; of accuracy over regions it has none', async () => {
  const files = ['--annotations', join(data, 'val.json'), '--images', at('images')];
  const document = JSON.parse(await run(evaluateCommand(), ...files, '--model', model(), '--json'));
  expect(document.AP50).toBeGreaterThanOrEqual(0);
  expect(document.topClassAccuracy).toBeGreaterThanOrEqual(0);
  expect(document).not.toHaveProperty('roiAccuracy');
});

test('report puts it into Table 2', async () => {
  await run(reportCommand(), at('run'), '--data', data, '--names', 'five layers', '--out', at('report'));
  const table = await readFile(at('report', 'table-2.md'), 'utf8');
  expect(table).toMatch(
    /\| five layers \| prepared, val: 4 photos, 4 boxes in 2 classes \| \d+\.\d{4} \| – \| [01]\.\d{4} \|/,
  );
  expect(await readFile(at('report', 'index.html'), 'utf8')).toContain('trunk of five convolutions');
});

test('index, recommend and export refuse it, and say what to take instead', async () => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({ code: 'model-kind', message: expect.stringMatching(message) });
  const vectors = refusal(/best: .*makes no vectors.*descriptor "garment".*Take the bundled model/s);
  const store = ['--store', at('store')];
  await expect(run(indexCommand(openEngine), at('images'), ...store, '--model', model())).rejects.toEqual(vectors);
  await run(
    indexCommand(async () => createColourEngine()),
    at('images'),
    ...store,
  );
  await expect(run(recommendCommand(openEngine), photo(), ...store, '--model', model())).rejects.toEqual(vectors);
  await expect(run(exportCommand(), '--model', model(), '--out', at('model.onnx'))).rejects.toEqual(
    refusal(/model\.json: .*expected kind "faster-rcnn"; got "baseline"/),
  );
});
