import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { parseRecipe } from '../training/recipe.ts';
import { train } from '../training/train-node.ts';

let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-train-command-'));
  data = await writeTinyDataset(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a run says what it took from the model that it starts from, and what is new', async () => {
  const tiny = tinyRecipe({ steps: 1 });
  const out = join(folder, 'first');
  const from = { tensors: new Map(), classes: null };
  await train({ recipe: parseRecipe(tiny, 'tiny'), data: [{ directory: data, weight: 1 }], out, from, resume: false });
  // Another length of the box head's hidden layer: its own tensors and the weights after it do not fit.
  const recipe = join(folder, 'other.json');
  const detector = { ...(tiny.detector as object), boxHead: { hidden: [24], batchSize: 16 } };
  await writeFile(recipe, JSON.stringify({ ...tiny, detector }));

  const entry = `
    import { run } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
    await run(['node', 'deepshop', 'train', ...process.argv.slice(1)]);
  `;
  const argv = ['--recipe', recipe, '--data', data, '--out', join(folder, 'second'), '--from', join(out, 'last')];
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', entry, '--', ...argv],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  expect(stderr).toContain(
    `256 of 260 tensors taken from ${join(out, 'last')}; 4 initialised afresh: roi_heads.box_head.fc6.weight, ` +
      'roi_heads.box_head.fc6.bias, roi_heads.box_predictor.cls_score.weight, ...\n',
  );
}, 120_000);
