import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tinyBaselineRecipe, tinyRecipe } from '../../tests/tiny-run.ts';
import { baselineConfigOf, detectorConfigOf, learningRateOf, parseRecipe } from './recipe.ts';
import { bundledRecipes, readRecipe } from './recipe-file-node.ts';

const folder = new URL('../../recipes/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`recipes/${file} is a recipe of its name, and its network fits any classes`, () => {
    const recipe = parseRecipe(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file);
    expect(file.startsWith(recipe.name)).toBe(true);
    const classes = ['tee', 'skirt'];
    const config =
      recipe.baseline === undefined ? detectorConfigOf(recipe, classes, file) : baselineConfigOf(recipe, classes);
    expect(config.classes).toEqual(classes);
  });
}

const recipeOf = (name: string) => parseRecipe(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')), name);

test.each([
  ['paper-r50', 0.01, 8],
  ['paper-x101-32x8d', 0.0025, 2],
  ['paper-x101-64x4d', 0.0025, 2],
  ['paper-r50-c4', 0.0025, 2],
])("%s has the paper's schedule: rate %d, %i photos a step, and says what is inferred", (name, rate, batch) => {
  const recipe = recipeOf(name);
  const rateAt = learningRateOf(recipe, recipe.steps!);
  expect([0, 499, 500, 11_999].map((step) => rateAt(step) / rate)).toEqual([
    expect.closeTo(1 / 3, 6),
    expect.closeTo(1, 2),
    1,
    1,
  ]);
  expect([12_000, 22_999].map((step) => rateAt(step) / rate)).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.1, 6)]);
  expect(recipe).toMatchObject({ steps: 23_000, batchSize: batch, schedule: 'joint', frozenStages: 2, clipNorm: null });
  expect(recipe.optimizer).toEqual({ kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 });
  expect(recipe.preprocessing.resize).toEqual({ kind: 'torchvision', minSide: 800, maxSide: 1333 });
  expect(detectorConfigOf(recipe, ['tee'], name).rpn.batchSize).toBe(256);
  expect(Object.values(recipe.notes).filter((note) => note.startsWith('inferred')).length).toBeGreaterThanOrEqual(7);
});

test('the small recipes of wide trunks train their norms from random weights, all stages', () => {
  for (const name of ['paper-r50-small', 'paper-x101-32x8d-small']) {
    expect(recipeOf(name)).toMatchObject({ frozenStages: 0, detector: { norm: 'group' } });
  }
});

test('joint and alternating recipes of the small network differ in their schedule alone', () => {
  const { name: _a, description: _b, ...joint } = recipeOf('paper6-lite0');
  const { name: _c, description: _d, ...alternating } = recipeOf('paper6-lite0-alternating');
  expect(alternating).toEqual({ ...joint, schedule: 'alternating' });
});

test('a recipe trains jointly unless it says "schedule": "alternating"', () => {
  expect(parseRecipe(tinyRecipe(), 'tiny').schedule).toBe('joint');
  expect(parseRecipe(tinyRecipe({ schedule: 'alternating' }), 'tiny').schedule).toBe('alternating');
  expect(() => parseRecipe(tinyRecipe({ schedule: 'sideways' }), 'tiny')).toThrow(/schedule/);
});

test('a recipe of the first version, whose `schedule` was that of the learning rate, means what it meant', () => {
  const { learningRateSchedule, ...old } = tinyRecipe();
  const found = parseRecipe({ ...old, schedule: learningRateSchedule }, 'tiny');
  expect(found).toEqual(parseRecipe(tinyRecipe(), 'tiny'));
});

test('four steps that alternate need four steps', () => {
  expect(() => parseRecipe(tinyRecipe({ schedule: 'alternating', steps: 3 }), 'tiny')).toThrow(/at least 4/);
});

test('a recipe is read by its path, or by its name where it comes with the package', async () => {
  expect(bundledRecipes()).toContain('baseline');
  expect(await readRecipe('baseline')).toEqual(recipeOf('baseline'));
  await expect(readRecipe('base')).rejects.toMatchObject({
    code: 'recipe-invalid',
    message: expect.stringMatching(/expected a JSON file, or one of baseline, finetune/),
  });
});

test.each([
  [{ detector: {} }, 'detector and baseline', 'one of them'],
  [{ baseline: undefined }, 'detector and baseline', 'neither'],
  [{ canvases: [{ height: 64, width: 96 }] }, 'canvases', '96'],
  [{ schedule: 'alternating' }, 'schedule', 'joint'],
  [{ frozenStages: 1 }, 'frozenStages', 'no trunk'],
  [{ optimizer: { kind: 'sgd' } }, 'optimizer.weightDecay', 'alpha'],
])('a baseline with %j is refused at %s', (changes, key, reason) => {
  const parse = () => parseRecipe(tinyBaselineRecipe(changes), 'tiny');
  expect(parse).toThrow(`tiny, ${key}: the settings of the recipe do not go together`);
  expect(parse).toThrow(reason);
});
