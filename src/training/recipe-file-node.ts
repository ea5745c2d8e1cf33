/** @file Recipes on disk. */
import { readFile } from 'node:fs/promises';
import { parseRecipe, type Recipe, RecipeError } from './recipe.ts';

/** @throws RecipeError when there is no such file, or it is not a recipe */
export async function readRecipe(path: string): Promise<Recipe> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new RecipeError('the recipe cannot be read', {
      where: path,
      expected: 'a JSON file',
      got: (cause as Error).message,
      cure: 'The recipes that come with the package are in recipes/.',
    });
  }
  return parseRecipe(json, path);
}
