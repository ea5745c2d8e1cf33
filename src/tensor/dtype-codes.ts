/** @file ONNX's numbers for our dtypes (`TensorProto.DataType`). */
import type { DType } from './tensor.ts';

export const dtypeCodes: { readonly [D in DType]: number } = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** The dtype of an ONNX number, or an error that names it. */
export function dtypeOfCode(code: number): DType {
  const found = (Object.keys(dtypeCodes) as DType[]).find((dtype) => dtypeCodes[dtype] === code);
  if (found === undefined) throw new RangeError(`ONNX data type ${code} is not supported`);
  return found;
}
