import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenSource } from '../../tests/golden/expect-close.ts';
import type { BoxTuple } from '../boxes/boxes.ts';
import { div, mean, mul } from '../graph/arithmetic.ts';
import { reshape } from '../graph/layout.ts';
import { input, UNKNOWN, type Value } from '../graph/value.ts';
import type { Photo } from '../image/photo.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { openEncoder, writeEncoderCalibration } from './encoder-node.ts';

const goldenFile = (name: string) => new URL(`../../tests/golden/${name}`, import.meta.url);
const golden: GoldenSource & {
  readonly photo: { readonly width: number; readonly height: number };
  readonly cases: readonly {
    readonly box: BoxTuple;
    readonly given: Record<string, unknown>;
    readonly vector: readonly number[];
  }[];
} = JSON.parse(await readFile(goldenFile('encoder.json'), 'utf8'));
const given: Record<string, unknown> = JSON.parse(await readFile(goldenFile('encoder/encoder.json'), 'utf8'));

/** The same as in the generator. */
const photo: Photo = {
  ...golden.photo,
  pixels: Uint8Array.from({ length: 3 * golden.photo.width * golden.photo.height }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % golden.photo.width, Math.floor(at / (3 * golden.photo.width))];
    return (x * 7 + y * 3 + (at % 3) * 60 + ((x * y) % 29)) % 256;
  }),
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encoder-'));
  await copyFile(goldenFile('encoder/encoder.onnx'), join(folder, 'encoder.onnx'));
  for (const name of ['pytorch-net-external.onnx', 'pytorch-net-external.data']) {
    await copyFile(goldenFile(name), join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The path of an `encoder.json` in the folder. */
async function describeEncoder(change: Record<string, unknown>): Promise<string> {
  const path = join(folder, 'encoder.json');
  await writeFile(path, JSON.stringify({ ...given, ...change }));
  return path;
}
const openWith = async (change: Record<string, unknown>) => openEncoder(await describeEncoder(change), { threads: 1 });

/** A graph of ours as the encoder's file: what it makes of pictures. */
async function writeGraph(vectorsOf: (pixels: Value) => Value, batch: number = UNKNOWN): Promise<string> {
  const pixels = input('pixels', 'float32', [batch, 3, 32, 24]);
  await writeFile(join(folder, 'own.onnx'), encodeOnnx({ outputs: { vectors: vectorsOf(pixels) } }).bytes);
  return 'own.onnx';
}
const averages = (pixels: Value) => mean(pixels, [2, 3]);

describe('vectors', () => {
  test.each(golden.cases.map((each, index) => [index, each] as const))(
    'are those of PyTorch: case %i',
    async (_, each) => {
      const encoder = await openWith(each.given);
      const [vector] = await encoder.encode(photo, [each.box]);
      expectClose(vector, each.vector, 1e-4, golden);
      await encoder.release();
    },
  );

  test('of boxes together are those of each alone, in order, more than one run holds too', async () => {
    const encoder = await openWith({});
    const boxes = Array.from(
      { length: 21 },
      (_, index): BoxTuple => [index, 2 * index, 20 + 2 * index, 30 + 2 * index],
    );
    const together = await encoder.encode(photo, boxes);
    expect(together).toHaveLength(21);
    for (const [index, box] of boxes.entries()) {
      expectClose(together[index], (await encoder.encode(photo, [box]))[0], 1e-5, golden);
    }
    expect(await encoder.encode(photo, [])).toEqual([]);
    await encoder.release();
  });

  test('of a file that takes one picture at a time come one by one', async () => {
    const boxes: BoxTuple[] = [
      [0, 0, 20, 20],
      [30, 30, 60, 70],
    ];
    const open = await openWith({ file: await writeGraph(averages), output: undefined });
    const wanted = await open.encode(photo, boxes);
    await open.release();
    const fixed = await openWith({ file: await writeGraph(averages, 1), output: undefined });
    expect(await fixed.encode(photo, boxes)).toEqual(wanted);
    expect(fixed.space.dimension).toBe(3);
    await fixed.release();
  });

  test('of whole photos are one for all boxes', async () => {
    const encoder = await openWith({ region: { kind: 'photo' } });
    const [one, other] = await encoder.encode(photo, [
      [0, 0, 9, 9],
      [20, 20, 50, 50],
    ]);
    expect(one).toEqual(other);
    expect(encoder.space.seesWholePhoto).toBe(true);
    await encoder.release();
  });

  test('keep their length where they are not normalised', async () => {
    const encoder = await openWith({
      ...{ file: await writeGraph(averages), output: undefined, mean: [0, 0, 0], std: [1, 1, 1] },
      ...{ normalise: false, metric: 'euclidean' },
    });
    const grey = { width: 4, height: 4, pixels: new Uint8Array(48).fill(51) };
    const [vector] = await encoder.encode(grey, [[0, 0, 4, 4]]);
    expectClose(vector, [0.2, 0.2, 0.2], 1e-6, golden);
    expect(encoder.space).toMatchObject({ descriptor: 'external', metric: 'euclidean', dimension: 3 });
    await encoder.release();
  });
});

describe('the space', () => {
  const idOf = async (change: Record<string, unknown>) => {
    const encoder = await openWith(change);
    await encoder.release();
    return encoder.space.spaceId;
  };

  test('is another where the vectors are, and only there', async () => {
    const id = await idOf({});
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    await copyFile(join(folder, 'encoder.onnx'), join(folder, 'moved.onnx'));
    const calibration = { strong: 0.9, fair: 0.5, pairs: 4, source: 'by hand' };
    expect(await idOf({ name: 'another', file: 'moved.onnx', calibration, layout: 'NCHW' })).toBe(id);
    for (const change of [{ std: [0.27, 0.26, 0.29] }, { fit: { kind: 'crop' } }, { metric: 'euclidean' }]) {
      expect(await idOf(change), JSON.stringify(change)).not.toBe(id);
    }
    const bytes = await readFile(join(folder, 'encoder.onnx'));
    // One bit of a weight: after a tensor's name come two bytes that say how long its numbers are.
    bytes[bytes.lastIndexOf('patches.bias') + 'patches.bias'.length + 2] ^= 1;
    await writeFile(join(folder, 'moved.onnx'), bytes);
    expect(await idOf({ file: 'moved.onnx' })).not.toBe(id);
  });

  test('counts weights in another file', async () => {
    const external = { file: 'pytorch-net-external.onnx', output: 'means', size: { height: 8, width: 10 } };
    const id = await idOf(external);
    const data = await readFile(join(folder, 'pytorch-net-external.data'));
    data[0] ^= 1;
    await writeFile(join(folder, 'pytorch-net-external.data'), data);
    expect(await idOf(external)).not.toBe(id);
  });

  test('has the calibration that was written into the file, which keeps all else', async () => {
    const path = await describeEncoder({});
    const calibration = { strong: 0.9, fair: 0.5, pairs: 4, source: 'by hand' };
    await writeEncoderCalibration(path, calibration);
    const encoder = await openEncoder(path);
    expect(encoder.space.calibration).toEqual(calibration);
    await encoder.release();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...given, calibration });
    await writeEncoderCalibration(path, null);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(given);
  });
});

