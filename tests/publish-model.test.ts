import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeCalibration } from '../scripts/card-sections.ts';
import { readModel, writeModel } from '../src/detector/model-directory-node.ts';
import { prepareCoco } from './coco-sets.ts';
import { writeLabelledPhotos } from './fixtures/labelled-photos.ts';
import { tinyConfig, tinyParts } from './tiny-detector.ts';

const script = fileURLToPath(new URL('../scripts/publish-model.ts', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-'));
});
afterAll(() => rm(folder, { recursive: true }));

function publish(...argv: string[]) {
  return spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...argv], { encoding: 'utf8' });
}

test.each([
  [[], /flags are missing; expected npx tsx .*; got no --model, --data, --notes, --out/],
  [['--model', 'm', '--data', 'd', '--out', 'o'], /got no --notes\./],
  [['--modle', 'm'], /Unknown option '--modle'.*expected npx tsx/],
])('%j is wrong usage', (argv, message) => {
  const { status, stderr } = publish(...argv);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(message) });
  expect(stderr).not.toMatch(/at .*\.ts:\d/);
});

test('a card says of a calibration what is added, and what is taken away', () => {
  expect(describeCalibration({ scale: 0.804, shift: -1.367 })).toBe('log odds x 0.804 - 1.367');
  expect(describeCalibration({ scale: 1, shift: 0 })).toBe('log odds x 1 + 0');
});

test('a model is written with the scores of the best F1 on the dev fold, and a card that says so', async () => {
  const [data, model, out, notes] = ['data', 'model', 'out', 'notes.md'].map((name) => join(folder, name));
  await prepareCoco({ ...(await writeLabelledPhotos(join(folder, 'photos'), { count: 18 })), out: data });
  const { classes } = JSON.parse(await readFile(join(data, 'dataset.json'), 'utf8'));
  await writeModel(model, { ...tinyParts(), config: { ...tinyConfig, classes }, name: 'tiny', minScore: 0.99 });
  await writeFile(notes, 'Drawn.');
  expect(publish('--model', model, '--data', data, '--notes', notes, '--out', out)).toMatchObject({ status: 0 });
  const { minScore } = await readModel(out);
  expect(Object.keys(minScore).sort()).toEqual([...classes].sort());
  for (const score of Object.values(minScore)) {
    expect(score).toBeGreaterThanOrEqual(0.05);
    expect(score).toBeLessThanOrEqual(0.95);
  }
  const card = await readFile(join(out, 'README.md'), 'utf8');
  expect(card).toMatch(/Drawn\..*best F1 there: .*### data, val: 6 photos/s);
  for (const [label, score] of Object.entries(minScore)) expect(card).toContain(`${label} ${score}`);
});
