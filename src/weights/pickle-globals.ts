/**
 * @file All that a pickle may import, and what each name builds. A name that is not in this table is refused; nothing
 * here reads a name, an attribute or code of the program, so a file has no path to running anything.
 */
import { sizeOf } from '../tensor/tensor.ts';
import { latin1Bytes, type PickleCursor } from './pickle-cursor.ts';
import { damaged, refused } from './pickle-error.ts';
import {
  asCounts,
  asKind,
  type DictKey,
  describeValue,
  isCount,
  isTuple,
  type PickledArray,
  type PickledDtype,
  type PickleValue,
} from './pickle-values.ts';
import {
  bytesOfStored,
  denseStrides,
  lastElement,
  numpyNumber,
  type StoredNumberName,
  storedArray,
} from './stored-array.ts';

/** Counts memory before it is taken. */
type Memory = Pick<PickleCursor, 'account'>;
type Build = (args: readonly PickleValue[], name: string, memory: Memory) => PickleValue;

/** PyTorch's storages: only ever named inside the id of a storage, never called. */
export const torchStorages: ReadonlyMap<string, StoredNumberName> = new Map([
  ['torch.FloatStorage', 'float32'],
  ['torch.DoubleStorage', 'float64'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
]);

const notCalled: Build = (_args, name) => {
  throw refused(name, 'calls what may only be named');
};

/** By `module.name`, numpy's modules under their names of before and after version 2. */
const allowed: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_parameter', ([tensor]) => asKind(tensor, 'array') ?? misused('a parameter', tensor)],
  ...[...torchStorages.keys()].map((name) => [name, notCalled] as const),
  ['numpy.ndarray', notCalled],
  ['numpy.dtype', dtypeOf],
  ...['numpy.core', 'numpy._core'].flatMap((module): [string, Build][] => [
    [`${module}.multiarray._reconstruct`, emptyArray],
    [`${module}.multiarray.scalar`, scalarOf],
    [`${module}.numeric._frombuffer`, arrayOfBuffer],
  ]),
  ['_codecs.encode', encodedText],
  // How Python 3 writes b'' for Python 2.
  ['__builtin__.bytes', emptyBytes],
  ['builtins.bytes', emptyBytes],
]);

/** The name as a value, when it is one of the few that may be imported. */
export function importName(module: string, name: string): PickleValue {
  const fullName = `${module}.${name}`;
  if (!allowed.has(fullName)) throw refused(fullName);
  return { kind: 'global', name: fullName };
}

/** What a call builds. */
export function callGlobal(callee: PickleValue, args: PickleValue, memory: Memory): PickleValue {
  const target = asKind(callee, 'global');
  if (target === null) throw refused(describeValue(callee), 'calls what is no function');
  if (!isTuple(args)) throw damaged(`calls ${target.name} with ${describeValue(args)}`, { expected: 'a tuple' });
  return allowed.get(target.name)!(args, target.name, memory);
}

/** Gives a value the state that was pickled beside it: numpy's arrays and dtypes have one. */
export function buildState(target: PickleValue, state: PickleValue): void {
  const array = asKind(target, 'array');
  if (array !== null && array.content === null) {
    fillArray(array, state);
    return;
  }
  const dtype = asKind(target, 'dtype');
  if (dtype !== null) {
    orderBytes(dtype, state);
    return;
  }
  // PyTorch's state dicts carry an attribute with version numbers.
  if (target instanceof Map && state instanceof Map) return;
  throw refused(`__setstate__ of ${describeValue(target)}`, 'sets the state of what has none');
}

function misused(what: string, got: PickleValue | undefined): never {
  throw damaged(`does not describe ${what} as its library does`, { got: describeValue(got) });
}

/** Of a dict, about. */
const BYTES_OF_ENTRY = 64;

