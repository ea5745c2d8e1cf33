import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyConfig, tinyParts, tinyPhoto } from '../../tests/tiny-detector.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { decodeOnnx } from '../onnx/decode.ts';
import { openSession } from '../onnx/session-node.ts';
import { exportModel } from './export-model.ts';

let folder = '';
const model = () => join(folder, 'model');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
  await writeModel(model(), { ...tinyParts(), name: 'tiny' });
});
afterAll(() => rm(folder, { recursive: true }));

async function pictureOf(seed: number): Promise<Uint8Array> {
  const { width, height, pixels } = tinyPhoto(seed);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('exporting a model', () => {
  test('gives a file that answers as the model does, with batch norm folded', async () => {
    const file = join(folder, 'model.onnx');
    const report = await exportModel(model(), file, await pictureOf(3));
    expect(report.comparedDetections).toBeGreaterThan(2);
    const bytes = await readFile(file);
    expect(bytes.length).toBe(report.bytes);
    const { nodes, initialisers, metadata } = decodeOnnx(bytes);
    // A norm that was left would be worked out before its convolution.
    const convolutions = nodes.filter(({ op }) => op === 'Conv');
    expect(convolutions.length).toBeGreaterThan(50);
    expect(convolutions.every(({ inputs }) => inputs.slice(1).every((name) => initialisers.has(name)))).toBe(true);
    expect(metadata.get('classes')).toBe(JSON.stringify(tinyConfig.classes));
    expect(metadata.get('spaceId')).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(metadata.get('preprocessing')!)).toEqual(tinyParts().preprocessing);
    const session = await openSession(bytes);
    expect([...session.inputNames].sort()).toEqual(['imageSizes', 'pixels']);
    await session.release();
  });

  test('draws a photo to compare on where none is given', async () => {
    // The folder is made.
    const report = await exportModel(model(), join(folder, 'new', 'place', 'drawn.onnx'));
    expect(report.comparedDetections).toBeGreaterThan(0);
  });

  test('names a photo that is not there, and a place that cannot be written to', async () => {
    const file = join(folder, 'model.onnx');
    await expect(exportModel(model(), file, join(folder, 'none.png'))).rejects.toMatchObject({ code: 'image-missing' });
    await writeFile(join(folder, 'a-file'), '');
    const refused = exportModel(model(), join(folder, 'a-file', 'model.onnx'));
    await expect(refused).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining('--out'),
    });
    await expect(refused).rejects.not.toThrow('.unfinished');
    for (const place of [folder, join(folder, 'new/')]) {
      await expect(exportModel(model(), place)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(/expected the name of a file; got a folder. Try --out .*model.onnx/),
      });
    }
  });

  test('writes nothing that was not compared', async () => {
    const silent = join(folder, 'silent');
    const { config, ...rest } = tinyParts();
    await writeModel(silent, {
      ...rest,
      config: { ...config, boxHead: { ...config.boxHead, scoreThreshold: 1 } },
      name: 'silent',
    });
    await expect(exportModel(silent, join(folder, 'silent.onnx'))).rejects.toThrow(
      /finds nothing on the test photo.*--photo/,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('silent.onnx'))).toEqual([]);
  });
});
