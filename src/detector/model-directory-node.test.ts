import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { readSafetensors, writeSafetensors } from '../weights/safetensors-node.ts';
import { withSpaceIds } from './descriptors.ts';
import { createDetector } from './detector-node.ts';
import { readModel, writeModel } from './model-directory-node.ts';

let root = '';
let directory = '';
const parts = tinyParts();
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'model-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  directory = join(root, 'tiny');
  await rm(directory, { recursive: true, force: true });
  await writeModel(directory, { ...parts, name: 'tiny', minScore: 0.3, recipe: { steps: 3 }, metrics: { AP50: 0.5 } });
});

async function editJson(edit: (json: Record<string, unknown>) => void): Promise<void> {
  const path = join(directory, 'model.json');
  const json = JSON.parse(await readFile(path, 'utf8'));
  edit(json);
  await writeFile(path, JSON.stringify(json));
}

async function editWeights(edit: (tensors: Map<string, Tensor>) => void): Promise<void> {
  const path = join(directory, 'weights.safetensors');
  const { tensors } = await readSafetensors(path);
  edit(tensors);
  await writeSafetensors(path, tensors);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);
const failure = (code: string, text: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(text) });
const classifier = 'roi_heads.box_predictor.cls_score.weight';

describe('a model directory', () => {
  test('holds five files and comes back as it was', async () => {
    expect((await readdir(directory)).sort()).toEqual([
      'README.md',
      'metrics.json',
      'model.json',
      'recipe.json',
      'weights.safetensors',
    ]);
    const model = await readModel(directory);
    expect(model).toMatchObject({
      name: 'tiny',
      minScore: 0.3,
      calibration: { scale: 1, shift: 0 },
      preprocessing: parts.preprocessing,
    });
    expect(model.config).toEqual(tinyConfig);
    expect(model.descriptors.garment).toMatchObject({ kind: 'regions', maps: ['C3', 'C4', 'C5'], keptMaps: ['C3'] });
    expect(model.descriptors.paper).toMatchObject({ kind: 'picture', map: 'P6', side: 64 });
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toContain('| AP50 | 0.5 |');
  });

  test('stored whole, the weights are equal; in halves, answers are nearly so and the spaces the same', async () => {
    const whole = join(root, 'whole');
    await writeModel(whole, { ...parts, name: 'tiny', precision: 'float32' });
    const [exact, halved] = await Promise.all([readModel(whole), readModel(directory)]);
    for (const [name, { data }] of parts.parameters) {
      expect(Buffer.compare(bytesOf(exact.parameters.get(name)!.data), bytesOf(data)), name).toBe(0);
    }
    expect(halved.descriptors).toEqual(exact.descriptors);
    expect(halved.modelId).not.toBe(exact.modelId);
    const detectors = await Promise.all([exact, halved].map((model) => createDetector(model)));
    const [a, b] = await Promise.all(detectors.map((detector) => detector.detect(tinyPhoto(3))));
    for (const detector of detectors) await detector.release();
    expect(b!.detections.scores[0]).toBeCloseTo(a!.detections.scores[0], 1);
  });

  test('written twice, gives the same id; the name alone changes it', async () => {
    const { modelId } = await readModel(directory);
    await writeModel(directory, { ...parts, name: 'tiny', minScore: 0.3 });
    expect((await readModel(directory)).modelId).toBe(modelId);
    await writeModel(directory, { ...parts, name: 'tinier', minScore: 0.3 });
    expect((await readModel(directory)).modelId).not.toBe(modelId);
    expect((await readdir(root)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  test('a space depends on preprocessing and the layers it is read from, not on the last layers or classes', async () => {
    const { descriptors } = await readModel(directory);
    const others = join(root, 'others');
    const parameters = new Map(parts.parameters);
    const shifted = (name: string) => {
      const { data, ...rest } = parameters.get(name)!;
      parameters.set(name, { ...rest, data: data.map((value) => value + 0.5) });
    };
    shifted(classifier);
    await writeModel(others, { ...parts, parameters, name: 'head' });
    expect((await readModel(others)).descriptors).toEqual(descriptors);
    shifted('fpn.inner_blocks.0.0.weight');
    await writeModel(others, { ...parts, parameters, name: 'pyramid' });
    const pyramid = (await readModel(others)).descriptors;
    expect(pyramid.garment!.spaceId).not.toBe(descriptors.garment!.spaceId);
    expect(pyramid.paper!.spaceId).not.toBe(descriptors.paper!.spaceId);
    shifted('roi_heads.box_head.fc6.weight');
    await writeModel(others, { ...parts, parameters, name: 'hidden' });
    const hidden = (await readModel(others)).descriptors;
    expect(hidden.garment!.spaceId).not.toBe(pyramid.garment!.spaceId);
    expect(hidden.paper).toEqual(pyramid.paper);
    shifted('trunk.conv_stem.weight');
    await writeModel(others, { ...parts, parameters, name: 'trunk' });
    expect((await readModel(others)).descriptors.garment!.spaceId).not.toBe(descriptors.garment!.spaceId);
    const preprocessing = { ...parts.preprocessing, resize: { kind: 'long-side', longSide: 64 } } as const;
    await writeModel(others, { ...parts, preprocessing, name: 'smaller' });
    const smaller = (await readModel(others)).descriptors;
    expect(smaller.garment!.spaceId).not.toBe(descriptors.garment!.spaceId);
    expect(smaller.paper!.spaceId).toBe(descriptors.paper!.spaceId);
  });

  test('calibrations are kept, except where the vectors became others', async () => {
    const calibration = { strong: 0.8, fair: 0.6, pairs: 100, source: 'by hand' };
    const { descriptors } = await readModel(directory);
    await writeModel(directory, {
      ...parts,
      name: 'tiny',
      descriptors: { ...descriptors, garment: { ...descriptors.garment!, calibration } },
    });
    const measured = (await readModel(directory)).descriptors;
    expect(measured.garment).toEqual({ ...descriptors.garment, calibration });
    const parameters = new Map(parts.parameters);
    const { data, ...rest } = parameters.get('trunk.conv_stem.weight')!;
    parameters.set('trunk.conv_stem.weight', { ...rest, data: data.map((value) => value + 0.5) });
    await writeModel(directory, { ...parts, parameters, name: 'tiny', descriptors: measured });
    const moved = (await readModel(directory)).descriptors;
    expect(moved.garment).toMatchObject({ kind: 'regions' });
    expect(moved.garment!.calibration).toBeUndefined();
  });

  test('the ids of spaces are part of the format: models and stores that exist state them', async () => {
    const definitions: Parameters<typeof withSpaceIds>[0] = {
      garment: { kind: 'regions', maps: ['C5', 'P3'], size: 2, samplingRatio: 1 },
      paper: { kind: 'picture', map: 'P3', side: 32 },
    };
    const { config, preprocessing, parameters } = parts;
    const { garment, paper } = await withSpaceIds(definitions, config, preprocessing, parameters);
    expect([garment!.spaceId, paper!.spaceId], 'another id: models that exist cannot be opened any more').toEqual([
      'ae31a706527b36d0a6544c4da4931011',
      '88a509b03f47a36a938bacf86de959bd',
    ]);
  });

  test('does not overwrite a folder of something else', async () => {
    const folder = join(root, 'photos');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'photo.jpg'), 'x');
    await expect(writeModel(folder, { ...parts, name: 'tiny' })).rejects.toEqual(
      failure('model-damaged', /not a model directory/),
    );
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  test('what cannot be written leaves the old model', async () => {
    const before = await readModel(directory);
    const parameters = new Map(parts.parameters).set('__proto__', parts.parameters.get(classifier)!);
    await expect(writeModel(directory, { ...parts, parameters, name: 'broken' })).rejects.toThrow(/__proto__/);
    expect((await readModel(directory)).modelId).toBe(before.modelId);
    expect((await readdir(root)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

describe('a model directory that cannot be used says why', () => {
  test('missing files', async () => {
    await expect(readModel(join(root, 'nowhere'))).rejects.toEqual(
      failure('model-missing', /no model\.json.*Check the path/),
    );
    await rm(join(directory, 'weights.safetensors'));
    await expect(readModel(directory)).rejects.toEqual(failure('model-missing', /no weights\.safetensors/));
  });

  test('a newer version, or unknown keys of one', async () => {
    await editJson((json) => {
      json.embedding = {};
    });
    await expect(readModel(directory)).rejects.toEqual(failure('model-newer', /unknown here: embedding.*update/));
    await editJson((json) => {
      json.formatVersion = 2;
    });
    await expect(readModel(directory)).rejects.toEqual(failure('model-newer', /expected formatVersion 1; got 2/));
  });

  test('an unknown key of the architecture, an unknown trunk', async () => {
    await editJson((json) => {
      (json.architecture as Record<string, unknown>).masks = true;
    });
    await expect(readModel(directory)).rejects.toEqual(failure('detector-config-invalid', /masks/));
    await editJson((json) => {
      json.architecture = { ...(json.architecture as object), masks: undefined, trunk: 'lite9' };
    });
    await expect(readModel(directory)).rejects.toEqual(failure('model-newer', /lite9.*expected one of lite0/));
  });

  test('text that is not JSON, or repeats a key', async () => {
    await writeFile(join(directory, 'model.json'), '{"name": ');
    await expect(readModel(directory)).rejects.toEqual(failure('model-damaged', /model\.json: is not JSON/));
    await writeFile(join(directory, 'model.json'), '{"name": "a", "name": "b"}');
    await expect(readModel(directory)).rejects.toEqual(failure('model-damaged', /"name" twice/));
  });

  test('a missing tensor, a wrong shape, another class list', async () => {
    await editJson((json) => {
      json.classes = ['tee', 'trousers'];
    });
    await expect(readModel(directory)).rejects.toEqual(
      failure('parameters-mismatch', /cls_score.*expected .*\[3,16\]; got .*\[4,16\].*class list/),
    );
    await editJson((json) => {
      json.classes = ['tee', 'trousers', 'hat'];
    });
    await editWeights((tensors) =>
      tensors.set(classifier, { dtype: 'float32', shape: [64], data: new Float32Array(64) }),
    );
    await expect(readModel(directory)).rejects.toEqual(
      failure('parameters-mismatch', /cls_score\.weight.*got .*\[64\]/),
    );
    await editWeights((tensors) => tensors.delete(classifier));
    await expect(readModel(directory)).rejects.toEqual(failure('parameters-mismatch', /cls_score\.weight is missing/));
  });

  test('an absurd header, a cut file', async () => {
    const path = join(directory, 'weights.safetensors');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    await expect(readModel(directory)).rejects.toEqual(failure('safetensors-invalid', /offsets leave the file/));
    bytes.fill(0xff, 0, 8);
    await writeFile(path, bytes);
    await expect(readModel(directory)).rejects.toEqual(failure('safetensors-invalid', /header length is absurd/));
  });

  test('weights of another model beside the description', async () => {
    await editWeights((tensors) => (tensors.get('trunk.bn1.bias')!.data as Float32Array).fill(1));
    await expect(readModel(directory)).rejects.toEqual(failure('model-space', /garment is not that of these weights/));
  });

  test('scores for some classes only', async () => {
    await editJson((json) => {
      json.minScore = { tee: 0.5, hat: 0.4 };
    });
    await expect(readModel(directory)).rejects.toEqual(failure('model-damaged', /minScore and classes disagree/));
  });
});
