/** @file The layers of `src/`, and the rules that keep imports going downward and Node at the edge. */

/**
 * From the lowest up. Folders of one layer may use each other.
 * ARCHITECTURE.md says what each is.
 */
export const layers: readonly (readonly string[])[] = [
  ['errors', 'random', 'text'],
  ['api'],
  ['client'],
  ['files', 'concurrency'],
  ['tensor'],
  ['graph'],
  ['onnx'],
  ['weights'],
  ['nn'],
  ['boxes', 'image'],
  ['detector'],
  ['baseline'],
  ['dataset'],
  ['evaluation'],
  ['training'],
  ['embedding'],
  ['catalogue'],
  ['stores'],
  ['retrieval'],
  ['report'],
  ['studio'],
  ['server'],
  ['cli'],
  ['web'],
];

/** Below `cli`, only these files know Node. */
const nodeFiles = ['**/*-node.ts', '**/*.test.ts', 'src/stores/lance-columns.ts'];

/** `biome.layers.json`, which `biome.json` extends. */
export function describeLayerRules(): string {
  const upward = layers.slice(0, -1).map((folders, index) => {
    const group = layers.slice(index + 1).flatMap((higher) => higher.map((folder) => `**/${folder}/**`));
    const message = 'Imports go downward only: see the layers in ARCHITECTURE.md.';
    return override(
      folders.map((folder) => `src/${folder}/**`),
      { style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } } },
    );
  });
  const browser = override(['src/**', '!src/cli/**', ...nodeFiles.map((pattern) => `!${pattern}`)], {
    correctness: { noNodejsModules: 'error' },
  });
  const group = ['**/*-node.ts'];
  const message = 'This runs in a browser: only files without Node may be reached from it.';
  const web = override(['src/web/**', '!**/*.test.ts'], {
    style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } },
  });
  return `${JSON.stringify({ overrides: [...upward, browser, web] }, null, 1)}\n`;
}

function override(includes: readonly string[], rules: object) {
  return { includes, linter: { rules } };
}
