/** @file `deepshop sweep` from end to end on a tiny data set. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { tinyBaselineRecipe, tinyRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { readAnyModel } from '../baseline/model-node.ts';
import { acquireLock } from '../files/lock-file-node.ts';
import { parseRecipe } from '../training/recipe.ts';
import { train } from '../training/train-node.ts';
import { run } from './main.ts';

let folder: string;
let data: string;
const at = (...parts: string[]) => join(folder, ...parts);
const tiny = tinyBaselineRecipe({ steps: 10, clipNorm: null });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-sweep-'));
  data = await writeTinyDataset(folder);
  await writeFile(at('tiny.json'), JSON.stringify(tiny));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command in this process, with the exit code that it would end with. */
async function sweep(out: string, vary: readonly string[], ...more: string[]) {
  const argv = ['--recipe', at('tiny.json'), '--data', data, '--out', at(out), ...more];
  const printed = await captureOutput(() =>
    run(['node', 'deepshop', 'sweep', ...argv, ...vary.flatMap((text) => ['--vary', text])]),
  );
  const status = process.exitCode ?? 0;
  process.exitCode = undefined;
  return { ...printed, status };
}

/** All files of a folder with their bytes, by their paths in it. */
async function bytesOf(out: string): Promise<Record<string, string>> {
  const entries = await readdir(at(out), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = await Promise.all(files.map(async (path) => [path, await readFile(path, 'base64')] as const));
  return Object.fromEntries(bytes);
}

const tableOf = async (out: string) => JSON.parse(await readFile(at(out, 'table.json'), 'utf8'));

describe('deepshop sweep', () => {
  test('trains every combination, compares them, and leaves them as they are when it is run again', async () => {
    const first = await sweep('swept', ['lr=0.001,0.002', 'steps=10']);
    expect(first.status, first.err).toBe(0);
    const folders = ['lr=0.001,steps=10', 'lr=0.002,steps=10'];
    expect((await readdir(at('swept'))).sort()).toEqual(
      [...folders, 'report', 'sweep.json', 'table.json', 'table.md'].sort(),
    );
    const { runs, best, data: described } = await tableOf('swept');
    expect(runs).toMatchObject([
      { name: folders[0], values: { lr: 0.001, steps: 10 }, state: 'ended', message: null },
      { name: folders[1], values: { lr: 0.002, steps: 10 }, state: 'ended', message: null },
    ]);
    expect(folders).toContain(best);
    expect(described).toEqual([
      'trained on prepared, train: 11 photos',
      'validated on prepared, dev fold: 1 photo, 1 box',
    ]);
    for (const [index, { final, seconds }] of runs.entries()) {
      const log = await readFile(at('swept', folders[index], 'log.jsonl'), 'utf8');
      const last = JSON.parse(log.trim().split('\n').at(-2)!);
      expect(last.kind).toBe('validation');
      expect(final.losses).toEqual(last.losses);
      expect(final.perDataset.prepared).toMatchObject({ AP50: last.perDataset.prepared.AP50, photos: 1, boxes: 1 });
      expect(seconds).toBeGreaterThan(0);
    }
    expect(first.out).toMatch(/^lr +steps +mAP@0.5 best +mAP@0.5 final +AP best/);
    expect(first.out.match(/ended, the best$/gm)).toHaveLength(1);
    expect(first.err).toMatch(/1\/2 lr=0.001,steps=10\n.*1\/2 lr=0.001,steps=10: ended: mean mAP@0.5 .*, loss \d/s);
    const page = await readFile(at('swept', 'report', 'index.html'), 'utf8');
    for (const name of folders) expect(page).toContain(`<b>${name}</b>`);
    expect(await readFile(at('swept', 'table.md'), 'utf8')).toMatch(
      /^\| \*\*0\.00[12]\*\* \| \*\*10\*\* \|.*the best\*\* \|$/m,
    );

    const before = await bytesOf('swept');
    expect(await sweep('swept', ['lr=0.001,0.002', 'steps=10'])).toMatchObject({ status: 0, out: first.out });
    expect(await bytesOf('swept')).toEqual(before);
  });

  test('goes on with a run that was stopped, and adds the runs of another grid to those that are done', async () => {
    const name = 'lr=0.001,steps=10';
    const before = await bytesOf('swept');
    // As a process leaves it that is killed after its last checkpoint.
    const log = await readFile(at('swept', name, 'log.jsonl'), 'utf8');
    await writeFile(at('swept', name, 'log.jsonl'), log.slice(0, log.indexOf('{"kind":"end"')));
    await rm(at('swept', name, 'outcome.json'));
    const second = await sweep('swept', ['lr=0.001,0.003', 'steps=10']);
    expect(second.status, second.err).toBe(0);
    const after = await bytesOf('swept');
    for (const file of ['log.jsonl', 'checkpoint.safetensors', 'last/weights.safetensors']) {
      for (const each of [name, 'lr=0.002,steps=10']) {
        const path = at('swept', each, file);
        expect(after[path] === before[path], path).toBe(true);
      }
    }
    const { runs } = await tableOf('swept');
    expect(runs.map(({ values, state }: { values: { lr: number }; state: string }) => [values.lr, state])).toEqual([
      [0.001, 'ended'],
      [0.002, 'ended'],
      [0.003, 'ended'],
    ]);
    expect(runs[0].seconds).toBeNull();
    expect(JSON.parse(await readFile(at('swept', 'sweep.json'), 'utf8'))).toMatchObject({
      varied: { lr: [0.001, 0.002, 0.003], steps: [10] },
      data: [{ name: 'prepared', photos: 11, weight: 1 }],
    });
  });

  test('every run starts from the same weights, and is the run that train makes', async () => {
    const from = at('swept', 'lr=0.002,steps=10', 'last');
    const { status, err } = await sweep('from', ['seed=1,2'], '--from', from);
    expect(status, err).toBe(0);
    const { parameters, config } = (await readAnyModel(from)).model;
    await train({
      recipe: parseRecipe({ ...tiny, seed: 2 }, 'tiny'),
      data: [{ directory: data, weight: 1 }],
      out: at('alone'),
      from: { tensors: parameters, classes: config.classes },
      resume: false,
    });
    const weightsOf = (...run: string[]) => readFile(at(...run, 'last', 'weights.safetensors'));
    expect((await weightsOf('from', 'seed=2')).equals(await weightsOf('alone'))).toBe(true);
    expect((await weightsOf('from', 'seed=1')).equals(await weightsOf('alone'))).toBe(false);
    const other = await sweep('from', ['seed=1,2']);
    expect(other).toMatchObject({ status: 1, err: expect.stringMatching(/runs from other weights.*got none/) });
  });

  test('a run that diverges is a row that says so; the others are trained, and it is not trained again', async () => {
    const { status, out, err } = await sweep(
      'diverged',
      ['lr=1e30,0.001', 'learningRateSchedule.warmupSteps=0'],
      '--json',
    );
    expect(status, err).toBe(1);
    const document = JSON.parse(out);
    expect(document).toEqual(await tableOf('diverged'));
    expect(document.runs).toMatchObject([
      {
        state: 'diverged',
        final: null,
        message: expect.stringMatching(/^a loss or gradient is not finite at step \d/),
      },
      { state: 'ended', message: null },
    ]);
    expect(document.best).toBe('lr=0.001,warmup-steps=0');
    const markdown = await readFile(at('diverged', 'table.md'), 'utf8');
    expect(markdown).toMatch(/^\| .* \| diverged \|$/m);
    expect(markdown).toContain('lr=1e+30,warmup-steps=0 diverged: a loss or gradient is not finite');
    expect(markdown + out, 'nothing tells where it was run').not.toContain(folder);
    const before = await bytesOf('diverged');
    expect(await sweep('diverged', ['lr=1e30,0.001', 'learningRateSchedule.warmupSteps=0'])).toMatchObject({
      status: 1,
    });
    expect(await bytesOf('diverged')).toEqual(before);
  });

  test('a run that fails is a row that says so, and is tried again', async () => {
    await sweep('failed', ['seed=4']);
    await mkdir(at('failed', 'seed=5'));
    const lock = await acquireLock(at('failed', 'seed=5', 'run.lock'));
    const first = await sweep('failed', ['seed=5,6']);
    expect(first.status, first.err).toBe(1);
    const { runs } = await tableOf('failed');
    expect(runs.map(({ state }: { state: string }) => state)).toEqual(['ended', 'failed', 'ended']);
    expect(runs[1].message).toMatch(/^seed=5.run\.lock: process \d+ on .* is writing here/);
    await lock.release();
    expect(await sweep('failed', ['seed=5,6'])).toMatchObject({ status: 0 });
  });

  test('killed with -9 in its second run and run again ends as one that was left alone', async () => {
    const grid = ['lr=0.001,0.002', 'steps=10'];
    const entry = `
      import { run } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
      await run(['node', 'deepshop', 'sweep', ...process.argv.slice(1)]);
    `;
    const argv = ['--recipe', at('tiny.json'), '--data', data, '--out', at('killed'), '--vary', ...grid];
    const node = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', entry, '--'];
    const child = spawn(process.execPath, [...node, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => text.includes('2/2') && child.kill('SIGKILL'));
    expect(await new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))).toBe('SIGKILL');
    const log = () => readFile(at('killed', 'lr=0.001,steps=10', 'log.jsonl'), 'utf8');
    const before = await log();
    const { status, err } = await sweep('killed', grid);
    expect(status, err).toBe(0);
    expect(await log()).toBe(before);
    for (const name of ['lr=0.001,steps=10', 'lr=0.002,steps=10']) {
      const [killed, undisturbed] = await Promise.all(
        ['killed', 'swept'].map((out) => readFile(at(out, name, 'last', 'weights.safetensors'))),
      );
      expect(killed!.equals(undisturbed!), name).toBe(true);
    }
  });
});

