/** @file Training from end to end on a tiny data set: the same bits after a kill, refusals, divergence. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { readSafetensors } from '../weights/safetensors-node.ts';
import { parseRecipe } from './recipe.ts';
import { checkpointFile, startRun } from './start-node.ts';
import { train } from './train-node.ts';

let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-train-'));
  data = await writeTinyDataset(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const runTiny = (out: string, changes: Record<string, unknown> = {}, resume = false) =>
  train({
    recipe: parseRecipe(tinyRecipe(changes), 'tiny'),
    data: [{ directory: data, weight: 1 }],
    out: join(folder, out),
    from: { tensors: new Map(), classes: null },
    resume,
  });

/** Hashes compare at once and print in a line; large buffers do neither. */
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const weightsOf = async (out: string) => hash(await readFile(join(folder, out, 'last', 'weights.safetensors')));
const logOf = async (out: string) => {
  const text = await readFile(join(folder, out, 'log.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

/** The command in a process of its own. */
function spawnTraining(recipe: string, out: string, ...flags: string[]): ChildProcess {
  const program = join(import.meta.dirname, '../../bin/deepshop.js');
  const args = [program, 'train', '--recipe', recipe, '--data', data, '--out', join(folder, out), ...flags];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

/** Kills a process as soon as a file appears in its folder; the signal that ended it. */
async function killWhenWritten(child: ChildProcess, directory: string, file: string): Promise<string | null> {
  const watcher = watch(directory, (_event, name) => {
    if (name === file) child.kill('SIGKILL');
  });
  const signal = await new Promise<string | null>((resolve) => child.on('exit', (_code, by) => resolve(by)));
  watcher.close();
  return signal;
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));

describe('train', () => {
  test('gives the same bytes for the same recipe, data and seed, and others for another seed', async () => {
    await runTiny('first', { steps: 4 });
    await runTiny('second', { steps: 4 });
    await runTiny('other seed', { steps: 4, seed: 4 });
    expect(await weightsOf('second')).toEqual(await weightsOf('first'));
    expect(await weightsOf('other seed')).not.toEqual(await weightsOf('first'));
  });

  test('logs the four losses, RoI accuracy, the twelve COCO numbers, top-class accuracy and counts of each validation', async () => {
    await runTiny('logged');
    const validation = (await logOf('logged')).find(({ kind }) => kind === 'validation') as {
      losses: Record<string, number>;
      perDataset: Record<string, Record<string, number>>;
    };
    expect(Object.keys(validation.losses).sort()).toEqual([
      'box',
      'classification',
      'objectness',
      'roiAccuracy',
      'rpnBox',
      'total',
    ]);
    const [numbers] = Object.values(validation.perDataset);
    expect(Object.keys(numbers!)).toHaveLength(12 + 3);
    expect(numbers).toMatchObject({ photos: 1, boxes: 1 });
  });

  test('killed with -9 again and again and resumed ends with the same bytes as a run left alone', async () => {
    const steps = 12;
    const recipe = join(folder, 'killed.json');
    await writeFile(recipe, JSON.stringify(tinyRecipe({ steps, checkpointEverySteps: 2 })));
    await runTiny('undisturbed', { steps, checkpointEverySteps: 2 });
    await mkdir(join(folder, 'killed'));
    // While it loads, then three times right after it kept a new state; the last may finish.
    for (const file of ['run.lock', checkpointFile, checkpointFile, checkpointFile]) {
      expect(await killWhenWritten(spawnTraining(recipe, 'killed', '--resume'), join(folder, 'killed'), file)).toBe(
        'SIGKILL',
      );
    }
    expect(await ended(spawnTraining(recipe, 'killed', '--resume'))).toBe(0);
    expect(await weightsOf('killed')).toEqual(await weightsOf('undisturbed'));
    const logged = (await logOf('killed')).filter(({ kind }) => kind === 'step').map(({ step }) => step);
    expect(logged, 'no step is logged twice').toEqual([10]);
  }, 180_000);

  test('leaves a finished run as it is when it is resumed, whatever its remarks say now', async () => {
    const finished = await runTiny('finished');
    const files = ['log.jsonl', 'checkpoint.safetensors', 'last/model.json', 'last/metrics.json', 'best/metrics.json'];
    const bytes = () => Promise.all(files.map(async (file) => hash(await readFile(join(folder, 'finished', file)))));
    const before = await bytes();
    expect(await runTiny('finished', { description: 'other words' }, true)).toEqual(finished);
    expect(await bytes()).toEqual(before);
  });

  test('refuses a second writer, a folder that holds a run, another recipe, and a checkpoint of other data', async () => {
    const both = await Promise.allSettled([1, 2].map(() => runTiny('busy', { steps: 20 })));
    // On a busy machine the second may come first.
    const refused = both.filter((run) => run.status === 'rejected');
    expect(refused).toEqual([expect.objectContaining({ reason: expect.objectContaining({ code: 'file-locked' }) })]);
    await expect(runTiny('busy')).rejects.toMatchObject({ code: 'run-exists' });
    await expect(runTiny('busy', { steps: 20, learningRate: 0.02 }, true)).rejects.toMatchObject({
      code: 'run-of-another-recipe',
      message: expect.stringMatching(/busy: .*; expected learningRate [\d.]+; got learningRate 0.02\. Resume with/),
    });
    // A log of a version that did not know a setting yet: what is left out has its default.
    const log = join(folder, 'busy', 'log.jsonl');
    await writeFile(log, (await readFile(log, 'utf8')).replace('"repeatThreshold":0,', ''));
    expect(await runTiny('busy', { steps: 20 }, true)).toBeDefined();
    const others = train({
      recipe: parseRecipe(tinyRecipe({ steps: 20 }), 'tiny'),
      data: [{ directory: data, weight: 2 }],
      out: join(folder, 'busy'),
      from: { tensors: new Map(), classes: null },
      resume: true,
    });
    await expect(others).rejects.toMatchObject({ code: 'checkpoint-of-another-run' });
  });

  test('refuses at the start photos of which none can be held out', async () => {
    const few = await mkdtemp(join(folder, 'few-'));
    const data = await writeTinyDataset(few, 4);
    const run = train({
      recipe: parseRecipe(tinyRecipe(), 'tiny'),
      data: [{ directory: data, weight: 1 }],
      out: join(few, 'run'),
      from: { tensors: new Map(), classes: null },
      resume: false,
    });
    await expect(run).rejects.toMatchObject({ code: 'dataset-empty', message: expect.stringContaining('held out') });
  });

  test('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const diverging = runTiny('diverged', { steps: 200, learningRate: 1e6, clipNorm: null, checkpointEverySteps: 1 });
    await expect(diverging).rejects.toMatchObject({ code: 'training-diverged' });
    const { tensors } = await readSafetensors(join(folder, 'diverged', 'checkpoint.safetensors'));
    for (const [name, { data }] of tensors) {
      expect((data as Float32Array).every(Number.isFinite), name).toBe(true);
    }
  });

  test('rebuilds the last layers when it starts from a model of other classes, and keeps the rest', async () => {
    await runTiny('trained');
    const { tensors } = await readSafetensors(join(folder, 'trained', 'last', 'weights.safetensors'));
    const start = (classes: readonly string[]) =>
      startRun({
        recipe: parseRecipe(tinyRecipe(), 'tiny'),
        data: [{ directory: data, weight: 1 }],
        out: join(folder, 'from'),
        from: { tensors, classes },
        resume: false,
      });
    const classifier = 'roi_heads.box_predictor.cls_score.weight';
    const [same, other] = [await start(['red', 'blue']), await start(['left', 'right'])];
    expect(same.state.parameters.get(classifier)).not.toEqual(other.state.parameters.get(classifier));
    const kept = 'roi_heads.box_head.fc6.weight';
    expect(other.state.parameters.get(kept)).toEqual(same.state.parameters.get(kept));
  });
});
