/** @file An encoder on disk: `encoder.json`, its ONNX file, and the session that runs it. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { BoxTuple } from '../boxes/boxes.ts';
import { sortedKeys } from '../detector/descriptors.ts';
import type { MatchCalibration } from '../detector/match-calibration.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { pathInside } from '../files/path-inside-node.ts';
import type { Photo } from '../image/photo.ts';
import { type CheckedOnnx, checkOnnx, openOnnx } from '../onnx/decode-node.ts';
import type { SessionOptions } from '../onnx/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { plural } from '../text/plural.ts';
import { type EncoderDefinition, EncoderError, parseEncoder } from './encoder-definition.ts';
import { writeEncoderPixels } from './encoder-pixels.ts';
import { type EncoderPorts, encoderPorts } from './encoder-ports.ts';
import { createQueue } from './model-engine.ts';
import type { Encoder } from './with-encoder.ts';

/** A description beyond this is a mistake or an attack. */
const maxJsonBytes = 1_000_000;
/** Of the way from a definition and its file to vectors: raised when the same ones come to give other numbers. */
const encoderSpaceVersion = 1;
/** No store keeps longer vectors. */
const maxDimension = 65_536;

/**
 * Opens an encoder and runs it once, so that what it gives is known.
 *
 * @param path of its `encoder.json`
 * @throws EncoderError, OnnxFileError, SessionError saying what of it cannot be used
 */
