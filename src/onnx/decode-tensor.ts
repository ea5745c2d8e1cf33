/** @file The weights of an ONNX file (`TensorProto`): raw bytes, lists of numbers, or a place in another file. */
import { dtypeCodes } from '../tensor/dtype-codes.ts';
import { type ArrayOf, type DType, newArray, type Shape, sizeOf, type Tensor } from '../tensor/tensor.ts';
import type { Message } from './message-reader.ts';
import { OnnxFileError } from './onnx-file-error.ts';

/** Weights that are in another file. */
export interface ExternalPlace {
  readonly name: string;
  /** Null for a type that has no place here. */
  readonly dtype: DType | null;
  readonly shape: Shape;
  /** As the file names it: relative to the folder of the ONNX file, and not to be trusted. */
  readonly location: string;
  readonly offset: number;
  /** Bytes; null for all that the dtype and the shape ask for. */
  readonly length: number | null;
}

export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  /** ONNX's number. */
  readonly elementType: number;
  /** Null where it lies in another file, or is of a type that has no place here (strings, bfloat16...). */
  readonly tensor: Tensor | null;
  readonly place: ExternalPlace | null;
}

const dtypeOf: ReadonlyMap<number, DType> = new Map(
  (Object.entries(dtypeCodes) as [DType, number][]).map(([dtype, code]) => [code, dtype]),
);

/** Extents beyond this are absurd: no array holds so many elements. */
const MAX_ELEMENTS = 2 ** 33;

/** One tensor of a file. */
export function decodeTensor(message: Message): StoredTensor {
  const name = message.text(8);
  const where = `${message.where} ${JSON.stringify(name)}`;
  const shape = message.integers(1).map(Number);
  const elements = sizeOf(shape);
  if (shape.some((extent) => extent < 0) || elements > MAX_ELEMENTS) {
    throw new OnnxFileError('damaged', 'a tensor has an absurd shape', { where, got: `[${shape}]` });
  }
  const elementType = Number(message.integer(2));
  const dtype = dtypeOf.get(elementType) ?? null;
  const stored = { name, shape, elementType };
  if (isExternal(message)) return { ...stored, tensor: null, place: placeOf(message, { name, shape, dtype, where }) };
  if (dtype === null) return { ...stored, tensor: null, place: null };
  const raw = message.bytes(9);
  const data = raw === null ? listedNumbers(message, dtype) : numbersFromBytes(raw, dtype, where);
  if (data.length !== elements) {
    throw new OnnxFileError('damaged', 'a tensor has another size than its shape says', {
      where,
      expected: `${elements} numbers for [${shape}]`,
      got: `${data.length}`,
      cure: 'The file is damaged; fetch or export it again.',
    });
  }
  return { ...stored, tensor: { dtype, shape, data }, place: null };
}

/** Whether the numbers lie in another file. */
export function isExternal(message: Message): boolean {
  return message.integer(14) === 1n;
}

/** Numbers out of little-endian bytes, copied. */
export function numbersFromBytes<D extends DType>(bytes: Uint8Array, dtype: D, where: string): ArrayOf[D] {
  const size = newArray(dtype, 0).BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0) {
    throw new OnnxFileError('damaged', `a tensor of ${dtype} does not end with a whole number`, {
      where,
      expected: `a multiple of ${size} bytes`,
      got: `${bytes.length}`,
    });
  }
  const numbers = newArray(dtype, bytes.length / size);
  new Uint8Array(numbers.buffer).set(bytes);
  return numbers;
}

function listedNumbers<D extends DType>(message: Message, dtype: D): ArrayOf[D] {
  const readers: { readonly [T in DType]: () => ArrayOf[T] } = {
    float32: () => Float32Array.from(message.floats(4)),
    float64: () => Float64Array.from(message.doubles(10)),
    int64: () => BigInt64Array.from(message.integers(7)),
    int32: () => Int32Array.from(message.integers(5), Number),
    float16: () => Uint16Array.from(message.integers(5), Number),
    uint8: () => Uint8Array.from(message.integers(5), Number),
    bool: () => Uint8Array.from(message.integers(5), Number),
  };
  return readers[dtype]();
}

function placeOf(
  message: Message,
  { where, ...known }: Pick<ExternalPlace, 'name' | 'shape' | 'dtype'> & { readonly where: string },
): ExternalPlace {
  const entries = new Map(message.messages(13, 'external_data').map((entry) => [entry.text(1), entry.text(2)]));
  const numberOf = (key: string): number | null => {
    const text = entries.get(key);
    if (text === undefined) return null;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    const facts = { where, expected: `a number of bytes as ${key}`, got: text.slice(0, 40) };
    throw new OnnxFileError('external-data', 'a tensor in another file has no usable place', facts);
  };
  const location = entries.get('location');
  if (location === undefined || location === '') {
    throw new OnnxFileError('external-data', 'a tensor in another file names none', { where });
  }
  return { ...known, location, offset: numberOf('offset') ?? 0, length: numberOf('length') };
}
