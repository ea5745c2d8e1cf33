/** @file ONNX files on disk, with the weights that they leave to files beside them. */
import { open, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathInside } from '../files/path-inside-node.ts';
import { type DType, newArray, sizeOf, type Tensor } from '../tensor/tensor.ts';
import { decodeOnnx, inlineTensors, type OnnxFile } from './decode.ts';
import { type ExternalPlace, numbersFromBytes } from './decode-tensor.ts';
import { OnnxFileError } from './onnx-file-error.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession } from './session-node.ts';

/** A file and its weights by name, wherever they lay. */
export interface OnnxFileWithTensors extends OnnxFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Reads an ONNX file and its weights.
 *
 * @throws OnnxFileError also where the file asks for data outside its own folder
 */
export async function readOnnx(path: string): Promise<OnnxFileWithTensors> {
  const file = decodeOnnx(await readBytes(path), path);
  const tensors = inlineTensors(file);
  for (const { name, place } of file.initialisers.values()) {
    if (place !== null && place.dtype !== null) tensors.set(name, await readExternal(path, place, place.dtype));
  }
  return { ...file, tensors };
}

/** A file whose parts are known to be whole and in their folder. */
export interface CheckedOnnx {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly file: OnnxFile;
  /** Real paths of the files that its weights lie in, each once, sorted by how the file names them. */
  readonly dataFiles: readonly string[];
}

/** @throws OnnxFileError also where the file asks for data outside its own folder */
export async function checkOnnx(path: string): Promise<CheckedOnnx> {
  const bytes = await readBytes(path);
  const file = decodeOnnx(bytes, path);
  const located = new Map<string, string>();
  for (const place of file.externalPlaces) located.set(place.location, (await locate(path, place)).file);
  const locations = [...located.keys()].sort();
  return { path, bytes, file, dataFiles: [...new Set(locations.map((location) => located.get(location)!))] };
}

/**
 * Opens an ONNX file in the runtime, once its parts are known to be whole and in their folder.
 *
 * @throws OnnxFileError, or SessionError where the runtime refuses the graph
 */
export async function openOnnx(onnx: string | CheckedOnnx, options: SessionOptions = {}): Promise<Session> {
  const { path, bytes, dataFiles } = typeof onnx === 'string' ? await checkOnnx(onnx) : onnx;
  // The runtime finds the other files by the path of the first.
  return openSession(dataFiles.length === 0 ? bytes : path, options);
}

async function readExternal(path: string, place: ExternalPlace, dtype: DType): Promise<Tensor> {
  const { file, offset, length, where } = await locate(path, place);
  const bytes = new Uint8Array(length);
  const handle = await open(file, 'r');
  try {
    await handle.read(bytes, 0, length, offset);
  } finally {
    await handle.close();
  }
  return { dtype, shape: place.shape, data: numbersFromBytes(bytes, dtype, where) };
}

/** Where the bytes of an external tensor are, checked to be there. */
async function locate(path: string, { name, dtype, shape, location, offset, length: stated }: ExternalPlace) {
  const where = `${path}, tensor ${JSON.stringify(name)}`;
  const file = await insideFolder(dirname(resolve(path)), location, where);
  const handle = await open(file, 'r');
  const { size } = await handle.stat().finally(() => handle.close());
  // What has no place here is the runtime's to check.
  const length = dtype === null ? (stated ?? 0) : sizeOf(shape) * newArray(dtype, 0).BYTES_PER_ELEMENT;
  if ((stated ?? length) !== length || offset + length > size) {
    throw new OnnxFileError('external-data', 'a tensor does not fit the file that it is in', {
      where,
      expected: `${length} bytes for ${dtype} [${shape}] within the ${size} bytes of ${location}`,
      got: `${stated ?? length} bytes at ${offset}`,
      cure: 'The files belong to different exports, or one is cut off; export again.',
    });
  }
  return { file, offset, length, where };
}

/** The real path of a file in a folder or below; links may not lead out of it. */
async function insideFolder(folder: string, location: string, where: string): Promise<string> {
  const isRelative = !isAbsolute(location) && !/^[a-z]:|\\/i.test(location);
  const found = isRelative ? await pathInside(await realpath(folder), location) : 'outside';
  if (found === 'outside') {
    throw new OnnxFileError('external-data', 'asks for data outside its folder', {
      where,
      expected: `a file in ${folder}`,
      got: location.slice(0, 200),
      cure: 'Put the data beside the ONNX file; a file that asks for others may have been made to read them.',
    });
  }
  if (found === 'missing') {
    const facts = { where, expected: `${location} beside it`, cure: 'Copy all files of the export.' };
    throw new OnnxFileError('missing', 'the file with its data is missing', facts);
  }
  return found.path;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw cause;
    throw new OnnxFileError('missing', 'there is no such file', { where: path, cure: 'Check the path.' }, { cause });
  }
}