/** Python 3 fills it later; Python 2 hands over a list of pairs. */
function orderedDict([pairs = [], ...rest]: readonly PickleValue[], _name: string, memory: Memory): PickleValue {
  if (!Array.isArray(pairs) || rest.length > 0) return misused('an OrderedDict', pairs);
  memory.account(pairs.length * BYTES_OF_ENTRY);
  const dict = new Map<DictKey, PickleValue>();
  for (const pair of pairs as readonly PickleValue[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return misused('an OrderedDict', pair as PickleValue);
    dict.set(dictKey(pair[0]), pair[1]);
  }
  return dict;
}

/** What may be a key: what has one meaning as text, number or constant. */
export function dictKey(value: PickleValue | undefined): DictKey {
  if (value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as DictKey;
  throw refused(describeValue(value), 'a dict has a key that is no text or number');
}

/** `(storage, offset, size, stride, ...)`. */
function rebuildTensor([storageValue, offset, size, stride]: readonly PickleValue[]): PickleValue {
  const storage = asKind(storageValue, 'storage');
  const [shape, strides] = [asCounts(size), asCounts(stride)];
  if (storage === null || !isCount(offset) || shape === null || strides === null) {
    return misused('a tensor', storageValue);
  }
  const layout = { shape, strides, offset };
  const last = lastElement(layout);
  if (strides.length !== shape.length || last >= storage.count || !(sizeOf(shape) <= storage.count)) {
    throw damaged('has a tensor that is larger than the numbers it is a view of', {
      expected: `at most ${storage.count} numbers`,
      got: `[${shape}] with strides [${strides}] from ${offset}`,
    });
  }
  const stored = storage.dtype as StoredNumberName;
  return { kind: 'array', content: storedArray({ ...layout, stored, bigEndian: false }, storage.bytes) };
}

/** `dtype('f4', False, True)`. */
function dtypeOf([code, ...flags]: readonly PickleValue[]): PickleValue {
  if (typeof code !== 'string' || flags.length > 2) return misused('a dtype', code);
  return { kind: 'dtype', code: numpyNumber(code), bigEndian: false };
}

/** `(version, byte order, subtype, names, ...)`. */
function orderBytes(dtype: PickledDtype, state: PickleValue): void {
  const [, order, subtype, names] = isTuple(state) ? state : [];
  if (typeof order !== 'string' || !['<', '>', '|', '='].includes(order)) misused('a dtype', state);
  if ((subtype ?? null) !== null || (names ?? null) !== null)
    throw refused('numpy.dtype with fields', 'numbers of a kind not read here');
  dtype.bigEndian = order === '>';
}

/** `_reconstruct(ndarray, (0,), b'b')`: filled by what follows. */
function emptyArray([type]: readonly PickleValue[]): PickledArray {
  if (asKind(type, 'global')?.name !== 'numpy.ndarray') misused('an array', type);
  return { kind: 'array', content: null };
}

/** `(version, shape, dtype, is Fortran, bytes)`; the version is not there in the oldest. */
function fillArray(array: PickledArray, state: PickleValue): void {
  if (!isTuple(state) || state.length < 4 || state.length > 5) misused('an array', state);
  const [shape, dtype, fortran, data] = (state as readonly PickleValue[]).slice(-4);
  array.content = contentOf(shape, dtype, fortran === true || fortran === 1, data).content;
}

/** `_frombuffer(bytes, dtype, shape, order)`. */
function arrayOfBuffer([data, dtype, shape, order]: readonly PickleValue[]): PickleValue {
  if (order !== 'C' && order !== 'F') misused('an array', order);
  return contentOf(shape, dtype, order === 'F', data);
}

function contentOf(
  shapeValue: PickleValue | undefined,
  dtypeValue: PickleValue | undefined,
  isFortran: boolean,
  data: PickleValue | undefined,
): PickledArray {
  const [shape, dtype] = [asCounts(shapeValue), asKind(dtypeValue, 'dtype')];
  const isBytes = typeof data === 'string' || data instanceof Uint8Array;
  if (shape === null || dtype === null || !isBytes) return misused('an array', data);
  const stored = dtype.code as StoredNumberName;
  const size = sizeOf(shape) * bytesOfStored(stored);
  if (size !== data.length) {
    throw damaged('has an array whose bytes do not fit its shape', {
      expected: `${size} bytes for ${stored} [${shape}]`,
      got: `${data.length}`,
    });
  }
  const strides = denseStrides(shape, isFortran);
  const layout = { stored, bigEndian: dtype.bigEndian, shape, strides, offset: 0 };
  return { kind: 'array', content: storedArray(layout, () => bytesOf(data)) };
}

/** `scalar(dtype, bytes)`: one number. */
function scalarOf([dtype, data]: readonly PickleValue[]): PickleValue {
  const { content } = contentOf(Object.freeze([]), dtype, false, data);
  return content!.read().data[0];
}

/** How Python 3 writes bytes for Python 2. */
function encodedText([text, encoding]: readonly PickleValue[], _name: string, memory: Memory): PickleValue {
  if (typeof text !== 'string' || typeof encoding !== 'string') return misused('bytes', text);
  if (encoding !== 'latin1')
    throw refused(`_codecs.encode(..., ${JSON.stringify(encoding)})`, 'an encoding that is not latin1');
  memory.account(text.length);
  return latin1Bytes(text) ?? misused('bytes', text);
}

function emptyBytes(args: readonly PickleValue[], name: string): PickleValue {
  if (args.length > 0) throw refused(name, 'calls with arguments what may only be called without');
  return new Uint8Array(0);
}

/** Bytes, or the short text that a Python 2 `str` was read as: made anew when it is wanted. */
function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? (latin1Bytes(value) ?? misused('bytes', value)) : value;
}
