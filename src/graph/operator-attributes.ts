/**
 * @file The operators that exist here, with their ONNX attributes (opset 18). Every table keyed by {@link OpType} is
 * total: a new operator is one row here, one in `shape-rules`, one in `gradient-rules` and one case in the gradient
 * test, and the compiler names the row that is missing.
 *
 * Reference: https://onnx.ai/onnx/operators/
 */

type None = Record<never, never>;

export interface OperatorAttributes {
  // arithmetic
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Max: None;
  Min: None;
  Neg: None;
  Abs: None;
  Sign: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Floor: None;
  Sigmoid: None;
  Relu: None;
  Clip: None;
  Softmax: { axis: number };
  LogSoftmax: { axis: number };
  Equal: None;
  Greater: None;
  Less: None;
  And: None;
  Or: None;
  Not: None;
  Where: None;
  Cast: { to: number };
  Identity: None;
  ReduceSum: { keepdims: number };
  ReduceMean: { keepdims: number };
  ReduceMax: { keepdims: number };
  CumSum: { exclusive: number; reverse: number };
  // layout
  Reshape: None;
  Transpose: { perm: readonly number[] };
  Concat: { axis: number };
  Slice: None;
  Pad: { mode: string };
  Expand: None;
  Shape: None;
  Range: None;
  // neural
  MatMul: None;
  Gemm: { transA: number; transB: number };
  Conv: ConvolutionAttributes;
  ConvTranspose: ConvolutionAttributes & { output_padding: readonly number[] };
  MaxPool: PoolAttributes;
  AveragePool: PoolAttributes & { count_include_pad: number };
  Resize: { mode: string; coordinate_transformation_mode: string; nearest_mode: string };
  RoiAlign: {
    mode: string;
    output_height: number;
    output_width: number;
    sampling_ratio: number;
    spatial_scale: number;
    coordinate_transformation_mode: string;
  };
  // selection
  Gather: { axis: number };
  GatherElements: { axis: number };
  GatherND: { batch_dims: number };
  ScatterND: None;
  ArgMax: { axis: number; keepdims: number };
  TopK: { axis: number; largest: number; sorted: number };
  NonMaxSuppression: { center_point_box: number };
  NonZero: None;
  OneHot: { axis: number };
}

export interface ConvolutionAttributes {
  kernel_shape: readonly number[];
  strides: readonly number[];
  /** Top, left, bottom, right. */
  pads: readonly number[];
  dilations: readonly number[];
  group: number;
}

export interface PoolAttributes {
  kernel_shape: readonly number[];
  strides: readonly number[];
  /** Top, left, bottom, right. */
  pads: readonly number[];
}

export type OpType = keyof OperatorAttributes;

/** Attributes that ONNX stores as floats; other numbers are integers. */
export const floatAttributes: ReadonlySet<string> = new Set(['spatial_scale', 'alpha', 'beta']);
