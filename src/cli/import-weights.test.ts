import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readModel } from '../detector/model-directory-node.ts';
import { initialParameters, ParameterScope } from '../nn/parameters.ts';
import { trunks } from '../nn/trunks/trunk.ts';
import { float32 } from '../tensor/tensor.ts';
import { writeSafetensors } from '../weights/safetensors-node.ts';
import { importWeightsCommand } from './import-weights.ts';

let folder = '';
const at = (name: string) => join(folder, name);
const scope = ParameterScope.root();
trunks.lite0.build(scope, { padding: 'same' });
const trunk = initialParameters(scope.specs, 5);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  await writeSafetensors(at('lite0.safetensors'), new Map([...trunk, ['classifier.bias', float32([1, 2])]]));
  await writeSafetensors(at('odd.safetensors'), new Map([...trunk, ['neck.weight', float32([1, 2])]]));
  await writeFile(at('classes.json'), '["tee", "skirt"]');
  await writeFile(at('classes.txt'), 'tee\n\n skirt \n');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** What the command prints. */
async function importWeights(...argv: string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  const command = importWeightsCommand().exitOverride();
  await command.configureOutput({ writeErr: () => {} }).parseAsync(argv, { from: 'user' });
  return printed.join('');
}

describe('importing a trunk', () => {
  test('makes a model directory with its numbers, and says what the rest is', async () => {
    const argv = [at('lite0.safetensors'), '--arch', 'lite0', '--classes', at('classes.json'), '--strict'];
    const report = await importWeights(...argv, '--out', at('model'));
    expect(report).toMatch(/safetensors, timm's names, a trunk alone/);
    expect(report).toMatch(/trunk +240 +0 +0 +0\n/);
    expect(report).toMatch(/set aside:\n {2}1 array: ImageNet's classifier \(classifier\.bias\)/);
    const model = await readModel(at('model'));
    expect(model.config).toMatchObject({ trunk: 'lite0', trunkPadding: 'same', classes: ['tee', 'skirt'] });
    // Random heads find things everywhere: they are not shown.
    expect(model.minScore).toBe(1);
    const stem = model.parameters.get('trunk.conv_stem.weight')!.data;
    expect(stem).toEqual(trunk.get('conv_stem.weight')!.data);
  });

  test('--json says it as one document', async () => {
    const argv = [at('odd.safetensors'), '--arch', 'lite0', '--classes', at('classes.txt'), '--out', at('json')];
    const report = JSON.parse(await importWeights(...argv, '--json'));
    expect(report).toMatchObject({ naming: 'timm', kind: 'trunk', missing: [] });
    expect(report.leftOver).toEqual([{ theirs: 'neck.weight', shape: [2], why: 'no such parameter here' }]);
    expect(report.matched).toHaveLength(240);
    expect(report.architecture.classes).toEqual(['tee', 'skirt']);
  });
});

describe('refuses', () => {
  test('what is left over, with --strict, and writes nothing', async () => {
    const strict = importWeights(at('odd.safetensors'), '--arch', 'lite0', '--strict', '--out', at('strict'));
    await expect(strict).rejects.toThrow(/1 left over \(neck\.weight\).*Nothing was written/);
    expect(await readdir(folder)).not.toContain('strict');
  });

  test('another architecture, and names it', async () => {
    const wrong = importWeights(at('lite0.safetensors'), '--arch', 'r50', '--out', at('wrong'));
    await expect(wrong).rejects.toThrow(/the trunk is no r50.*give --arch lite0/);
  });

  test('a pickle that imports something, by its name', async () => {
    await writeFile(at('evil.pth'), 'cos\nsystem\n(Vtouch owned\ntR.');
    const evil = importWeights(at('evil.pth'), '--arch', 'r50', '--out', at('evil'));
    await expect(evil).rejects.toThrow(/evil\.pth: tries to import what is not allowed here: os\.system/);
  });

  test('a list of classes that is none', async () => {
    await writeFile(at('none.json'), '[1, 2]');
    const listed = importWeights(
      at('lite0.safetensors'),
      '--arch',
      'lite0',
      '--classes',
      at('none.json'),
      '--out',
      at('x'),
    );
    await expect(listed).rejects.toThrow(/none\.json: is no list of classes/);
  });
});