describe('refuses', () => {
  test.each([
    ['a key that recipes lack', ['learnRate=1'], /learnRate=1: .*expected a recipe.*got .*learnRate.*correct --vary/],
    ['a bad value behind good ones', ['lr=0.1,fast'], /lr=fast: .*got learningRate: /],
    ['a hostile key', ['__proto__.polluted=1'], /names no setting of a recipe.*the key "__proto__.polluted"/],
    ['the constructor', ['baseline.constructor.x=1'], /names no setting of a recipe/],
    ['a network that cannot be built', ['baseline={"channels":[8],"alpha":0}'], /baseline.channels/],
  ])('%s before anything is written: exit code 2', async (_, vary, message) => {
    const { status, out, err } = await sweep('never', vary);
    expect(status, err).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
    expect(await readdir(folder)).not.toContain('never');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('a setting that detectors lack before anything is written: exit code 2', async () => {
    await writeFile(at('detector.json'), JSON.stringify(tinyRecipe()));
    const { status, err } = await sweep('never', ['detector.nonsense=1'], '--recipe', at('detector.json'));
    expect(status, err).toBe(2);
    expect(err).toMatch(/expected a detector configuration.*"nonsense".*correct --vary/);
    expect(await readdir(folder)).not.toContain('never');
  });

  test('data that are not there before anything is written', async () => {
    const { status, err } = await sweep('never', ['lr=0.1'], '--data', at('nowhere'));
    expect(status).toBe(1);
    expect(err).toMatch(/nowhere.*there is no such file/);
    expect(await readdir(folder)).not.toContain('never');
  });

  test('a folder that holds something else, or a sweep of another recipe or other data', async () => {
    const grid = ['lr=0.001', 'steps=10'];
    expect(await sweep('images', grid)).toMatchObject({ status: 1, err: expect.stringMatching(/other than a sweep/) });
    const before = await bytesOf('swept');
    await writeFile(at('other.json'), JSON.stringify({ ...tiny, batchSize: 4, description: 'other words' }));
    const recipe = await sweep('swept', grid, '--recipe', at('other.json'));
    expect(recipe.err).toMatch(/sweep of another recipe; expected batchSize 8; got batchSize 4\. /);
    const weight = await sweep('swept', grid, '--data', `${data}:2`);
    expect(weight.err).toMatch(/sweep of other data; expected prepared:1 .*; got prepared:1 .*, prepared:2 /);
    expect([recipe.status, weight.status]).toEqual([1, 1]);
    expect(await bytesOf('swept')).toEqual(before);
  });

  test('a sweep.json that names folders elsewhere, or is cut off', async () => {
    const text = await readFile(at('swept', 'sweep.json'), 'utf8');
    for (const damaged of [text.slice(0, 100), text.replace('"folder": "lr=0.001,steps=10"', '"folder": "../alone"')]) {
      expect(damaged).not.toBe(text);
      await writeFile(at('swept', 'sweep.json'), damaged);
      const { status, err } = await sweep('swept', ['lr=0.001', 'steps=10']);
      expect(status).toBe(1);
      expect(err).toMatch(/sweep.json is damaged.*Sweep into another folder/);
    }
  });
});