export async function openEncoder(path: string, options: SessionOptions = {}): Promise<Encoder> {
  const definition = parseEncoder(await readText(path), path);
  const onnx = await checkOnnx(await fileInFolder(path, definition));
  const ports = encoderPorts(onnx.file, definition, onnx.path);
  const spaceId = await spaceIdOf(definition, onnx);
  const session = await openOnnx(onnx, options);
  const { layout, normalise, size, region } = definition;
  const inTurn = createQueue();

  /** Vectors of pictures that were drawn into a batch. */
  const run = async (pixels: Float32Array, count: number): Promise<Float32Array[]> => {
    const shape = layout === 'NCHW' ? [count, 3, size.height, size.width] : [count, size.height, size.width, 3];
    const feeds = { [ports.input]: { dtype: 'float32', shape, data: pixels } as const };
    const answer = await inTurn(() => session.run(feeds, [ports.output]));
    return vectorsOf(answer[ports.output], count, { where: onnx.path, output: ports.output, normalise });
  };
  const encode = async (photo: Photo, boxes: readonly BoxTuple[]): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < boxes.length; from += ports.batch) {
      const some = boxes.slice(from, from + ports.batch);
      const pixels = new Float32Array(3 * size.height * size.width * some.length);
      for (const [index, box] of some.entries()) writeEncoderPixels(photo, box, definition, pixels, index);
      vectors.push(...(await run(pixels, some.length)));
    }
    return vectors;
  };
  try {
    const dimension = await probe(ports, (boxes) => encode(greyPhoto, boxes));
    return {
      path,
      space: {
        ...{ descriptor: 'external', spaceId, dimension, metric: definition.metric },
        ...{ seesWholePhoto: region.kind === 'photo', calibration: definition.calibration },
      },
      async encode(photo, boxes) {
        if (region.kind === 'box' || boxes.length <= 1) return encode(photo, boxes);
        const [vector] = await encode(photo, boxes.slice(0, 1));
        return boxes.map(() => vector);
      },
      async release() {
        await inTurn(async () => {});
        await session.release();
      },
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** Keeps what was measured in the `encoder.json`; all else in it stays. */
export async function writeEncoderCalibration(path: string, calibration: MatchCalibration | null): Promise<void> {
  const text = await readText(path);
  parseEncoder(text, path);
  const { calibration: _, ...rest } = JSON.parse(text);
  const written = { ...rest, ...(calibration === null ? {} : { calibration }) };
  await writeFileAtomically(path, `${JSON.stringify(written, null, 2)}\n`);
}

const greyPhoto: Photo = { width: 2, height: 2, pixels: new Uint8Array(12).fill(128) };

/** How many numbers a vector has: of two pictures at once where the file takes two, so that one a picture is seen to come out. */
async function probe(
  { batch }: EncoderPorts,
  encode: (boxes: readonly BoxTuple[]) => Promise<readonly Float32Array[]>,
): Promise<number> {
  const box: BoxTuple = [0, 0, greyPhoto.width, greyPhoto.height];
  const [vector] = await encode(batch === 1 ? [box] : [box, box]);
  return vector.length;
}

/** The rows of what the file gave. */
function vectorsOf(
  { dtype, shape, data }: Tensor,
  count: number,
  { where, output, normalise }: { readonly where: string; readonly output: string; readonly normalise: boolean },
): Float32Array[] {
  const [rows, dimension] = shape;
  if (
    !(data instanceof Float32Array) ||
    shape.length !== 2 ||
    rows !== count ||
    !(dimension >= 1 && dimension <= maxDimension)
  ) {
    throw new EncoderError('shape', 'does not give one vector a picture', {
      where: `${where}, output ${JSON.stringify(output)}`,
      expected: `float32 [${count}, D] for ${plural(count, 'picture')}`,
      got: `${dtype} [${shape.join(', ')}]`,
      cure: 'Name another "output", or export the encoder so that it ends in its pooled vector.',
    });
  }
  return Array.from({ length: count }, (_, row) => {
    const vector = data.slice(row * dimension, (row + 1) * dimension);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!Number.isFinite(length) || (normalise && length === 0)) {
      throw new EncoderError('vector', 'gives a vector that nothing can be compared with', {
        where: `${where}, output ${JSON.stringify(output)}`,
        expected: normalise ? 'finite numbers, not all of them 0' : 'finite numbers',
        got: length === 0 ? 'zeros' : `${vector.find((value) => !Number.isFinite(value)) ?? 'numbers too large'}`,
        cure: 'Check mean and std, and that the weights were exported in float32.',
      });
    }
    return normalise ? vector.map((value) => value / length) : vector;
  });
}

/** A hash of all that decides the vectors, the bytes of the weights included, and of nothing else. */
async function spaceIdOf(definition: EncoderDefinition, { bytes, dataFiles }: CheckedOnnx): Promise<string> {
  const { name: _name, file: _file, calibration: _calibration, ...facts } = definition;
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify([encoderSpaceVersion, sortedKeys(facts)])}\n`);
  hash.update(createHash('sha256').update(bytes).digest());
  for (const path of dataFiles) hash.update(await digestOf(path));
  return hash.digest('hex').slice(0, 32);
}

/** Read in pieces: weights may be larger than a buffer can be. */
async function digestOf(path: string): Promise<Buffer> {
  const hash: Hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest();
}

/** The real path of the ONNX file, which must lie in the folder of its description. */
async function fileInFolder(path: string, { file }: EncoderDefinition): Promise<string> {
  const folder = await realpath(dirname(resolve(path)));
  const found = /^[a-z]:|\\/i.test(file) ? 'outside' : await pathInside(folder, file);
  if (found === 'outside') {
    throw new EncoderError('outside', 'names a file outside its folder', {
      where: `${path}, file`,
      expected: `a file in ${folder}`,
      got: file.slice(0, 200),
      cure: 'Put the ONNX file beside the encoder.json.',
    });
  }
  if (found === 'missing') {
    const facts = { where: path, expected: `${file} in its folder`, got: 'none', cure: 'Copy the ONNX file there.' };
    throw new EncoderError('missing', 'the ONNX file of the encoder is missing', facts);
  }
  return found.path;
}

async function readText(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maxJsonBytes) {
        const facts = { where: path, expected: `at most ${maxJsonBytes} bytes`, got: String(size) };
        throw new EncoderError('damaged', 'is absurdly large', { ...facts, cure: 'Name the JSON, not the ONNX file.' });
      }
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw cause;
    throw new EncoderError(
      'missing',
      'there is no such file',
      {
        where: path,
        expected: 'an encoder.json',
        got: code === 'EISDIR' ? 'a folder' : 'nothing',
        cure: 'Check the path; docs/encoders.md says what to write into it.',
      },
      { cause },
    );
  }
}
