/** @file Recipes on disk. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRecipe, type Recipe, RecipeError } from './recipe.ts';

/** The recipes that come with the package; the same way up from `src/training` and from `dist/training`. */
const bundled = fileURLToPath(new URL('../../recipes', import.meta.url));

/** Names by which {@link readRecipe} knows the recipes that come with the package. */
export function bundledRecipes(): string[] {
  const names = readdirSync(bundled).filter((name) => name.endsWith('.json'));
  return names.map((name) => basename(name, '.json')).sort();
}

/**
 * @param path a file, or the name of a recipe that comes with the package; a file of that name comes first
 * @throws RecipeError when there is no such file, or it is not a recipe
 */
export async function readRecipe(path: string): Promise<Recipe> {
  try {
    return parseRecipe(JSON.parse(await readFile(path, 'utf8')), path);
  } catch (cause) {
    if (cause instanceof RecipeError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && bundledRecipes().includes(path)) return readRecipe(join(bundled, `${path}.json`));
    throw new RecipeError('the recipe cannot be read', {
      where: path,
      expected: `a JSON file, or one of ${bundledRecipes().join(', ')}`,
      got: isMissing ? 'no such file' : (cause as Error).message,
      cure: 'The recipes that come with the package are in recipes/.',
    });
  }
}
