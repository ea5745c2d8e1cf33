/** @file Where two recipes differ, in words: why a run or a sweep cannot go on with another one. */

/** Settings that differ, remarks aside: `learningRate 0.01, augmentation.flip none`, the same paths in both. */
export interface RecipeDifference {
  readonly expected: string;
  readonly got: string;
}

/** What decides no weight. */
const remarks: ReadonlySet<string> = new Set(['description', 'notes']);

/** @returns null where the recipes train the same */
export function recipeDifference(expected: object, got: object): RecipeDifference | null {
  const [wanted, given] = [settingsOf(expected), settingsOf(got)];
  const paths = [...new Set([...wanted.keys(), ...given.keys()])].filter(
    (path) => wanted.get(path) !== given.get(path),
  );
  if (paths.length === 0) return null;
  const describe = (settings: ReadonlyMap<string, string>) =>
    paths.map((path) => `${path} ${settings.get(path) ?? 'none'}`).join(', ');
  return { expected: describe(wanted), got: describe(given) };
}

/** The JSON of each setting by its path; lists are one setting. */
function settingsOf(recipe: object): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const walk = (value: object, prefix: string) => {
    for (const [key, each] of Object.entries(value)) {
      if (prefix === '' && remarks.has(key)) continue;
      const path = `${prefix}${key}`;
      if (typeof each === 'object' && each !== null && !Array.isArray(each)) walk(each, `${path}.`);
      else if (each !== undefined) settings.set(path, JSON.stringify(each));
    }
  };
  walk(recipe, '');
  return settings;
}
