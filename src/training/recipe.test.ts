import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tinyRecipe } from '../../tests/tiny-run.ts';
import { detectorConfigOf, parseRecipe } from './recipe.ts';

const folder = new URL('../../recipes/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`recipes/${file} is a recipe of its name, and its detector fits any classes`, () => {
    const recipe = parseRecipe(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file);
    expect(file.startsWith(recipe.name)).toBe(true);
    expect(detectorConfigOf(recipe, ['tee', 'skirt'], file).classes).toEqual(['tee', 'skirt']);
  });
}

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
