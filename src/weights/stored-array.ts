/**
 * @file An array as it lies in a file: its numbers are copied out when they are wanted, and never before, so that a
 * file cannot make us allocate more than the network that it is read into.
 */
import { type DType, newArray, type Shape, sizeOf, type Tensor } from '../tensor/tensor.ts';
import { refused } from './pickle-error.ts';

export interface StoredArray {
  /** As the file names it, for messages: `float32`, `bfloat16`, `>f4`. */
  readonly stored: string;
  readonly shape: Shape;
  /** A copy, row-major. */
  readonly read: () => Tensor;
}

/** How numbers are stored, and what they are read as. */
interface StoredNumber {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly dtype: DType;
  /** From the stored bits, where they are not the dtype's own. */
  readonly widen?: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** By our word for what is stored. Whole numbers that our tensors lack become int32, bfloat16 becomes float32: exact. */
const storedNumbers = {
  float32: { bytes: 4, dtype: 'float32' },
  float64: { bytes: 8, dtype: 'float64' },
  float16: { bytes: 2, dtype: 'float16' },
  bfloat16: { bytes: 2, dtype: 'float32', widen: readBfloat16 },
  int64: { bytes: 8, dtype: 'int64' },
  int32: { bytes: 4, dtype: 'int32' },
  int16: { bytes: 2, dtype: 'int32', widen: (view, at, little) => view.getInt16(at, little) },
  uint16: { bytes: 2, dtype: 'int32', widen: (view, at, little) => view.getUint16(at, little) },
  int8: { bytes: 1, dtype: 'int32', widen: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, dtype: 'uint8' },
  bool: { bytes: 1, dtype: 'bool' },
} as const satisfies Record<string, StoredNumber>;

export type StoredNumberName = keyof typeof storedNumbers;

export const bytesOfStored = (name: StoredNumberName): number => storedNumbers[name].bytes;

export interface ArrayLayout {
  readonly stored: StoredNumberName;
  readonly bigEndian: boolean;
  readonly shape: Shape;
  /** In elements; every element lies within the bytes. */
  readonly strides: readonly number[];
  /** Of the first element. */
  readonly offset: number;
}

/** Strides of an array without gaps, in elements: the last axis fastest, or the first (`fortran`). */
export function denseStrides(shape: Shape, fortran = false): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let at = 0; at < shape.length; at++) {
    const axis = fortran ? at : shape.length - 1 - at;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/**
 * An array over bytes that were looked at already: `lastElement` of the layout lies within them.
 *
 * @param bytes called at each reading
 */
export function storedArray(layout: ArrayLayout, bytes: () => Uint8Array): StoredArray {
  const { stored, bigEndian, shape } = layout;
  return { stored: bigEndian ? `big-endian ${stored}` : stored, shape, read: () => copyOut(layout, bytes()) };
}

/** The index of the last element that a layout reaches, in elements; -1 where it has none. */
export function lastElement({ shape, strides, offset }: Pick<ArrayLayout, 'shape' | 'strides' | 'offset'>): number {
  if (sizeOf(shape) === 0) return -1;
  return shape.reduce((last, extent, axis) => last + (extent - 1) * strides[axis], offset);
}

function copyOut({ stored, bigEndian, shape, strides, offset }: ArrayLayout, bytes: Uint8Array): Tensor {
  const { bytes: width, dtype, widen }: StoredNumber = storedNumbers[stored];
  const count = sizeOf(shape);
  const data = newArray(dtype, count);
  const isDense = denseStrides(shape).every((stride, axis) => stride === strides[axis] || shape[axis] === 1);
  if (isDense && !bigEndian && widen === undefined) {
    const target = new Uint8Array(data.buffer);
    target.set(bytes.subarray(offset * width, (offset + count) * width));
    return { dtype, shape, data };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = data as Float32Array;
  const readBits = bitReaders[dtype];
  visit(shape, strides, offset, (from, to) => {
    const at = from * width;
    if (widen !== undefined) numbers[to] = widen(view, at, !bigEndian);
    else numbers[to] = readBits(view, at, !bigEndian) as number;
  });
  return { dtype, shape, data };
}

/** One element of a dtype out of the bytes of a file. */
const bitReaders: { readonly [D in DType]: (view: DataView, at: number, littleEndian: boolean) => number | bigint } = {
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
  float16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  int64: (view, at, little) => view.getBigInt64(at, little),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => view.getUint8(at),
};

/** Calls back with the place of every element, in row-major order. */
function visit(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  each: (from: number, to: number) => void,
): void {
  const count = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    each(from, to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      from += strides[axis];
      if (index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

function readBfloat16(view: DataView, at: number, littleEndian: boolean): number {
  floatBits[0] = view.getUint16(at, littleEndian) << 16;
  return floatOfBits[0];
}

const floatBits = new Uint32Array(1);
const floatOfBits = new Float32Array(floatBits.buffer);

/** From numpy's code without its byte order (`f4`) to ours. */
const numpyCodes: { readonly [code: string]: StoredNumberName } = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  b1: 'bool',
};

/** numpy's `dtype('f4')`. */
export function numpyNumber(code: string): StoredNumberName {
  const found = Object.hasOwn(numpyCodes, code) ? numpyCodes[code] : undefined;
  if (found === undefined) throw refused(`numpy.dtype(${JSON.stringify(code)})`, 'numbers of a kind not read here');
  return found;
}
