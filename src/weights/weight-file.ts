/**
 * @file Any file of weights that other libraries write, as named arrays: `.pth` of `torch.save` (both forms), `.pkl` of
 * Detectron and Detectron2, `.safetensors`. The kind is told by the bytes, not by the name.
 */
import { DeepShopError } from '../errors/errors.ts';
import { latin1Text } from './pickle-cursor.ts';
import { asKind, describeValue, type PickleDict, type PickleValue } from './pickle-values.ts';
import { parseSafetensors } from './safetensors.ts';
import type { StoredArray } from './stored-array.ts';
import { isLegacyTorch, readLegacyTorch, readTorchZip } from './torch-file.ts';
import { unpickle } from './unpickle.ts';
import { isZip } from './zip.ts';

export type WeightFormat = 'torch zip' | 'torch legacy' | 'pickle' | 'safetensors';

export interface WeightFile {
  readonly format: WeightFormat;
  /** By the names that the other library gave. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** Text beside the arrays: Detectron's `cfg`, Detectron2's `__author__`. */
  readonly notes: ReadonlyMap<string, string>;
}

/** A file in which no weights are found. */
export class WeightFileError extends DeepShopError {
  constructor(summary: string, facts: ConstructorParameters<typeof DeepShopError>[2]) {
    super('weights-unreadable', summary, facts);
  }
}

/**
 * Reads a file. Arrays are read out of it when they are asked for.
 *
 * @param where names the file in errors
 * @throws PickleError, ZipError, SafetensorsError or WeightFileError
 */
export function parseWeightFile(bytes: Uint8Array, where: string): WeightFile {
  const format = formatOf(bytes);
  if (format === null) {
    throw new WeightFileError('is no file of weights', {
      where,
      expected: 'a .pth of torch.save, a .pkl of Detectron or Detectron2, or .safetensors',
      got: `bytes that begin with ${[...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
      cure: 'Check that the download is whole; other formats can be saved again as safetensors.',
    });
  }
  if (format === 'safetensors') {
    const { tensors, metadata } = parseSafetensors(bytes, where);
    const arrays = [...tensors].map(([name, tensor]): [string, StoredArray] => [
      name,
      { stored: tensor.dtype, shape: tensor.shape, read: () => tensor },
    ]);
    return { format, arrays: new Map(arrays), notes: metadata };
  }
  return { format, ...stateDictOf(readers[format](bytes, where), where) };
}

const readers: {
  readonly [F in Exclude<WeightFormat, 'safetensors'>]: (bytes: Uint8Array, where: string) => PickleValue;
} = {
  'torch zip': readTorchZip,
  'torch legacy': readLegacyTorch,
  pickle: (bytes, where) => unpickle(bytes, { where }).value,
};

/** First instructions of a pickle: a protocol, or a container or import of the text protocol. */
const pickleStarts = new Set(
  [0x80, ...'(c]}'].map((start) => (typeof start === 'string' ? start.charCodeAt(0) : start)),
);

function formatOf(bytes: Uint8Array): WeightFormat | null {
  if (isZip(bytes)) return 'torch zip';
  if (isLegacyTorch(bytes)) return 'torch legacy';
  if (bytes.length > 9 && bytes[7] === 0 && bytes[8] === 0x7b) return 'safetensors';
  return bytes.length > 0 && pickleStarts.has(bytes[0]) ? 'pickle' : null;
}

/** Where checkpoints keep their weights beside optimizers and settings. */
const wrappers = ['model', 'state_dict', 'blobs'];

function stateDictOf(root: PickleValue, where: string): Pick<WeightFile, 'arrays' | 'notes'> {
  const inner =
    root instanceof Map ? wrappers.map((key) => root.get(key)).find((value) => arraysOf(value).size > 0) : undefined;
  const arrays = arraysOf(inner ?? root);
  if (arrays.size === 0) {
    throw new WeightFileError('holds no named arrays', {
      where,
      expected: `a dict of arrays, or one under ${wrappers.join(', ')}`,
      got: describeValue(root),
      cure: 'Save the weights as torch.save(model.state_dict(), FILE).',
    });
  }
  return { arrays: withoutWrapper(arrays), notes: root instanceof Map ? notesOf(root) : new Map() };
}

function arraysOf(value: PickleValue | undefined): Map<string, StoredArray> {
  const arrays = new Map<string, StoredArray>();
  if (!(value instanceof Map)) return arrays;
  for (const [name, item] of value) {
    const content = asKind(item, 'array')?.content;
    if (typeof name === 'string' && content) arrays.set(name, content);
  }
  return arrays;
}

/** Training on several cards puts `module.` before every name. */
function withoutWrapper(arrays: Map<string, StoredArray>): Map<string, StoredArray> {
  const prefix = 'module.';
  if (![...arrays.keys()].every((name) => name.startsWith(prefix))) return arrays;
  return new Map([...arrays].map(([name, array]) => [name.slice(prefix.length), array]));
}

function notesOf(root: PickleDict): Map<string, string> {
  const notes = new Map<string, string>();
  for (const [name, value] of root) {
    if (typeof name !== 'string') continue;
    if (typeof value === 'string') notes.set(name, value);
    else if (value instanceof Uint8Array) notes.set(name, latin1Text(value));
  }
  return notes;
}
