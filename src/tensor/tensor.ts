/** @file Shapes and typed arrays: the only data that crosses between TypeScript and a graph. Row-major. */
import { assert } from '../errors/assert.ts';

/** How each dtype is held. `bool` is a byte of 0 or 1; `float16` is raw bits. */
export interface ArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DType = keyof ArrayOf;

const arrayConstructors: { readonly [D in DType]: new (source: number | ArrayBufferLike) => ArrayOf[D] } = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

export type Shape = readonly number[];

export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: ArrayOf[D];
}

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A tensor over existing data, which is not copied. */
export function tensor<D extends DType>(dtype: D, shape: Shape, data: ArrayOf[D]): Tensor<D> {
  assert(data.length === sizeOf(shape), `a tensor of shape [${shape}] over ${data.length} elements`);
  return { dtype, shape, data };
}

/** A tensor of zeros. */
export function zeros<D extends DType>(dtype: D, shape: Shape): Tensor<D> {
  return { dtype, shape, data: newArray(dtype, sizeOf(shape)) };
}

/** A zero-filled array of a dtype. */
export function newArray<D extends DType>(dtype: D, length: number): ArrayOf[D] {
  return new arrayConstructors[dtype](length);
}

/** An array of a dtype over all the bytes of a buffer, which are not copied. */
export function arrayOver<D extends DType>(dtype: D, buffer: ArrayBufferLike): ArrayOf[D] {
  return new arrayConstructors[dtype](buffer);
}

/** A float32 tensor from numbers; the shape defaults to one dimension. */
export function float32(values: ArrayLike<number>, shape: Shape = [values.length]): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from(values));
}

/** An int64 tensor from integers; the shape defaults to one dimension. */
export function int64(values: readonly number[], shape: Shape = [values.length]): Tensor<'int64'> {
  return tensor('int64', shape, BigInt64Array.from(values, BigInt));
}
