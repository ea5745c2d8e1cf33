import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { readModel, writeModel } from '../detector/model-directory-node.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { calibrateCommand } from './calibrate.ts';
import { evaluateRetrievalCommand } from './evaluate-retrieval.ts';
import { exportModel } from './export-model.ts';
import { trainVectorCommand } from './train-vector.ts';

let folder = '';
let data = '';
let [model, out] = ['', ''];
const run = (command: ReturnType<typeof trainVectorCommand>, args: readonly string[]) =>
  captureOutput(() => command.exitOverride().parseAsync([...args], { from: 'user' }));
const train = (to: string) =>
  run(trainVectorCommand(), [
    ...['--model', model, '--data', data, '--out', to, '--views', '1', '--steps', '2', '--dimension', '8', '--json'],
  ]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vector-'));
  const set = await writeLabelledPhotos(join(folder, 'photos'), { count: 18 });
  data = join(folder, 'data');
  await prepareCoco({ ...set, out: data });
  model = join(folder, 'model');
  const config = { ...tinyConfig, classes: ['coat', 'odd', 'top'] };
  const { classes } = JSON.parse(await readFile(join(data, 'dataset.json'), 'utf8'));
  await writeModel(model, {
    ...tinyParts(),
    config: { ...config, classes },
    name: 'tiny',
    minScore: 0.05,
    recipe: { steps: 1 },
  });
  out = join(folder, 'out');
  await train(out);
});
afterAll(() => rm(folder, { recursive: true }));

test('the detector stays as it is; the vector is another, and the card says where it comes from', async () => {
  const [before, after] = await Promise.all([readModel(model), readModel(out)]);
  expect(after.descriptors.garment).toMatchObject({ kind: 'learned', dimension: 8 });
  expect(after.descriptors.paper!.spaceId).toBe(before.descriptors.paper!.spaceId);
  for (const [name, { data: values }] of before.parameters) expect(after.parameters.get(name)!.data).toEqual(values);
  expect(await readFile(join(out, 'recipe.json'), 'utf8')).toContain('"steps": 1');
  expect(await readFile(join(out, 'README.md'), 'utf8')).toMatch(/## Garment vector\n\n8 numbers.*\n\n## Matches/s);
  const photo = tinyPhoto(3);
  const [one, other] = await Promise.all([openEngine(model), openEngine(out)]);
  expect(await other.detect(photo)).toEqual(await one.detect(photo));
  const { detections } = await other.analyse(photo, { descriptor: 'garment' });
  const drawn = await other.embedBoxes(
    photo,
    detections.map(({ box }) => box),
    'garment',
  );
  expect(detections.length).toBeGreaterThan(0);
  for (const [index, { vector }] of detections.entries()) {
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    for (const [at, value] of vector.entries()) expect(drawn[index][at]).toBeCloseTo(value, 5);
  }
  await Promise.all([one.release(), other.release()]);
});

test('the same command gives the same bits', async () => {
  const again = join(folder, 'again');
  await train(again);
  for (const file of ['weights.safetensors', 'model.json', 'README.md']) {
    expect(Buffer.compare(await readFile(join(again, file)), await readFile(join(out, file))), file).toBe(0);
  }
});

test('the exported file has the vectors, and they are those of the model', async () => {
  const file = join(folder, 'tiny.onnx');
  // Compares its own vectors with the model's before it is written.
  await exportModel(out, file);
  expect((await readFile(file)).includes('garment_vector.joined.weight')).toBe(true);
});

test('evaluate retrieval names its gallery and gives every figure with an interval', async () => {
  const args = ['--model', out, '--data', data, '--part', 'val', '--queries', '4', '--bootstrap', '20'];
  const report = JSON.parse((await run(evaluateRetrievalCommand(), [...args, '--json'])).out);
  expect(report.gallery).toMatch(/^6 items, one a photo: every photo of .*\(val\)/);
  expect(report.test).toMatch(/^[0-9a-f]{64}$/);
  expect(report).toMatchObject({ untrained: null, chance: { 'recall@1': 1 / 6, 'recall@10': 1 } });
  const names = report.results.map(
    ({ descriptor, box }: { descriptor: string; box: string }) => `${descriptor} ${box}`,
  );
  expect(names).toEqual([
    ...[
      'garment given',
      'garment detected',
      'garment listed',
      'garment whole',
      'colour histogram given',
      'colour histogram detected',
    ],
    'paper whole',
  ]);
  for (const { figures, intervals, queries } of report.results) {
    expect(queries).toBe(4);
    expect((figures['recall@1'] * 4) % 1).toBe(0);
    expect(intervals['recall@1'][0]).toBeLessThanOrEqual(figures['recall@1']);
  }
  const { out: text } = await run(evaluateRetrievalCommand(), args);
  expect(text).toContain('difficulty: not measured of this gallery and these queries; --trunk-weights');
  expect(text).toMatch(/^garment, given +\d\.\d{3} \(/m);
});

test('calibrate refuses a set without masks, and evaluate retrieval one without anything to look for', async () => {
  const set = await writeLabelledPhotos(join(folder, 'bare'), { count: 12 });
  const bare = join(folder, 'bare-data');
  await prepareCoco({ annotations: set.annotations, images: set.images, out: bare });
  const args = ['--model', out, '--data', bare, '--out', join(folder, 'none')];
  await expect(run(calibrateCommand(), args)).rejects.toThrow(/no photo shows one whole garment with a mask/);
  await expect(run(evaluateRetrievalCommand(), ['--model', out])).rejects.toThrow(/--data DIR, or --query-set/);
});
