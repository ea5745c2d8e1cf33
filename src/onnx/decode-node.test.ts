import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../tests/golden/expect-close.ts';
import { float32, tensor } from '../tensor/tensor.ts';
import { openOnnx, readOnnx } from './decode-node.ts';
import { MessageWriter } from './protobuf-writer.ts';

const goldenFile = (name: string) => fileURLToPath(new URL(`../../tests/golden/${name}`, import.meta.url));
const golden = JSON.parse(await readFile(goldenFile('pytorch-net.json'), 'utf8'));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

const failure = (code: string, text: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(text) });

describe.each(['pytorch-net.onnx', 'pytorch-net-external.onnx'])('%s, exported by PyTorch', (name) => {
  test('lists what it holds', async () => {
    const file = await readOnnx(goldenFile(name));
    expect(file.producer).toBe('pytorch');
    expect(file.opsets.get('')).toBe(18);
    expect(file.inputs).toEqual([{ name: 'pixels', elementType: 1, shape: [1, 3, 'height', 'width'] }]);
    expect(file.outputs.map((output) => output.name)).toEqual(['features', 'means']);
    expect(file.nodes.map(({ op }) => op).filter((op) => op !== 'Constant')).toEqual([
      'Conv',
      'Clip',
      'Conv',
      'ReduceMean',
    ]);
    expect(file.nodes[0].attributes).toMatchObject({ strides: [2, 2], pads: [1, 1, 1, 1], group: 1 });
    expect(file.metadata.get('classes')).toBe('["tee", "hat"]');
  });

  test('gives its weights as PyTorch has them', async () => {
    const { tensors } = await readOnnx(goldenFile(name));
    for (const [weight, values] of Object.entries(golden.weights)) {
      expectClose(Array.from(tensors.get(weight)!.data, Number), values as number[], 0, golden);
    }
  });

  test('answers as PyTorch does', async () => {
    const session = await openOnnx(goldenFile(name));
    const { features, means } = await session.run({ pixels: float32(golden.pixels, [1, 3, 8, 10]) });
    await session.release();
    expectClose(features!.data as Float32Array, golden.features, 1e-5, golden);
    expectClose(means!.data as Float32Array, golden.means, 1e-5, golden);
  });
});

/** A file with one tensor whose data are elsewhere. */
function externalFile(entries: Readonly<Record<string, string>>, elementType = 1): Uint8Array {
  const stored = new MessageWriter().varint(1, 4).varint(2, elementType).text(8, 'w').varint(14, 1);
  for (const [key, value] of Object.entries(entries))
    stored.message(13, new MessageWriter().text(1, key).text(2, value));
  return new MessageWriter().varint(1, 9).message(7, new MessageWriter().message(5, stored)).finish();
}

describe('weights in another file', () => {
  const path = () => join(folder, 'in', 'model.onnx');
  beforeAll(async () => {
    await mkdir(join(folder, 'in'), { recursive: true });
    await writeFile(join(folder, 'secret'), Buffer.alloc(16));
    await writeFile(join(folder, 'in', 'w.bin'), new Uint8Array(Float32Array.of(9, 1, 2, 3, 4).buffer));
  });

  test('are read from their offset', async () => {
    await writeFile(path(), externalFile({ location: './w.bin', offset: '4', length: '16' }));
    expect((await readOnnx(path())).tensors.get('w')).toEqual(tensor('float32', [4], Float32Array.of(1, 2, 3, 4)));
  });

  test.each(['../secret', '/etc/passwd', 'x/../../secret', '..\\secret', 'C:secret', '.', ''])(
    'are refused at %j',
    async (location) => {
      await writeFile(path(), externalFile({ location }));
      await expect(readOnnx(path())).rejects.toEqual(failure('onnx-external-data', /outside its folder|names none/));
      await expect(openOnnx(path())).rejects.toEqual(failure('onnx-external-data', /outside its folder|names none/));
      const bfloat16 = 16;
      await writeFile(path(), externalFile({ location }, bfloat16));
      await expect(openOnnx(path())).rejects.toEqual(failure('onnx-external-data', /outside its folder|names none/));
    },
  );

  test('are refused behind a link that leads out of the folder', async () => {
    await symlink(join(folder, 'secret'), join(folder, 'in', 'link'));
    await writeFile(path(), externalFile({ location: 'link' }));
    await expect(readOnnx(path())).rejects.toEqual(failure('onnx-external-data', /outside its folder/));
  });

  test('are refused from within a subgraph too', async () => {
    const model = externalFile({ location: '../secret' });
    // The same graph as the body of an operator: model > graph > node > attribute > graph.
    const body = new MessageWriter()
      .bytes(6, model.subarray(model.indexOf(0x3a) + 2))
      .varint(20, 5)
      .text(1, 'body');
    const node = new MessageWriter().text(4, 'Loop').message(5, body);
    await writeFile(path(), new MessageWriter().message(7, new MessageWriter().message(1, node)).finish());
    await expect(openOnnx(path())).rejects.toEqual(failure('onnx-external-data', /outside its folder/));
  });

  test('must be there, and as many as the shape says', async () => {
    await writeFile(path(), externalFile({ location: 'none.bin' }));
    await expect(readOnnx(path())).rejects.toEqual(failure('onnx-missing', /file with its data is missing/));
    for (const place of [{ offset: '8' }, { length: '20' }, { offset: '999999999999999' }]) {
      await writeFile(path(), externalFile({ location: 'w.bin', ...place }));
      await expect(readOnnx(path())).rejects.toEqual(failure('onnx-external-data', /does not fit/));
    }
    await writeFile(path(), externalFile({ location: 'w.bin', offset: '-4' }));
    await expect(readOnnx(path())).rejects.toEqual(failure('onnx-external-data', /no usable place.*got -4/));
  });

  test('of an export that was moved without them are missed', async () => {
    const alone = join(folder, 'alone.onnx');
    await copyFile(goldenFile('pytorch-net-external.onnx'), alone);
    await expect(openOnnx(alone)).rejects.toEqual(
      failure('onnx-missing', /pytorch-net-external\.data.*Copy all files/),
    );
  });
});

test('a path without a file', async () => {
  await expect(readOnnx(join(folder, 'none.onnx'))).rejects.toEqual(failure('onnx-missing', /no such file/));
});