describe('refused are', () => {
  test.each(['../outside.onnx', '/etc/passwd', 'x/../../outside.onnx', '..\\outside.onnx', 'C:outside.onnx', '.'])(
    'a file outside the folder: %j',
    async (file) => {
      await expect(openWith({ file })).rejects.toThrow(
        /encoder\.json, file: names a file outside its folder; expected/,
      );
    },
  );

  test('an ONNX file whose weights lie outside the folder', async () => {
    const bytes = await readFile(join(folder, 'pytorch-net-external.onnx'));
    const moved = Buffer.from(
      bytes.toString('latin1').replaceAll('pytorch-net-external.data', '../orch-net-external.data'),
      'latin1',
    );
    await mkdir(join(folder, 'in'), { recursive: true });
    await writeFile(join(folder, 'in', 'moved.onnx'), moved);
    await copyFile(goldenFile('pytorch-net-external.data'), join(folder, 'orch-net-external.data'));
    await expect(openWith({ file: 'in/moved.onnx', output: 'means' })).rejects.toThrow(
      /asks for data outside its folder/,
    );
  });

  test.each<[string, (pixels: Value) => Value, RegExp]>([
    [
      'a vector a place',
      (pixels) => reshape(pixels, [-1, 24, 96]),
      /output "vectors": does not give one vector a picture; expected float32 \[2, D\] for 2 pictures; got float32 \[2, 24, 96\]/,
    ],
    ['one vector of all pictures', (pixels) => reshape(pixels, [1, -1]), /got float32 \[1, 4608\]/],
    [
      'no numbers',
      (pixels) => div(averages(pixels), mul(averages(pixels), 0)),
      /expected finite numbers.*got (Infinity|NaN)/,
    ],
    ['zeros', (pixels) => mul(averages(pixels), 0), /expected finite numbers, not all of them 0; got zeros/],
  ])('%s', async (_, vectorsOf, message) => {
    await expect(openWith({ file: await writeGraph(vectorsOf), output: undefined })).rejects.toThrow(message);
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ output: undefined }, /which output is meant.*expected one of "vectors", "tokens"; got no "output"/],
    [{ output: 'embeds' }, /expected one of "vectors", "tokens"; got "embeds"/],
    [{ output: 'tokens' }, /got float32 \[2, 13, 16\]/],
    [{ input: 'images' }, /which input is meant.*expected one of "pixels"; got "images"/],
    [
      { size: { height: 24, width: 32 } },
      /input "pixels": .*expected float32 \[1 or any number, 3, 24, 32\]; got float32 \[batch, 3, 32, 24\]/,
    ],
    [{ layout: 'NHWC' }, /expected float32 \[1 or any number, 32, 24, 3\]/],
    [{ file: 'none.onnx' }, /the ONNX file of the encoder is missing; expected none\.onnx in its folder/],
    [{ file: 'encoder.json' }, /encoder\.json/],
  ])('what does not fit its file: %j', async (change, message) => {
    await expect(openWith(change)).rejects.toThrow(message);
  });

  test('a file that takes eight pictures at a time, and one that takes text as well', async () => {
    const eight = await writeGraph(averages, 8);
    await expect(openWith({ file: eight, output: undefined })).rejects.toThrow(/got float32 \[8, 3, 32, 24\]/);
    const text = await writeGraph((pixels) => mul(averages(pixels), input('text', 'float32', [1])));
    await expect(openWith({ file: text, output: undefined })).rejects.toThrow(
      /takes more than pictures; expected one input; got "(pixels|text)", "(pixels|text)"/,
    );
  });

  test('a path without a file, and a folder', async () => {
    await expect(openEncoder(join(folder, 'no.json'))).rejects.toThrow(
      /no\.json: there is no such file; expected an encoder/,
    );
    await expect(openEncoder(folder)).rejects.toThrow(/got a folder/);
    await expect(openEncoder(join(folder, 'encoder.onnx'))).rejects.toThrow(/is not JSON/);
  });
});
